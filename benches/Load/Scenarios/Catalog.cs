namespace Fairlead.Load.Scenarios;

// All scenarios by the names of the command line, in the order in which they run.
internal static class Catalog
{
    private const int Payload = PipelinedScenario.Payload;

    // All that fifty publishers have under way may pile up at one subscriber: below the bound that a broker may well set on its output.
    private static readonly Window OneSubscriber = new(Bytes: 20 * 1024, WriteBytes: 16 * 1024);

    internal static readonly IReadOnlyList<Scenario> All =
    [
        Pipelined("fan-in", "50 publishers to 1 subscriber, QoS 0", 0, () => Topology.Star(50, 1, 0, Payload, version5: false), OneSubscriber),
        Pipelined("fan-in-v5", "50 publishers to 1 subscriber, QoS 0, MQTT 5", 0, () => Topology.Star(50, 1, 0, Payload, version5: true), OneSubscriber),
        Pipelined("pairs", "100 pairs, QoS 1", 1, () => Topology.Pairs(100, 1, Payload, version5: false)),
        Pipelined("pairs-v5", "100 pairs, QoS 1, MQTT 5", 1, () => Topology.Pairs(100, 1, Payload, version5: true)),

        // A single publisher: less of its bytes under way, as each comes out a thousand times; more unacknowledged, as nobody else fills the pause.
        Pipelined(
            "fan-out-1000",
            "1 publisher to 1,000 subscribers, QoS 0",
            0,
            () => Topology.Star(1, 1000, 0, Payload, version5: false),
            new Window(Bytes: 16 * 1024, WriteBytes: 4 * 1024)),
        Pipelined(
            "fan-out-100",
            "1 publisher to 100 subscribers, QoS 1",
            1,
            () => Topology.Star(1, 100, 1, Payload, version5: false),
            new Window(Unacknowledged: 100)),
        Pipelined(
            "wildcards",
            "20,000 wildcard subscriptions, 100,000 topics, each hits one; QoS 0",
            0,
            () => Topology.Wildcards(subscriptions: 20_000, topics: 100_000, publishers: 4, subscribers: 20, Payload)),
        new IdleScenario(),
        new ConnectsScenario(),
        new SecureConnectsScenario(),
        new FleetScenario(),
        new ShadowScenario(),
        new DirectScenario(),
        new RulesScenario(),
        new IdleRulesScenario(),
        new RuleLatencyScenario(),
        new ConsoleScenario(),
        new PacedScenario(),
        new QueueScenario(),
        new DurableQueueScenario(),
        new EdgeScenario(),
        new GatewayScenario(),
        new AzureScenario(),
    ];

    internal static Scenario Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name)
        ?? throw new BenchException($"There is no scenario '{name}'. There are: {string.Join(", ", All.Select(scenario => scenario.Name))}.");

    private static PipelinedScenario Pipelined(string name, string title, int qos, Func<Topology> create, Window? window = null) =>
        new(name, title, qos, window ?? new Window(), create);
}
