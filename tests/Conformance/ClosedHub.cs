using Fairlead.Shared;
using Xunit;

namespace Fairlead.Conformance;

/// <summary>A hub that lets nobody in without credentials; it has no users, so nobody at all.</summary>
public sealed class ClosedHub : IAsyncLifetime
{
    private HubProcess? _hub;

    public Uri Mqtt
    {
        get
        {
            Assert.SkipWhen(_hub is null, "only for our own hub: another broker's users are its own");
            return _hub.Mqtt;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (!StandardHub.IsForeign)
            _hub = await HubProcess.StartAsync(new HubSettings { AllowAnonymous = false });
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null)
            await _hub.DisposeAsync();
    }
}
