namespace Fairlead.Features.IotHub.Messages;

/// <summary>A message as readers of the device-to-cloud log see it: with what the hub adds (spec/azure-gateway 2.5).</summary>
/// <param name="Source">The device or module (<c>iothub-connection-device-id</c>, <c>iothub-connection-module-id</c>).</param>
/// <param name="Message">What it sent.</param>
/// <param name="EnqueuedAt">When the hub took it, milliseconds since the Unix epoch (<c>iothub-enqueuedtime</c>).</param>
/// <param name="AuthMethod">JSON of <c>iothub-connection-auth-method</c>.</param>
/// <param name="GenerationId">Of <c>iothub-connection-auth-generation-id</c>; empty when there is none.</param>
/// <param name="Kind">Of <c>iothub-message-source</c>; see <see cref="TelemetryEventKind"/>.</param>
internal sealed record TelemetryEvent(
    IdentityName Source, IotMessage Message, long EnqueuedAt, string AuthMethod, string GenerationId, string Kind = TelemetryEventKind.Telemetry);

/// <summary>Values of <c>iothub-message-source</c>.</summary>
internal static class TelemetryEventKind
{
    /// <summary>A device's own message.</summary>
    public const string Telemetry = "Telemetry";
}
