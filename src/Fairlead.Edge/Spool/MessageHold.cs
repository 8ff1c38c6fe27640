namespace Fairlead.Edge.Spool;

/// <summary>Who may dispose of a message in a window.</summary>
internal enum MessageHold
{
    /// <summary>It waits to be taken.</summary>
    Waiting = 0,

    /// <summary>The writer drops it in the transaction that is open.</summary>
    Claimed = 1,

    /// <summary>It was dropped.</summary>
    Discarded = 2,
}
