namespace Fairlead.Targets.Rabbit;

/// <summary>A message for RabbitMQ.</summary>
/// <param name="RoutingKey">Routing key.</param>
/// <param name="Body">Body.</param>
/// <param name="IsJson">Whether the body is JSON; else it is bytes.</param>
/// <param name="MessageId">Identifier by which a consumer may tell a repetition; null for none.</param>
internal readonly record struct RabbitMessage(string RoutingKey, ReadOnlyMemory<byte> Body, bool IsJson, string? MessageId);
