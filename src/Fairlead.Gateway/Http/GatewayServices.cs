using Fairlead.Gateway.Cloud;
using Fairlead.Gateway.Cluster;
using Fairlead.Gateway.Configuration;
using Fairlead.Gateway.Devices;
using Fairlead.Gateway.Health;
using Microsoft.Extensions.Logging;

namespace Fairlead.Gateway.Http;

/// <summary>What the endpoints use.</summary>
/// <param name="Options">Settings.</param>
/// <param name="Devices">Devices.</param>
/// <param name="Webhooks">Registered webhooks.</param>
/// <param name="Peers">Other instances.</param>
/// <param name="Heartbeats">Open streams.</param>
/// <param name="Budget">Memory for bodies.</param>
/// <param name="Keys">Idempotency keys.</param>
/// <param name="Metrics">Counts.</param>
/// <param name="Traces">Traces.</param>
/// <param name="State">Phase.</param>
/// <param name="Log">Log.</param>
/// <param name="Time">Clock.</param>
internal sealed record GatewayServices(
    GatewayOptions Options,
    DeviceTable Devices,
    Webhooks Webhooks,
    PeerForwarder Peers,
    Heartbeats Heartbeats,
    MemoryBudget Budget,
    IdempotencyMemory Keys,
    GatewayMetrics Metrics,
    GatewayTraces Traces,
    GatewayState State,
    ILogger Log,
    TimeProvider Time);
