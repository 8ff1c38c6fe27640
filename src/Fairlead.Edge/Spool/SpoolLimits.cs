namespace Fairlead.Edge.Spool;

/// <summary>The settings of the spool that may change while it runs (spec 8.2).</summary>
internal sealed record SpoolLimits
{
    /// <summary>Bytes of all records; 0 for no limit. The file is a little larger.</summary>
    public long MaximumBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Messages; 0 for no limit.</summary>
    public long MaximumMessages { get; init; }

    /// <summary>Time from arrival until a message is dropped unsent; zero for none.</summary>
    public TimeSpan TimeToLive { get; init; }

    /// <summary>Limits of single classes, besides the ones for all.</summary>
    public IReadOnlyDictionary<MessageClass, ClassLimits> Classes { get; init; } = new Dictionary<MessageClass, ClassLimits>();

    /// <summary>What happens at a limit.</summary>
    public SpoolOverflow Overflow { get; init; }

    /// <summary>Whether QoS 0 messages are kept like the others.</summary>
    public bool KeepQosZero { get; init; } = true;

    /// <summary>Whether QoS 0 messages go out with QoS 1.</summary>
    public bool UpgradeQosZero { get; init; }

    /// <summary>Order of taking.</summary>
    public SpoolOrder Order { get; init; }

    /// <summary>Share of the classes below the highest that has something, from 0 to 0.5, with <see cref="SpoolOrder.Priority"/>.</summary>
    public double MinimumShare { get; init; } = 0.1;

    /// <summary>Bytes that the dead-letter store may hold; the oldest make room.</summary>
    public long DeadLetterBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Limits of a class.</summary>
    public ClassLimits Of(MessageClass messageClass) => Classes.TryGetValue(messageClass, out var limits) ? limits : ClassLimits.None;
}
