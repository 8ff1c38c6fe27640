using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>Answers to requests of <c>$cbs</c> and <c>$management</c> (spec/azure-gateway, sections 2.3 and 4.6).</summary>
internal static class Requests
{
    /// <summary>The answer to a request: its correlation-id is the request's message-id in the same type, and status-code is an int (checklist 37).</summary>
    /// <param name="request">The request.</param>
    /// <param name="error">Why it is refused; null for 200, and never 202, which one SDK takes for a failure.</param>
    /// <param name="body">What was asked for; null for nothing.</param>
    public static AmqpMessage Answer(AmqpMessage request, IotHubError? error, AmqpMap? body = null)
    {
        var properties = new AmqpMap(2);
        properties.Add("status-code", error?.Status ?? 200);
        properties.Add("status-description", error?.ToString() ?? "OK");
        return new AmqpMessage
        {
            Properties = new MessageProperties { CorrelationId = request.Properties?.MessageId ?? default },
            ApplicationProperties = properties,
            Data = body is null ? [ReadOnlyMemory<byte>.Empty] : [],
            Value = AmqpValue.Map(body),
            HasValue = body is not null,
        };
    }
}
