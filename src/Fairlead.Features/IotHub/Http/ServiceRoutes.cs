using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Features.Api;
using Fairlead.Features.IotHub.CloudToDevice;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Features.IotHub.Identities;
using Fairlead.Features.IotHub.Methods;

namespace Fairlead.Features.IotHub.Http;

/// <summary>What services do with messages and methods over HTTP (spec/azure-gateway 4.3 to 4.5).</summary>
internal sealed class ServiceRoutes(IdentityService identities, ICloudToDevice cloudToDevice, IDirectMethods methods)
{
    private const int ShortestAnswer = 5;
    private const int LongestAnswer = 300;
    private const int UsualAnswer = 30;

    // The payload may have 128 KB; what is larger is refused with a word about it, not about the request.
    private const int LargestCall = 512 * 1024;

    /// <summary>The operations.</summary>
    public IEnumerable<IotHubRoute> Routes =>
    [
        new("POST", "/twins/{deviceId}/methods", HubPermissions.ServiceConnect, InvokeAsync) { MaximumBody = LargestCall, Role = HubRole.Operator },
        new("POST", "/twins/{deviceId}/modules/{moduleId}/methods", HubPermissions.ServiceConnect, InvokeAsync) { MaximumBody = LargestCall, Role = HubRole.Operator },
        new("DELETE", "/devices/{deviceId}/commands", HubPermissions.ServiceConnect, PurgeAsync),
        new("DELETE", "/devices/{deviceId}/modules/{moduleId}/commands", HubPermissions.ServiceConnect, PurgeAsync),
        // Azure sends over AMQP alone; this is for whoever has no AMQP client, such as the tools of this hub.
        new("POST", "/devices/{deviceId}/messages/devicebound", HubPermissions.ServiceConnect, SendAsync) { Role = HubRole.Operator },
        new("POST", "/devices/{deviceId}/modules/{moduleId}/messages/devicebound", HubPermissions.ServiceConnect, SendAsync) { Role = HubRole.Operator },
        new("GET", "/messages/serviceBound/feedback", HubPermissions.ServiceConnect, ReceiveFeedback),
        new("DELETE", "/messages/serviceBound/feedback/{lock}", HubPermissions.ServiceConnect, call => SettleFeedback(call, Settlement.Complete)),
        new("POST", "/messages/serviceBound/feedback/{lock}/abandon", HubPermissions.ServiceConnect, call => SettleFeedback(call, Settlement.Abandon)),
    ];

    private static IotHubAnswer AnswerOf(MethodAnswer answer)
    {
        var body = new ArrayBufferWriter<byte>(answer.Payload.Length + 64);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteNumber("status", answer.Status);
            json.WritePropertyName("payload");
            if (answer.Payload.IsEmpty) json.WriteNullValue();
            else json.WriteRawValue(answer.Payload.Span);
            json.WriteEndObject();
        }

        return new IotHubAnswer(200, body.WrittenMemory);
    }

    private static TimeSpan Seconds(int? seconds, int usual, int least, int most, string name)
    {
        if (seconds is { } given && (given < least || given > most))
            throw new IotHubException(IotHubError.ArgumentInvalid($"{name} must be from {least} to {most}"));
        return TimeSpan.FromSeconds(seconds ?? usual);
    }

    private async ValueTask<IotHubAnswer> InvokeAsync(IotHubCall call)
    {
        var document = call.Json(MethodJson.Default.MethodDocument);
        if (string.IsNullOrEmpty(document.MethodName)) throw new IotHubException(IotHubError.ArgumentNull("methodName is missing"));
        var payload = document.Payload is { ValueKind: not JsonValueKind.Undefined } given ? JsonSerializer.SerializeToUtf8Bytes(given, MethodJson.Default.JsonElement) : [];
        var request = new MethodRequest(document.MethodName, payload)
        {
            ConnectTimeout = Seconds(document.ConnectTimeoutInSeconds, 0, 0, LongestAnswer, "connectTimeoutInSeconds"),
            // Clients of the first version of the API give one time for both.
            ResponseTimeout = Seconds(document.ResponseTimeoutInSeconds ?? document.TimeoutInSeconds, UsualAnswer, ShortestAnswer, LongestAnswer, "responseTimeoutInSeconds"),
        };
        var result = await methods.InvokeAsync(call.Name, request, call.Aborted).ConfigureAwait(false);
        if (result.Error is { } error) throw new IotHubException(error);
        try
        {
            return AnswerOf(result.Answer!);
        }
        catch (JsonException)
        {
            throw new IotHubException(IotHubError.Deserialization("the device's answer is not JSON"));
        }
    }

    private async ValueTask<IotHubAnswer> PurgeAsync(IotHubCall call)
    {
        identities.Get(call.Name);
        var purged = await cloudToDevice.PurgeAsync(call.Name).ConfigureAwait(false);
        return IotHubAnswer.Json(new PurgeDocument(purged, call.Name.DeviceId, call.Name.ModuleId), MethodJson.Default.PurgeDocument);
    }

    private async ValueTask<IotHubAnswer> SendAsync(IotHubCall call)
    {
        var message = HttpMessage.Read(call.Headers.Select(static header => new KeyValuePair<string, string?>(header.Key, header.Value.ToString())), call.Body);
        return await cloudToDevice.EnqueueAsync(call.Name, message).ConfigureAwait(false) is { } error ? throw new IotHubException(error) : IotHubAnswer.Done;
    }

    private ValueTask<IotHubAnswer> ReceiveFeedback(IotHubCall call)
    {
        if (!cloudToDevice.Feedback.TryLock(out var message)) return new(IotHubAnswer.Done);
        return new(new IotHubAnswer(200, message.Body) { ContentType = FeedbackMessage.ContentType }.With(message.LockToken.ToString()));
    }

    private ValueTask<IotHubAnswer> SettleFeedback(IotHubCall call, Settlement settlement) =>
        cloudToDevice.Feedback.Settle(DeviceRoutes.LockOf(call), settlement) is { } error ? throw new IotHubException(error) : new(IotHubAnswer.Done);
}

/// <summary>A call of a method as services send it.</summary>
internal sealed record MethodDocument(
    string? MethodName, JsonElement? Payload, int? ResponseTimeoutInSeconds, int? ConnectTimeoutInSeconds, int? TimeoutInSeconds);

/// <summary>What purging a queue came to.</summary>
internal sealed record PurgeDocument(int TotalMessagesPurged, string DeviceId, string? ModuleId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MethodDocument))]
[JsonSerializable(typeof(PurgeDocument))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class MethodJson : JsonSerializerContext;
