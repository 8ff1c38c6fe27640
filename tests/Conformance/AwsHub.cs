using Fairlead.Shared;
using Xunit;

[assembly: AssemblyFixture(typeof(Fairlead.Conformance.AwsHub))]

namespace Fairlead.Conformance;

/// <summary>One hub of the profile aws for all tests of its chapter.</summary>
public sealed class AwsHub : IAsyncLifetime
{
    private HubProcess? _hub;

    public Uri Mqtt
    {
        get
        {
            Assert.SkipWhen(_hub is null, "only for our own hub: another broker has no profile aws");
            return _hub.Mqtt;
        }
    }

    public Uri WebSocket
    {
        get
        {
            Assert.SkipWhen(_hub is null, "only for our own hub: another broker has no profile aws");
            return _hub.Listener("ws");
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (!StandardHub.IsForeign)
            _hub = await HubProcess.StartAsync(new HubSettings { Listen = ["mqtt://127.0.0.1:0", "ws://127.0.0.1:0/mqtt"], Arguments = ["--profile", "aws"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null)
            await _hub.DisposeAsync();
    }
}
