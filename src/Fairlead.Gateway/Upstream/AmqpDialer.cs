using Fairlead.Gateway.Configuration;

namespace Fairlead.Gateway.Upstream;

internal sealed class AmqpDialer(GatewayOptions options, TimeProvider time) : IHubDialer
{
    public Task<HubResult<IHubConnection>> DialAsync(CancellationToken cancellationToken)
    {
        _ = (options, time);
        return Task.FromResult<HubResult<IHubConnection>>(HubFault.NoConnection("x"));
    }
}
