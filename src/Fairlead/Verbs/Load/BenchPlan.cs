using Fairlead.Client.Mqtt;

namespace Fairlead.Verbs.Load;

/// <summary>How much to measure.</summary>
/// <param name="Options">For each client; it is given a Client Identifier of its own.</param>
/// <param name="UrlTopic">Topic of the URL, or null.</param>
/// <param name="Limits">When it ends.</param>
/// <param name="Clients">Connections.</param>
internal sealed record BenchPlan(MqttClientOptions Options, string? UrlTopic, BenchLimits Limits, int Clients)
{
    /// <summary>Stop after so many; null for no limit.</summary>
    public long? Count => Limits.Count;

    /// <summary>A client with a Client Identifier of its own.</summary>
    public MqttClient CreateClient(int number) =>
        new(Options with { ClientId = $"{(Options.ClientId.Length > 0 ? Options.ClientId : $"bench-{Environment.ProcessId}")}-{number}" });
}

/// <summary>When a bench ends.</summary>
/// <param name="Count">After so many; null for no limit.</param>
/// <param name="For">After so long; null for no limit.</param>
internal sealed record BenchLimits(long? Count, TimeSpan? For)
{
    /// <summary>Reads them.</summary>
    /// <param name="count">Value of <c>--count</c>.</param>
    /// <param name="seconds">Value of <c>--for</c>.</param>
    /// <param name="defaultCount">Count when neither is given; null for no limit.</param>
    public static BenchLimits Of(long? count, double? seconds, long? defaultCount) => count is < 1 || seconds is <= 0 or > 4_000_000
        ? throw VerbException.Usage("cannot measure", "--count and --for take more than 0", "Give such a number")
        : new BenchLimits(count ?? (seconds is null ? defaultCount : null), seconds is { } s ? TimeSpan.FromSeconds(s) : null);
}
