namespace Fairlead.Edge.Spool;

/// <summary>What happens when a limit of the spool is reached.</summary>
internal enum SpoolOverflow
{
    /// <summary>The oldest messages that are not under way make room.</summary>
    DropOldest = 0,

    /// <summary>The new message is dropped.</summary>
    DropNewest = 1,

    /// <summary>Receipts wait, so that the local broker's own queue fills next; QoS 0, which nobody can hold back, is dropped.</summary>
    Block = 2,
}
