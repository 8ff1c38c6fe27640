namespace Fairlead.Features.Api;

/// <summary>What a user of the console may do.</summary>
internal enum HubRole
{
    /// <summary>Looks, and changes nothing.</summary>
    Viewer,

    /// <summary>Also publishes, changes shadows, sends direct messages and ends connections.</summary>
    Operator,

    /// <summary>Everything.</summary>
    Administrator,
}
