namespace Fairlead.Chaos.Edge;

/// <summary>What a relay does.</summary>
public enum RelayMode
{
    /// <summary>Hands everything on.</summary>
    Forward = 0,

    /// <summary>Takes everything and hands nothing on.</summary>
    Silent = 1,

    /// <summary>Resets each connection.</summary>
    Refuse = 2,
}
