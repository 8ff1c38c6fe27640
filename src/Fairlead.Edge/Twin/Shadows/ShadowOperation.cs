namespace Fairlead.Edge.Twin.Shadows;

/// <summary>Requests about a shadow.</summary>
internal enum ShadowOperation
{
    /// <summary>Asks for the whole document.</summary>
    Get,

    /// <summary>Merges into it.</summary>
    Update,

    /// <summary>Removes it.</summary>
    Delete,
}
