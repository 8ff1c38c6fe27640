namespace Fairlead.Features.Shadows;

/// <summary>What is asked of a shadow.</summary>
internal enum ShadowOperation : byte
{
    /// <summary>Read it.</summary>
    Get,

    /// <summary>Change it.</summary>
    Update,

    /// <summary>Delete it.</summary>
    Delete,

    /// <summary>List the named ones of a thing (HTTP alone).</summary>
    List,
}

/// <summary>By which way a request came.</summary>
internal enum ShadowDoor : byte
{
    /// <summary>A publication.</summary>
    Mqtt,

    /// <summary>An HTTP request.</summary>
    Http,

    /// <summary>The Azure dialect, by whichever protocol.</summary>
    Twin,
}
