using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;

namespace Fairlead.Load.Scenarios;

// TCP connect, CONNECT, CONNACK, DISCONNECT, close, over and over in several lanes.
internal sealed class ConnectsScenario() : Scenario("connects", "connect, CONNACK, disconnect; 32 in parallel")
{
    private const int Lanes = 32;
    private const int Sources = 64;
    private const long Patience = 20_000_000;

    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        using Session session = context.Start();
        var lanes = new Lanes32(session);
        session.For(context.Settings.WarmUp, lanes.Run);
        Interval interval = session.Measure(() => lanes.Completed, () => session.For(context.Settings.Measured, lanes.Run));
        if (interval.Count == 0)
            throw new BenchException($"{session.Broker.Name} accepted nobody.");
        return
        [
            (Measure.Connects, interval.Rate),
            (Measure.BrokerCpu, interval.BrokerCpuPerMillion),
            (Measure.GeneratorCpu, interval.GeneratorCpuPerMillion),
            (Measure.Memory, session.Broker.ReadMemory().Resident / 1048576.0),
            (Measure.Lost, lanes.Cut),
        ];
    }

    private sealed class Lanes32(Session session)
    {
        private readonly LoadClient[] _clients = [.. Enumerable.Range(0, Lanes).Select(i => new LoadClient($"lane-{i:D2}"))];
        private uint _source;

        internal long Completed { get; private set; }

        internal long Cut { get; private set; }

        internal long Run()
        {
            foreach (LoadClient client in _clients)
            {
                if (client.IsOpen && !client.IsAccepted)
                    continue;
                if (client.IsOpen)
                {
                    client.Leave();
                    Completed++;
                }
                else if (client.WasCut)
                {
                    Cut++;
                }

                // The side that closes first keeps the port for a minute: many loopback addresses, so that ports do not run out.
                _source = (_source + 1) % Sources;
                client.Connect(session.Loop, session.Broker.Address, source: IPv4Address.Loopback + 1 + _source);
            }

            return Patience;
        }
    }
}
