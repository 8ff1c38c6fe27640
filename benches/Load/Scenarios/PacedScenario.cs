using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;

namespace Fairlead.Load.Scenarios;

// A fleet that talks at its own pace, most of the time alone: every message wakes the broker. Latency counts from the moment at which a
// message was to be sent, so that a broker that holds up the generator does not hide its own delay.
internal sealed class PacedScenario() : Scenario("paced", "5,000 msg/s, QoS 1, 50 publishers and 50 subscribers")
{
    private const int Pairs = 50;
    private const long MessagesPerSecond = 5_000;
    private const long Interval = 1_000_000_000 / MessagesPerSecond;

    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        Topology topology = Topology.Pairs(Pairs, qos: 1, PipelinedScenario.Payload, version5: false);
        var latency = new Histogram();
        foreach ((LoadClient client, _) in topology.Subscriptions)
            client.Latency = latency;
        using Session session = context.Start();
        session.Connect([.. topology.Clients]);
        session.Subscribe(topology.Subscriptions, qos: 1);

        // Nobody waits for the acknowledgement of a publication: it is read with the next one, and the generator wakes a third less.
        foreach (Publisher publisher in topology.Publishers)
            publisher.Client.ReadOnDemand();
        var pace = new Pace(session.Loop, topology);
        session.For(context.Settings.WarmUp, pace.Run);
        latency.Clear();
        pace.Late.Clear();
        Measuring.Interval interval = session.Measure(() => topology.Delivered, () => session.For(context.Settings.Paced, pace.Run));
        MemorySample memory = session.Broker.ReadMemory();
        session.Settle(() => topology.Delivered, () => topology.Absent == 0);
        return
        [
            (Measure.Throughput, interval.Rate),
            (Measure.BrokerCpu, interval.BrokerCpuPerMillion),
            (Measure.GeneratorCpu, interval.GeneratorCpuPerMillion),
            (Measure.LatencyP50, latency.Percentile(0.5) / 1e3),
            (Measure.LatencyP99, latency.Percentile(0.99) / 1e3),
            (Measure.LatencyP999, latency.Percentile(0.999) / 1e3),
            (Measure.LatencyMaximum, latency.Maximum / 1e3),
            (Measure.GeneratorLate, pace.Late.Percentile(0.99) / 1e3),
            (Measure.Memory, memory.Resident / 1048576.0),
            (Measure.Lost, topology.Absent),
            (Measure.Repeated, topology.Repeated),
        ];
    }

    // Message k is due at k times the interval, whatever happened to those before it.
    private sealed class Pace(EventLoop loop, Topology topology)
    {
        private readonly long _start = loop.Now;
        private long _sent;

        internal Histogram Late { get; } = new();

        internal long Run()
        {
            long now = EventLoop.ReadClock();
            long due = _start + (_sent * Interval);
            while (due <= now)
            {
                Late.Record(now - due);
                Publisher publisher = topology.Publishers[(int)(_sent % Pairs)];
                loop.ReadNow(publisher.Client);
                publisher.Publish(1, due);
                _sent++;
                due += Interval;
            }

            return due - now;
        }
    }
}
