using Fairlead.Shared;

namespace Fairlead.Conformance;

/// <summary>Lets the broker's own time pass: a Will with this delay is awaited. No test sleeps.</summary>
internal static class BrokerClock
{
    public static async Task PassAsync(Uri broker, int seconds)
    {
        var topic = Names.Topic();
        await using var watcher = await Peer.ConnectAsync(broker, 5);
        await watcher.SubscribeAsync(topic);
        await using var clock = await Peer.ConnectAsync(broker, 5,
            properties: new RawProperties().Add(RawProperties.SessionExpiry, seconds + 60),
            will: new RawWill(topic, "time is up", Properties: new RawProperties().Add(RawProperties.WillDelay, seconds)));
        clock.Raw.Close();
        await watcher.ExpectAsync("time is up");
        await using var cleaner = await Peer.ConnectAsync(broker, 5, clock.Id);
    }
}
