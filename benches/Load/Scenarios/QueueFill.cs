using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;
using Fairlead.Load.Wire;

namespace Fairlead.Load.Scenarios;

// QoS 1 messages for a Session whose client is away.
internal sealed class QueueFill
{
    private const int PublisherCount = 50;
    private const int WindowUnacknowledged = 20;
    private const string Absentee = "absentee";
    private const string Filter = "bench/queue/+";
    private const long Rest = 200_000;
    private const long Patience = 20_000_000;
    private static readonly TimeSpan FillTimeout = TimeSpan.FromSeconds(120);

    private readonly int _perPublisher;
    private readonly Publisher[] _publishers;

    internal QueueFill(int messages)
    {
        _perPublisher = messages / PublisherCount;
        Flow = new Flow(1);
        Arrivals = new SetArrivals(PublisherCount, _perPublisher);
        _publishers =
        [
            .. Enumerable.Range(0, PublisherCount).Select(i => new Publisher(
                new LoadClient($"pub-{i:D5}"),
                new PublishTrain([$"bench/queue/{i:D4}"], 100, qos: 1, PipelinedScenario.Payload, (uint)i, version5: false),
                Flow)),
        ];
    }

    internal Flow Flow { get; }

    internal SetArrivals Arrivals { get; }

    internal long Acknowledged
    {
        get
        {
            long sum = 0;
            foreach (Publisher publisher in _publishers)
                sum += publisher.Client.Acknowledged;
            return sum;
        }
    }

    private long Total => (long)_perPublisher * PublisherCount;

    // Leaves a Session behind.
    internal static void Prepare(Session session)
    {
        var absentee = new LoadClient(Absentee);
        session.Connect([absentee], clean: false);
        session.Subscribe([(absentee, [Filter])], qos: 1);
        absentee.Leave();
    }

    // Returns with the last acknowledgement.
    internal Interval Fill(Session session)
    {
        session.Connect([.. _publishers.Select(publisher => publisher.Client)]);
        long end = session.Loop.Now + (long)FillTimeout.TotalNanoseconds;
        session.Rest = Rest;
        return session.Measure(() => Acknowledged, () => session.Work(Pump, () =>
        {
            if (Array.Exists(_publishers, publisher => publisher.Client.WasCut))
                throw new BenchException($"{session.Broker.Name} cut a publisher after {Acknowledged} of {Total} acknowledgements.");
            if (session.Loop.Now > end)
                throw new BenchException($"{session.Broker.Name} acknowledged only {Acknowledged} of {Total} publications in {FillTimeout.TotalSeconds:0} s.");
            return Acknowledged == Total;
        }));
    }

    // The client comes back and takes everything; time runs from its CONNECT to its last new message.
    internal Interval Drain(Session session)
    {
        // No rest: mosquitto sends twenty and waits for their acknowledgements.
        session.Rest = 0;
        long lastAt = session.Loop.Now;
        long seen = 0;
        var returned = new LoadClient(Absentee) { Flow = Flow, Arrivals = Arrivals };
        Interval interval = session.Measure(() => Flow.Delivered, () =>
        {
            lastAt = session.Loop.Now;
            returned.Connect(session.Loop, session.Broker.Address, clean: false);
            session.Settle(
                () =>
                {
                    if (Flow.Delivered > seen)
                    {
                        seen = Flow.Delivered;
                        lastAt = session.Loop.Now;
                    }

                    return seen;
                },
                () => Flow.Delivered == Total);
        });
        double idle = (EventLoop.ReadClock() - lastAt) / 1e9;
        if (returned.Refused != 0 || (!returned.IsAccepted && returned.WasCut))
            throw new BenchException($"{session.Broker.Name} refused the returning client (code {returned.Refused}).");

        // A broker that lost some keeps us waiting for them at the end: that is not drain time.
        return interval with { Seconds = Math.Max(1e-6, interval.Seconds - idle) };
    }

    private long Pump()
    {
        foreach (Publisher publisher in _publishers)
        {
            long count = Math.Min(WindowUnacknowledged - publisher.Client.Unacknowledged, _perPublisher - publisher.Client.Sent);
            if (count > 0 && publisher.IsReady)
                publisher.Publish((int)count);
        }

        return Patience;
    }
}
