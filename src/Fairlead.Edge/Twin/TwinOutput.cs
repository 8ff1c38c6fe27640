namespace Fairlead.Edge.Twin;

/// <summary>What a call to the twin gives the link to do, besides <see cref="ITwin.Requests"/>.</summary>
/// <param name="Local">To publish on the local broker, QoS 1, not retained.</param>
/// <param name="Finished">Spool records that are done: each of their requests has its PUBACK, or there was nothing to send.</param>
internal readonly record struct TwinOutput(IReadOnlyList<LocalPublish> Local, IReadOnlyList<long> Finished)
{
    /// <summary>Nothing to do.</summary>
    public static TwinOutput None { get; } = new([], []);

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => Local.Count == 0 && Finished.Count == 0;
}
