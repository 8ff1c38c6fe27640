namespace Fairlead.Edge.Spool;

/// <summary>What a spooled message is. The order is that of priority, highest first (spec 8.2).</summary>
internal enum MessageClass
{
    /// <summary>Answer to a command.</summary>
    Response = 0,

    /// <summary>Event.</summary>
    Event = 1,

    /// <summary>Request to a Device Shadow.</summary>
    Shadow = 2,

    /// <summary>Telemetry.</summary>
    Telemetry = 3,
}
