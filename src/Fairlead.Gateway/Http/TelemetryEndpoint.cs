using System.Text.Json;
using Fairlead.Gateway.Devices;
using Fairlead.Gateway.Health;
using Fairlead.Gateway.Upstream;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Http;

/// <summary>Device-to-cloud messages: the sample gateway's route, the raw one and batches (spec sections 1.1 and 9.2).</summary>
internal sealed class TelemetryEndpoint(GatewayServices services)
{
    private const int LongestKey = 128;
    private const int BatchFactor = 4;

    /// <summary><c>POST /api/{deviceId}</c>: 200 with an empty body.</summary>
    public async Task PostSampleAsync(DeviceRequest request, byte[] body, CancellationToken deadline)
    {
        var fault = await SendAsync(request, TelemetryHeaders.Json(body, Key(request)), body, deadline);
        if (fault is null) await Answer.Empty(request.Context, StatusCodes.Status200OK);
        else await Answer.FaultAsync(request.Context, fault);
    }

    /// <summary><c>POST .../messages/events</c>: 204.</summary>
    public async Task PostRawAsync(DeviceRequest request, byte[] body, CancellationToken deadline)
    {
        var fault = await SendAsync(request, TelemetryHeaders.Read(request.Context.Request, body, Key(request)), body, deadline);
        if (fault is null) await Answer.Empty(request.Context, StatusCodes.Status204NoContent);
        else await Answer.FaultAsync(request.Context, fault);
    }

    /// <summary><c>POST .../messages/events/batch</c>: 200 when the hub took all, otherwise 207, with the outcome of each.</summary>
    public async Task PostBatchAsync(DeviceRequest request, byte[] body, CancellationToken deadline)
    {
        if (!BatchBody.TryRead(body, request.Context.Request.ContentType, Key(request), out var messages, out string fault))
        {
            await Answer.ProblemAsync(request.Context, 400, "InvalidBatch", fault);
            return;
        }

        if (messages.Exists(message => message.Body.Length > services.Options.MaximumBody))
        {
            await Answer.ProblemAsync(request.Context, 413, "MessageTooLarge", $"a message of the batch is larger than {services.Options.MaximumBody} bytes");
            return;
        }

        var (use, refused) = await services.Devices.EnterAsync(request.DeviceId, request.Token, deadline);
        if (refused is not null)
        {
            await Answer.FaultAsync(request.Context, refused);
            return;
        }

        using (use)
        {
            // All at once, in order: the lane keeps it.
            var send = services.Traces.BeginSend(request.Trace, request.DeviceId, messages.Count);
            var outcomes = await Task.WhenAll(messages.ConvertAll(
                message => use.Device.Telemetry.SendAsync(GatewayTraces.Carry(message, send), message.MessageId is not null, deadline)));
            GatewayTraces.EndSend(send, outcomes.FirstOrDefault(static fault => fault is not null));
            await WriteAsync(request.Context, outcomes);
        }
    }

    /// <summary>Largest body of a batch in bytes.</summary>
    public int MostBatchBytes => services.Options.MaximumBody * BatchFactor;

    private async Task<HubFault?> SendAsync(DeviceRequest request, DeviceMessage message, byte[] body, CancellationToken deadline)
    {
        var (use, refused) = await services.Devices.EnterAsync(request.DeviceId, request.Token, deadline);
        if (refused is not null) return refused;
        using (use)
        {
            var device = use.Device;
            if (Key(request) is not { } key) return await SendAsync(request, device, message, repeatable: false, deadline);
            if (key.Length > LongestKey) return new HubFault(HubFaultKind.Refused, "key", $"Idempotency-Key is longer than {LongestKey} characters");
            var (conflict, repeated, fault) = await services.Keys.RunAsync(
                request.DeviceId, key, body, () => SendAsync(request, device, message, repeatable: true, deadline));
            if (conflict) return new HubFault(HubFaultKind.Refused, "key-conflict", "this Idempotency-Key came before with another body");
            if (repeated) services.Metrics.CountIdempotentHit();
            return fault;
        }
    }

    private Task<HubFault?> SendAsync(DeviceRequest request, HubDevice device, DeviceMessage message, bool repeatable, CancellationToken deadline) =>
        request.Trace is null ? device.Telemetry.SendAsync(message, repeatable, deadline) : SendTracedAsync(request, device, message, repeatable, deadline);

    private async Task<HubFault?> SendTracedAsync(DeviceRequest request, HubDevice device, DeviceMessage message, bool repeatable, CancellationToken deadline)
    {
        var send = services.Traces.BeginSend(request.Trace, request.DeviceId, messages: 1);
        var fault = await device.Telemetry.SendAsync(GatewayTraces.Carry(message, send), repeatable, deadline);
        GatewayTraces.EndSend(send, fault);
        return fault;
    }

    private static string? Key(DeviceRequest request) =>
        request.Context.Request.Headers.TryGetValue("Idempotency-Key", out var key) && key.ToString() is { Length: > 0 } text ? text : null;

    private static Task WriteAsync(HttpContext context, HubFault?[] outcomes)
    {
        int taken = outcomes.Count(static fault => fault is null);
        return Answer.JsonAsync(context, taken == outcomes.Length ? 200 : 207, "application/json", json =>
        {
            json.WriteNumber("accepted", taken);
            json.WriteStartArray("results");
            foreach (var fault in outcomes) Write(json, fault);
            json.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter json, HubFault? fault)
    {
        json.WriteStartObject();
        json.WriteNumber("status", fault is null ? 204 : StatusMap.StatusOf(fault));
        if (fault is not null)
        {
            json.WriteString("errorCode", StatusMap.NameOf(fault));
            json.WriteString("detail", fault.Message);
            if (fault.OutcomeUnknown) json.WriteBoolean("outcomeUnknown", true);
        }

        json.WriteEndObject();
    }
}
