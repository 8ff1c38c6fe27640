namespace Fairlead.Edge.Twin.Commands;

/// <summary>A spooled command while its requests are published.</summary>
/// <param name="record">Number of its spool record.</param>
internal sealed class TwinJob(long record)
{
    public long Record { get; } = record;

    /// <summary>Requests that are still to be made or have no PUBACK yet.</summary>
    public int Waiting { get; set; }
}
