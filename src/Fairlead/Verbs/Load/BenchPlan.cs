using Fairlead.Client.Mqtt;

namespace Fairlead.Verbs.Load;

/// <summary>How much to measure.</summary>
/// <param name="Options">For each client; it is given a Client Identifier of its own.</param>
/// <param name="UrlTopic">Topic of the URL, or null.</param>
/// <param name="Count">Stop after so many; null for no limit.</param>
/// <param name="For">Stop after so long; null for no limit.</param>
/// <param name="Clients">Connections.</param>
internal sealed record BenchPlan(MqttClientOptions Options, string? UrlTopic, long? Count, TimeSpan? For, int Clients)
{
    /// <summary>A client with a Client Identifier of its own.</summary>
    public MqttClient CreateClient(int number) =>
        new(Options with { ClientId = $"{(Options.ClientId.Length > 0 ? Options.ClientId : $"bench-{Environment.ProcessId}")}-{number}" });
}
