using Fairlead.Gateway.Configuration;
using Fairlead.Gateway.Health;
using Fairlead.Gateway.Upstream;
using Microsoft.Extensions.Logging;

namespace Fairlead.Gateway.Devices;

/// <summary>What every device uses.</summary>
/// <param name="Options">Settings.</param>
/// <param name="Tokens">Connections for devices with tokens of their own.</param>
/// <param name="Policy">Connections by the access policy; null when that mode is off.</param>
/// <param name="Refusals">Tokens that the hub refused lately.</param>
/// <param name="Metrics">Counts.</param>
/// <param name="Log">Log.</param>
/// <param name="Time">Clock.</param>
internal sealed record DeviceServices(
    GatewayOptions Options, ConnectionPool Tokens, ConnectionPool? Policy, CredentialBreaker Refusals, GatewayMetrics Metrics, ILogger Log, TimeProvider Time);
