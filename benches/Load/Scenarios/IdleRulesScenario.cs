using Fairlead.Load.Brokers;
using Fairlead.Load.Measuring;

namespace Fairlead.Load.Scenarios;

// What rules cost those whom they do not concern: the same load without a rule and beside 1,000 rules of which none is about its topics,
// one hub after the other in the same run.
internal sealed class IdleRulesScenario() : Scenario("rules-idle", "50 publishers to 1 subscriber, QoS 0, without rules and beside 1,000 rules that do not match")
{
    private const int Rules = 1_000;

    private static readonly PipelinedScenario Load = new(
        "rules-idle", "", 0, new Window(Bytes: 20 * 1024, WriteBytes: 16 * 1024),
        static () => Topology.Star(50, 1, 0, PipelinedScenario.Payload, version5: false));

    internal override bool IsOurs => true;

    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        var without = Run(context, 0);
        var beside = Run(context, Rules);
        return
        [
            (Measure.Throughput, without[Measure.Throughput]),
            (Measure.ThroughputBesideRules, beside[Measure.Throughput]),
            (Measure.RulesShare, beside[Measure.Throughput] / without[Measure.Throughput]),
            (Measure.BrokerCpu, without[Measure.BrokerCpu]),
            (Measure.BrokerCpuBesideRules, beside[Measure.BrokerCpu]),
            (Measure.RulesCpuShare, beside[Measure.BrokerCpu] / without[Measure.BrokerCpu]),
            (Measure.Lost, without[Measure.Lost] + beside[Measure.Lost]),
        ];
    }

    private static Dictionary<Measure, double> Run(RunContext context, int count)
    {
        string data = Path.Combine(context.Data, $"{count}");
        Directory.CreateDirectory(data);
        using var session = new Session(context.Target.Start(new StartOptions(Durable: false, data, Http: true)), context.Profiler, context.Cancelled);
        using var rules = new RuleSet(new HubApi(session.Broker.HttpPort, data));
        // In the shapes that fleets have: names, a wildcard in the middle, everything below.
        for (int i = 0; i < count; i++)
        {
            string filter = (i % 3) switch
            {
                0 => $"plant/line{i}/temperature",
                1 => $"plant/+/machine{i}/state",
                _ => $"hall{i}/#",
            };
            rules.Add($"rule{i}", $"SELECT * FROM '{filter}' WHERE temp > 30", "out/never");
        }

        return Load.Run(context, session).ToDictionary(static one => one.Measure, static one => one.Value);
    }
}
