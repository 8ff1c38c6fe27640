using Fairlead.Edge.Spool;

namespace Fairlead.Edge.Configuration;

/// <summary>Makes the options of the spool (spec section 8.2).</summary>
internal static class SpoolOptionsBuilder
{
    private static readonly (string Word, MessageClass Class)[] Classes =
    [
        ("response", MessageClass.Response), ("event", MessageClass.Event), ("shadow", MessageClass.Shadow), ("telemetry", MessageClass.Telemetry),
    ];

    /// <summary>What holds for the life of the process.</summary>
    public static SpoolOptions Build(EdgeOptions options) => new()
    {
        Directory = Path.Combine(options.DataDirectory, "spool"),
        Links = [.. options.Links.Select(static link => new LinkLimits(
            link.Name, link.Values.Number("spool.linkMaxMessages"), link.Values.Number("spool.linkMaxBytes")))],
        Sync = Enum.Parse<SpoolSync>(options.Values.Text("spool.sync"), ignoreCase: true),
        Limits = BuildLimits(options.Values),
    };

    /// <summary>What a reload may change.</summary>
    public static SpoolLimits BuildLimits(EdgeValues values) => new()
    {
        MaximumBytes = values.Number("spool.maxBytes"),
        MaximumMessages = values.Number("spool.maxMessages"),
        TimeToLive = values.Seconds("spool.ttl"),
        Classes = Classes.ToDictionary(
            static entry => entry.Class,
            entry => new ClassLimits(0, values.Number($"spool.maxBytes.{entry.Word}"), values.Seconds($"spool.ttl.{entry.Word}"))),
        Overflow = Enum.Parse<SpoolOverflow>(values.Text("spool.overflow"), ignoreCase: true),
        KeepQosZero = true, // whether a QoS 0 message is kept depends on the link, so the intake decides
        UpgradeQosZero = values.Flag("spool.upgradeQos0"),
        Order = Enum.Parse<SpoolOrder>(values.Text("spool.order"), ignoreCase: true),
        MinimumShare = values.Fraction("spool.minShare") / 100,
        DeadLetterBytes = values.Number("spool.deadLetterBytes"),
    };
}
