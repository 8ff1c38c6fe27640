namespace Fairlead.Features.IotHub.Amqp;

/// <summary>What a gateway has attached on one AMQP connection.</summary>
/// <param name="Number">Number of the connection, unique in the process.</param>
/// <param name="Links">Links attached.</param>
/// <param name="Unsettled">Deliveries on them that are not settled.</param>
internal sealed record GatewayLoad(long Number, int Links, long Unsettled);
