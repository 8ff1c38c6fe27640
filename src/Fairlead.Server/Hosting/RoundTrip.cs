using Fairlead.Broker;
using Fairlead.Broker.Durability;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Server.Hosting;

/// <summary>One way through everything that a hub rests on: a message through the broker, and a commit of the store.</summary>
internal sealed class RoundTrip(MqttBroker broker, IBrokerStore store)
{
    /// <summary>Goes that way. Does not come back when something on it is stuck.</summary>
    /// <returns>True when it comes back.</returns>
    public async Task<bool> RunAsync()
    {
        // Session directory and topic tree, with the locks of the packet path; an administrator may listen to it.
        _ = broker.TryGetClient("", out _);
        broker.PublishOwned("$SYS/broker/watchdog"u8, "1"u8, QualityOfService.AtMostOnce);
        broker.FlushPublished();
        // A full disk is no reason to start anew: the store refuses meanwhile, which is an answer, and begins again by itself.
        if (store.IsHealthy) await store.FlushAsync();
        return true;
    }
}
