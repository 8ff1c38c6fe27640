namespace Fairlead.Features.IotHub.Identities;

/// <summary>What about an identity ends connections and links that were granted before.</summary>
internal enum IdentityChange
{
    /// <summary>It is gone, and its modules with it.</summary>
    Deleted,

    /// <summary>It may not connect any more.</summary>
    Disabled,

    /// <summary>Keys, thumbprints or kind of authentication changed: what was proved with the old ones is void.</summary>
    KeysChanged,
}
