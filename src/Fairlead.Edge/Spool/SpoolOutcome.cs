namespace Fairlead.Edge.Spool;

/// <summary>What became of an appended message.</summary>
internal enum SpoolOutcome
{
    /// <summary>Not decided yet.</summary>
    Pending = 0,

    /// <summary>It is in the spool, as durable as <see cref="SpoolOptions.Sync"/> promises: send PUBACK.</summary>
    Stored = 1,

    /// <summary>The local broker sent again what is in the spool: send PUBACK.</summary>
    Duplicate = 2,

    /// <summary>Dropped by rule and counted (full with dropNewest, QoS 0 not kept, expired on arrival): send PUBACK.</summary>
    Dropped = 3,

    /// <summary>The spool was closed before it could be written: no PUBACK, the local broker will send it again.</summary>
    Abandoned = 4,
}
