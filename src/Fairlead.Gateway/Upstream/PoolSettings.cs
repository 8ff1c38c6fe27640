using Fairlead.Gateway.Configuration;
using Fairlead.Gateway.Health;
using Microsoft.Extensions.Logging;

namespace Fairlead.Gateway.Upstream;

/// <summary>What all connections share.</summary>
/// <param name="Options">Settings.</param>
/// <param name="Dialer">Makes connections.</param>
/// <param name="Metrics">Counts.</param>
/// <param name="Log">Log.</param>
/// <param name="Time">Clock.</param>
/// <param name="Random">Gives numbers from 0 to 1.</param>
internal sealed record PoolSettings(
    GatewayOptions Options, IHubDialer Dialer, GatewayMetrics Metrics, ILogger Log, TimeProvider Time, Func<double> Random);
