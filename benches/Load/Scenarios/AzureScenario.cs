using Fairlead.Load.Brokers;
using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;

namespace Fairlead.Load.Scenarios;

// The Azure dialect without a gateway: devices send over AMQP into the log of events, and a consumer reads it back. The generator speaks AMQP by
// our own library, on threads of its own: it takes more of the machine than in other scenarios, and says how much.
internal sealed class AzureScenario() : Scenario("azure", "100 devices on 4 AMQP connections into the durable log of events, then one consumer that reads it all")
{
    private const int Connections = 4;
    private const int DevicesEach = 25;
    private const int UnderWay = 20;
    private const int Partitions = 4;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    internal override bool IsOurs => true;

    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        var target = (FairleadTarget)context.Target;
        using var session = new Session(target.Start(new StartOptions(Durable: true, context.Data, Http: true, Amqp: true)), context.Profiler, context.Cancelled);
        using var api = new HubApi(session.Broker.HttpPort, context.Data);
        DeviceSender[] senders = [.. Enumerable.Range(0, Connections).Select(static n => new DeviceSender(n * DevicesEach, DevicesEach, UnderWay))];
        Interval sending = SendAsync(context, session, senders, Key(api, "device")).GetAwaiter().GetResult();
        long kept = senders.Sum(static sender => sender.Accepted);
        var reader = new EventsReader();
        Interval reading = ReadAsync(session, reader, kept, Key(api, "service")).GetAwaiter().GetResult();
        return
        [
            (Measure.AmqpSent, sending.Rate),
            (Measure.AmqpSentCpu, sending.BrokerCpuPerMillion),
            (Measure.GeneratorCpu, sending.GeneratorCpuPerMillion),
            (Measure.EventsRead, reading.Rate),
            (Measure.EventsReadCpu, reading.BrokerCpuPerMillion),
            (Measure.Lost, kept - reader.Read),
            (Measure.Unexpected, senders.Sum(static sender => sender.Refused)),
        ];
    }

    private static string Key(HubApi api, string policy) => (string)api.Call(HttpMethod.Get, $"/v1/iothub/policies/{policy}")["primaryKey"]!;

    private static async Task<Interval> SendAsync(RunContext context, Session session, DeviceSender[] senders, string key)
    {
        List<HubPeer> peers = [];
        foreach (DeviceSender sender in senders)
        {
            peers.Add(await HubPeer.ConnectAsync(session.Broker.AmqpPort, "device", key));
            await sender.StartAsync(peers[^1]);
        }

        session.For(context.Settings.WarmUp, static () => long.MaxValue);
        Interval interval = session.Measure(() => senders.Sum(static sender => sender.Accepted), () => session.For(context.Settings.Measured, static () => long.MaxValue));
        foreach (DeviceSender sender in senders)
            sender.Stop();
        session.Until(() => Array.TrueForAll(senders, static sender => sender.IsDone), Timeout, static () => "not every message was settled");
        foreach (HubPeer peer in peers)
            await peer.DisposeAsync();
        return interval;
    }

    private static async Task<Interval> ReadAsync(Session session, EventsReader reader, long kept, string key)
    {
        await using HubPeer peer = await HubPeer.ConnectAsync(session.Broker.AmqpPort, "service", key);
        return session.Measure(
            () => reader.Read,
            () =>
            {
                reader.StartAsync(peer, Partitions).GetAwaiter().GetResult();
                session.Settle(() => reader.Read, () => reader.Read >= kept);
            });
    }
}
