namespace Fairlead.Edge.Twin;

/// <summary>Which way the twin is kept alike.</summary>
internal enum TwinDirection
{
    /// <summary>Commands become shadow requests, and what the cloud does becomes local events.</summary>
    Both,

    /// <summary>No local events.</summary>
    ToCloud,

    /// <summary>No shadow requests but gets: commands go out unchanged, as the events they came as.</summary>
    FromCloud,
}
