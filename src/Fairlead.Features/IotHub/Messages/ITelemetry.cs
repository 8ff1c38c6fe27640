using Fairlead.Broker.Security;

namespace Fairlead.Features.IotHub.Messages;

/// <summary>
/// Takes what devices send, whatever they speak: it goes through the broker as <c>devices/{id}/messages/events/{bag}</c>, so that rules and
/// subscribers see it, and into the log that event readers read.
/// </summary>
internal interface ITelemetry
{
    /// <summary>Takes messages of one sender in their order.</summary>
    /// <param name="source">Who sends.</param>
    /// <param name="batch">Settled as a unit: all of them are taken or none.</param>
    /// <returns>Null once everything is durable; otherwise why nothing was taken.</returns>
    ValueTask<IotHubError?> SendAsync(TelemetrySource source, IReadOnlyList<IotMessage> batch);
}

/// <summary>Who sends telemetry, and how it proved to be that (annotations of spec/azure-gateway 2.5).</summary>
/// <param name="Identity">The device or module.</param>
/// <param name="AuthMethod">JSON of <c>iothub-connection-auth-method</c>.</param>
/// <param name="GenerationId">Of the identity; empty when it has none.</param>
internal sealed record TelemetrySource(IdentityName Identity, string AuthMethod, string GenerationId)
{
    /// <summary>What rules see as the publisher's identity; null for nobody in particular.</summary>
    public Principal? Principal { get; init; }
}
