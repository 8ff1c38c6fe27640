using Fairlead.Load.Brokers;
using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;
using Fairlead.Load.Wire;

namespace Fairlead.Load.Scenarios;

// Ten rules that parse JSON for their WHERE; one of them republishes everything, which paces the publishers, the others one message in two.
// What counts is evaluations for each second of processor time: PUBLISH in, PUBLISH out and everything between are in it.
internal sealed class RulesScenario() : Scenario("rules", "10 rules with a WHERE on parsed JSON, republish, QoS 0")
{
    private const int Rules = 10;
    private const int Publishers = 10;
    private const int UnderWay = 100;
    private const long Rest = 200_000;
    private const long Patience = 20_000_000;

    internal override bool IsOurs => true;

    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        using var session = new Session(context.Target.Start(new StartOptions(Durable: false, context.Data, Http: true)), context.Profiler, context.Cancelled);
        using var rules = new RuleSet(new HubApi(session.Broker.HttpPort, context.Data));
        rules.Add("all", "SELECT * FROM 'bench/json/+' WHERE state.reported.temperature > 20", "out/all");
        for (int i = 1; i < Rules; i++)
            rules.Add($"some{i}", $"SELECT state.reported.number AS n, {i} AS rule FROM 'bench/json/+' WHERE state.reported.number % 2 = {i % 2}", $"out/some{i}");
        var flow = new Flow(1);
        var subscriber = new LoadClient("subscriber") { Flow = flow };
        Device[] devices = [.. Enumerable.Range(0, Publishers).Select(static i => new Device(i))];
        session.Connect([subscriber, .. devices.Select(static device => device.Client)]);
        session.Subscribe([(subscriber, ["out/all"])], qos: 0);
        session.Rest = Rest;
        long Pump()
        {
            foreach (Device device in devices)
            {
                while (flow.Outstanding < UnderWay * Publishers && device.TrySend())
                    flow.Published++;
            }

            return Patience;
        }

        session.For(context.Settings.WarmUp, Pump);
        (long before, _) = rules.Read();
        Interval interval = session.Measure(() => flow.Delivered, () => session.For(context.Settings.Measured, Pump));
        (long after, long dropped) = rules.Read();
        MemorySample memory = session.Broker.ReadMemory();
        session.Rest = 0;
        session.Settle(() => flow.Delivered, () => flow.Outstanding == 0);
        long evaluations = after - before;
        return
        [
            (Measure.Evaluations, evaluations / interval.Seconds),
            (Measure.EvaluationsEachCore, evaluations / interval.BrokerCpu),
            (Measure.Throughput, interval.Rate),
            (Measure.BrokerCpu, interval.BrokerCpuPerMillion),
            (Measure.GeneratorCpu, interval.GeneratorCpuPerMillion),
            (Measure.Memory, memory.Resident / 1048576.0),
            (Measure.Lost, flow.Outstanding + dropped),
        ];
    }

    // Publishes JSON with a number that grows.
    private sealed class Device(int number)
    {
        private readonly UpdatePacket _packet = new($"bench/json/{number:D2}", qos: 0);
        private uint _sent;

        internal LoadClient Client { get; } = new($"device-{number:D2}");

        internal bool TrySend()
        {
            if (Client.IsWriting || !Client.IsOpen)
                return false;
            Client.Send(_packet.Take(++_sent));
            Client.Sent++;
            return true;
        }
    }
}
