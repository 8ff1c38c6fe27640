namespace Fairlead.Edge.Spool;

/// <summary>What an appended message survives. The end of the process, <c>kill -9</c> included, it survives in each case.</summary>
internal enum SpoolSync
{
    /// <summary>Loss of power, but for what came in the last <see cref="SpoolOptions.SyncInterval"/>.</summary>
    Interval = 0,

    /// <summary>Loss of power: each group is synced to the disk before its receipts are completed.</summary>
    Always = 1,

    /// <summary>The operating system writes when it likes.</summary>
    Never = 2,
}
