namespace Fairlead.Edge.Twin;

/// <summary>How twin commands wait for the hub.</summary>
internal enum TwinOffline
{
    /// <summary>Each command in the spool, in its order.</summary>
    Queue,

    /// <summary>None: the local twin remembers the sum, and one update for each changed shadow brings it to the hub.</summary>
    Coalesce,
}
