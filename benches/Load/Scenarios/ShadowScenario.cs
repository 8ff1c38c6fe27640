using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;
using Fairlead.Load.Wire;

namespace Fairlead.Load.Scenarios;

// 200 things update their shadows over MQTT, durably, QoS 1 both ways; each keeps a few updates under way and waits for their accepted
// messages. Twice: beside 1,000 shadows and beside 100,000, because what one update costs must not depend on how many shadows there are.
internal sealed class ShadowScenario() : Scenario("shadow", "200 things update their shadows, durable, beside 1,000 and 100,000 shadows")
{
    private const int Things = 200;
    private const int UnderWay = 8; // AWS allows ten requests in flight for one thing
    private const long Rest = 200_000;
    private const long Patience = 20_000_000;

    internal override bool IsOurs => true;

    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        (int few, int many) = context.Settings.Quick ? (1_000, 10_000) : (1_000, 100_000);
        var rejections = new Flow(1);
        var watcher = new LoadClient("watcher") { Flow = rejections };
        ShadowThing[] things = [.. Enumerable.Range(0, Things).Select(number => new ShadowThing(number))];
        Interval beside, besideMany;
        double memoryFew, memoryMany;
        using (Session session = context.Start(durable: true))
        {
            session.Connect([watcher, .. things.Select(thing => thing.Client)]);
            session.Subscribe(
                [(watcher, ["$aws/things/+/shadow/update/rejected"]), .. things.Select(thing => (thing.Client, (IReadOnlyList<string>)[thing.Topic + "/accepted"]))],
                qos: 1);
            session.Rest = Rest;
            ShadowFill.Run(session, 0, few - Things);
            beside = Update(session, context, things);
            memoryFew = session.Broker.ReadMemory().Resident;
            ShadowFill.Run(session, few - Things, many - Things);
            besideMany = Update(session, context, things);
            memoryMany = session.Broker.ReadMemory().Resident;
            session.Rest = 0;
            session.Broker.Kill();
        }

        long killedAt = EventLoop.ReadClock();
        using Session restarted = context.Start(durable: true);
        double restart = (EventLoop.ReadClock() - killedAt) / 1e6;
        return
        [
            (Measure.ShadowUpdates, beside.Rate),
            (Measure.ShadowUpdatesMany, besideMany.Rate),
            (Measure.BrokerCpu, beside.BrokerCpuPerMillion),
            (Measure.BrokerCpuMany, besideMany.BrokerCpuPerMillion),
            (Measure.GeneratorCpu, beside.GeneratorCpuPerMillion),
            (Measure.BytesEachShadow, (memoryMany - memoryFew) / (many - few)),
            (Measure.Restart, restart),
            (Measure.Rejected, rejections.Delivered),
            (Measure.Lost, things.Sum(thing => thing.Outstanding)),
        ];
    }

    private static Interval Update(Session session, RunContext context, ShadowThing[] things)
    {
        session.For(context.Settings.WarmUp, () => Pump(things));
        Interval interval = session.Measure(() => Accepted(things), () => session.For(context.Settings.Measured, () => Pump(things)));
        if (Array.Exists(things, thing => thing.Client.WasCut))
            throw new BenchException($"{session.Broker.Name} cut a thing. {session.Broker.LastWords}");
        session.Settle(() => Accepted(things), () => Array.TrueForAll(things, thing => thing.Outstanding == 0));
        return interval;
    }

    private static long Pump(ShadowThing[] things)
    {
        foreach (ShadowThing thing in things)
            thing.Fill(UnderWay);
        return Patience;
    }

    private static long Accepted(ShadowThing[] things)
    {
        long sum = 0;
        foreach (ShadowThing thing in things)
            sum += thing.Accepted;
        return sum;
    }

    // A device with its shadow.
    private sealed class ShadowThing
    {
        private readonly Flow _flow = new(1);
        private readonly UpdatePacket _packet;
        private long _sent;

        internal ShadowThing(int number)
        {
            Topic = $"$aws/things/bench-{number:D3}/shadow/update";
            _packet = new UpdatePacket(Topic);
            Client = new LoadClient($"thing-{number:D3}") { Flow = _flow };
        }

        internal string Topic { get; }

        internal LoadClient Client { get; }

        internal long Accepted => _flow.Delivered;

        internal long Outstanding => _sent - Accepted;

        internal void Fill(int underWay)
        {
            while (Outstanding < underWay && !Client.IsWriting && Client.IsOpen)
            {
                Client.Send(_packet.Take((uint)++_sent));
                Client.Sent++;
            }
        }
    }
}
