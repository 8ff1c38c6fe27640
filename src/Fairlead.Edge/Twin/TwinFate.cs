namespace Fairlead.Edge.Twin;

/// <summary>Where a PUBLISH from the local broker goes.</summary>
internal enum TwinFate
{
    /// <summary>Unchanged to the hub, as the telemetry or event it came as.</summary>
    Forward,

    /// <summary>Into the spool as a twin command, to be given to <see cref="ITwin.Send"/> in its turn.</summary>
    Spool,

    /// <summary>Nowhere: filtered out, refused, answered from the local twin, or absorbed by it. The twin has counted which.</summary>
    Taken,
}
