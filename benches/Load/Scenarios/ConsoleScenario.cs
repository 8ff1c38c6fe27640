using Fairlead.Load.Brokers;
using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;

namespace Fairlead.Load.Scenarios;

// What a page of topics costs everybody else: the same load on the same connections with and without a console stream on '#', as fast as the
// broker goes and at 20,000 messages a second. Which of the two comes first alternates from round to round.
internal sealed class ConsoleScenario() : Scenario("console", "50 publishers to 1 subscriber, QoS 0, without and with a console stream on #")
{
    private const int Publishers = 50;
    private const long MessagesPerSecond = 20_000;
    private const long Rest = 500_000;

    // Four such stretches a round, and three rounds: all of it is done within a minute and a half.
    private static readonly TimeSpan Stretch = TimeSpan.FromSeconds(4);

    private int _rounds;

    internal override bool IsOurs => true;

    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        bool streamsFirst = _rounds++ % 2 == 1;
        using var session = new Session(context.Target.Start(new StartOptions(Durable: false, context.Data, Http: true)), context.Profiler, context.Cancelled);
        using var api = new HubApi(session.Broker.HttpPort, context.Data);
        Topology topology = Topology.Star(Publishers, 1, 0, PipelinedScenario.Payload, version5: false);
        session.Connect([.. topology.Clients]);
        session.Subscribe(topology.Subscriptions, qos: 0);
        var pump = new PipelinedScenario.UnacknowledgedPump(topology, new Window(Bytes: 20 * 1024, WriteBytes: 16 * 1024));
        session.Rest = Rest;
        session.For(context.Settings.WarmUp, pump.Run);
        (Interval plain, Interval shown) = Compare(session, api, topology, streamsFirst, () => pump.Run);

        session.Rest = 0;
        session.Settle(() => topology.Delivered, () => topology.Absent == 0);
        (Interval quiet, Interval watched) = Compare(session, api, topology, streamsFirst, () => new Pace(session.Loop, topology).Run);
        session.Settle(() => topology.Delivered, () => topology.Absent == 0);
        return
        [
            (Measure.Throughput, plain.Rate),
            (Measure.ThroughputBesideConsole, shown.Rate),
            (Measure.ConsoleShare, shown.Rate / plain.Rate),
            (Measure.BrokerCpu, plain.BrokerCpuPerMillion),
            (Measure.BrokerCpuBesideConsole, shown.BrokerCpuPerMillion),
            (Measure.ConsoleCpuShare, shown.BrokerCpuPerMillion / plain.BrokerCpuPerMillion),
            (Measure.PacedRateBesideConsole, watched.Rate),
            (Measure.PacedCpu, quiet.BrokerCpuPerMillion),
            (Measure.PacedCpuBesideConsole, watched.BrokerCpuPerMillion),
            (Measure.PacedConsoleCpuShare, watched.BrokerCpuPerMillion / quiet.BrokerCpuPerMillion),
            (Measure.GeneratorCpu, plain.GeneratorCpuPerMillion),
            (Measure.Lost, topology.Absent),
        ];
    }

    private static (Interval Without, Interval With) Compare(Session session, HubApi api, Topology topology, bool streamsFirst, Func<Func<long>> pump)
    {
        Interval with = streamsFirst ? WithStream(session, api, topology, pump()) : default;
        Interval without = session.Measure(() => topology.Delivered, () => session.For(Stretch, pump()));
        return (without, streamsFirst ? with : WithStream(session, api, topology, pump()));
    }

    private static Interval WithStream(Session session, HubApi api, Topology topology, Func<long> pump)
    {
        using var page = new TopicPage(api);
        // Opened, and in its stride.
        session.For(TimeSpan.FromSeconds(1), pump);
        Interval interval = session.Measure(() => topology.Delivered, () => session.For(Stretch, pump));
        if (page.Read == 0)
            throw new BenchException("the console stream said nothing while messages came");
        return interval;
    }

    // Message k is due at k times the interval.
    private sealed class Pace(EventLoop loop, Topology topology)
    {
        private const long Interval = 1_000_000_000 / MessagesPerSecond;
        private readonly long _start = loop.Now;
        private long _sent;

        internal long Run()
        {
            long now = EventLoop.ReadClock();
            while (_start + (_sent * Interval) <= now)
            {
                topology.Publishers[(int)(_sent % Publishers)].Publish(1);
                _sent++;
            }

            return _start + (_sent * Interval) - now;
        }
    }

    // Reads the stream as a browser would, on a thread of its own.
    private sealed class TopicPage : IDisposable
    {
        private readonly Stream _stream;
        private readonly Thread _reader;
        private long _read;

        internal TopicPage(HubApi api)
        {
            _stream = api.Open("/v1/console/topics?filter=%23");
            _reader = new Thread(ReadAll) { IsBackground = true };
            _reader.Start();
        }

        internal long Read => Interlocked.Read(ref _read);

        public void Dispose()
        {
            _stream.Dispose();
            _reader.Join();
        }

        private void ReadAll()
        {
            byte[] buffer = new byte[64 * 1024];
            try
            {
                while (_stream.Read(buffer) is > 0 and var length)
                    Interlocked.Add(ref _read, length);
            }
            catch (Exception ended) when (ended is IOException or ObjectDisposedException or OperationCanceledException)
            {
                // Closed by Dispose.
            }
        }
    }
}
