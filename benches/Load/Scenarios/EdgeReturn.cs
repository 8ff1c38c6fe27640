using Fairlead.Load.Brokers;
using Fairlead.Load.Engine;
using Fairlead.Load.Wire;

namespace Fairlead.Load.Scenarios;

// How soon the first message is at the hub once the link is back.
internal static class EdgeReturn
{
    private const int Few = 10;
    private const long Patience = 20_000_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    // With what the connector has in its spool. From the moment at which a connection would get through, and from the one at which the
    // connector's next attempt did: what lies between them is its wait before that attempt.
    internal static (double SinceLink, double SinceConnection) Await(Session hub, LinkSwitch link, Flow flow)
    {
        long before = flow.Delivered;
        hub.Loop.Touch();
        long restored = EventLoop.ReadClock();
        link.Restore(hub.Broker.Port);
        hub.Until(() => flow.Delivered > before, Timeout, () => "no message came after the link was back");
        long first = EventLoop.ReadClock();
        return ((first - restored) / 1e6, (first - link.AcceptedAt) / 1e6);
    }

    // With ten messages that came after the loss.
    internal static double AwaitFew(Session local, Session hub, LinkSwitch link, Func<string, double> readSample)
    {
        var flow = new Flow(1);
        var receiver = new LoadClient("receiver-few") { Flow = flow, Arrivals = new SetArrivals(1, Few) };
        hub.Connect([receiver]);
        hub.Subscribe([(receiver, ["event/#"])], qos: 1);
        link.Restore(hub.Broker.Port);
        hub.Until(() => readSample("edge_hub_connected") == 1, Timeout, () => "the connector did not connect");
        link.Cut();
        hub.Until(() => readSample("edge_hub_connected") == 0, Timeout, () => "the connector did not see that the link is gone");
        var publisher = new Publisher(new LoadClient("pub-few"), new PublishTrain(["e/few"], 100, qos: 1, PipelinedScenario.Payload, 0, version5: false), flow);
        local.Connect([publisher.Client]);
        publisher.Publish(Few);
        local.Work(static () => Patience, () => publisher.Client.Unacknowledged == 0);
        hub.Until(() => readSample("edge_spool_messages{class=\"event\"}") == Few, Timeout, () => "the messages did not come into the spool");
        return Await(hub, link, flow).SinceConnection;
    }
}
