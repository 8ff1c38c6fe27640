using Fairlead.Load.Brokers;
using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;

namespace Fairlead.Load.Scenarios;

// From the moment at which a message was to be sent to the arrival of what a rule republished of it, at a pace that leaves the hub idle
// between two messages; durable, so that the rule's message and its commit are in it.
internal sealed class RuleLatencyScenario() : Scenario("rules-latency", "publish to republished message at 2,000 msg/s, QoS 1, durable")
{
    private const int Pairs = 50;
    private const long Interval = 1_000_000_000 / 2_000;

    internal override bool IsOurs => true;

    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        Topology topology = Topology.Pairs(Pairs, qos: 1, PipelinedScenario.Payload, version5: false);
        var latency = new Histogram();
        foreach ((LoadClient client, _) in topology.Subscriptions)
            client.Latency = latency;
        using var session = new Session(context.Target.Start(new StartOptions(Durable: true, context.Data, Http: true)), context.Profiler, context.Cancelled);
        using var rules = new RuleSet(new HubApi(session.Broker.HttpPort, context.Data));
        rules.Add("copy", "SELECT * FROM 'bench/pair/+'", "out/${topic()}", qos: 1);
        session.Connect([.. topology.Clients]);
        session.Subscribe([.. topology.Subscriptions.Select(static one => (one.Client, (IReadOnlyList<string>)[.. one.Filters.Select(static filter => "out/" + filter)]))], qos: 1);
        foreach (Publisher publisher in topology.Publishers)
            publisher.Client.ReadOnDemand();
        long start = session.Loop.Now;
        long sent = 0;
        long Pace()
        {
            long now = EventLoop.ReadClock();
            long due = start + (sent * Interval);
            while (due <= now)
            {
                Publisher publisher = topology.Publishers[(int)(sent % Pairs)];
                session.Loop.ReadNow(publisher.Client);
                publisher.Publish(1, due);
                sent++;
                due += Interval;
            }

            return due - now;
        }

        session.For(context.Settings.WarmUp, Pace);
        latency.Clear();
        Measuring.Interval interval = session.Measure(() => topology.Delivered, () => session.For(context.Settings.Paced, Pace));
        session.Settle(() => topology.Delivered, () => topology.Absent == 0);
        (_, long dropped) = rules.Read();
        return
        [
            (Measure.Throughput, interval.Rate),
            (Measure.BrokerCpu, interval.BrokerCpuPerMillion),
            (Measure.GeneratorCpu, interval.GeneratorCpuPerMillion),
            (Measure.LatencyP50, latency.Percentile(0.5) / 1e3),
            (Measure.LatencyP99, latency.Percentile(0.99) / 1e3),
            (Measure.LatencyP999, latency.Percentile(0.999) / 1e3),
            (Measure.LatencyMaximum, latency.Maximum / 1e3),
            (Measure.Lost, topology.Absent + dropped),
            (Measure.Repeated, topology.Repeated),
        ];
    }
}
