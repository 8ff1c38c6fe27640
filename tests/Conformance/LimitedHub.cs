using Fairlead.Shared;
using Xunit;

[assembly: AssemblyFixture(typeof(Fairlead.Conformance.LimitedHub))]

namespace Fairlead.Conformance;

/// <summary>A hub whose limits are low enough to be reached: QoS 1, three messages in flight, no topic aliases, packets of 1,000 bytes, client identifiers of 64.</summary>
public sealed class LimitedHub : IAsyncLifetime
{
    private HubProcess? _hub;

    public Uri Mqtt
    {
        get
        {
            Assert.SkipWhen(_hub is null, "only for our own hub: another broker's limits are its own");
            return _hub.Mqtt;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (!StandardHub.IsForeign)
        {
            _hub = await HubProcess.StartAsync("--set", "Broker:MaximumQoS=1", "--set", "Broker:ReceiveMaximum=3", "--set", "Broker:TopicAliasMaximum=0",
                "--set", "Broker:MaximumPacketSize=1000", "--set", "Broker:MaximumPayloadSize=1000", "--set", "Broker:MaximumClientIdLength=64");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null)
            await _hub.DisposeAsync();
    }
}
