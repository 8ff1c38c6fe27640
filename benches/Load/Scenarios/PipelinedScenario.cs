using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;

namespace Fairlead.Load.Scenarios;

// As fast as the broker goes, with a bound on what is under way: a broker that is slower than its publishers would otherwise have to drop,
// and it would be the dropping that is measured.
internal sealed class PipelinedScenario(string name, string title, int qos, Window window, Func<Topology> create) : Scenario(name, title)
{
    internal const int Payload = 64;

    private const long Rest = 500_000;
    private const long Patience = 20_000_000;

    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        using Session session = context.Start();
        return Run(context, session);
    }

    // The same with a broker that was started, and perhaps prepared, before.
    internal IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context, Session session)
    {
        Topology topology = create();
        session.Connect([.. topology.Clients]);
        session.Subscribe(topology.Subscriptions, qos);

        session.Rest = Rest;
        Func<long> pump = qos == 0 ? new UnacknowledgedPump(topology, window).Run : new AcknowledgedPump(topology, window).Run;
        session.For(context.Settings.WarmUp, pump);
        Interval interval = session.Measure(() => topology.Delivered, () => session.For(context.Settings.Measured, pump));
        MemorySample memory = session.Broker.ReadMemory();
        session.Rest = 0;
        session.Settle(() => topology.Delivered, () => topology.Absent == 0);
        int cut = topology.Clients.Count(client => client.WasCut);
        if (cut > 0)
            throw new BenchException($"{session.Broker.Name} cut {cut} of {topology.Clients.Count()} connections.");
        if (interval.Count == 0)
            throw new BenchException($"{session.Broker.Name} delivered nothing.");
        return
        [
            (Measure.Throughput, interval.Rate),
            (Measure.BrokerCpu, interval.BrokerCpuPerMillion),
            (Measure.GeneratorCpu, interval.GeneratorCpuPerMillion),
            (Measure.Memory, memory.Resident / 1048576.0),
            (Measure.Lost, topology.Absent),
            (Measure.Repeated, topology.Repeated),
        ];
    }

    internal sealed class UnacknowledgedPump(Topology topology, Window window)
    {
        private readonly int _perWrite = window.WriteBytes / topology.Publishers[0].Train.PacketLength;
        private readonly long _window = (long)window.Bytes / topology.Publishers[0].Train.PacketLength
            * topology.Publishers.Count / topology.Flows.Count * topology.Flows[0].FanOut;

        private int _turn;

        internal long Run()
        {
            // Everyone gets a turn, and the next call starts with the one whose turn it then is.
            long patience = Patience;
            for (int i = 0; i < topology.Publishers.Count; i++)
            {
                Publisher publisher = topology.Publishers[_turn];
                if (publisher.Flow.Outstanding + ((long)_perWrite * publisher.Flow.FanOut) > _window)
                    break;
                if (publisher.IsReady)
                {
                    publisher.Publish(_perWrite);
                    patience = 0;
                }

                _turn = _turn + 1 == topology.Publishers.Count ? 0 : _turn + 1;
            }

            return patience;
        }
    }

    private sealed class AcknowledgedPump(Topology topology, Window window)
    {
        internal long Run()
        {
            foreach (Publisher publisher in topology.Publishers)
            {
                Flow flow = publisher.Flow;
                long free = window.PerSubscriber - (flow.Outstanding / flow.FanOut);
                int count = (int)Math.Min(window.Unacknowledged - publisher.Client.Unacknowledged, free);
                if (count > 0 && publisher.IsReady)
                    publisher.Publish(count);
            }

            return Patience;
        }
    }
}
