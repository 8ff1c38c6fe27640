using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Features.IotHub.CloudToDevice;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Features.IotHub.Identities;
using Fairlead.Features.IotHub.Messages;

namespace Fairlead.Features.IotHub.Http;

/// <summary>The HTTPS API of devices (spec/azure-gateway 4.1): send, receive, settle.</summary>
internal sealed class DeviceRoutes(IdentityService identities, IdentityPresence presence, ITelemetry telemetry, ICloudToDevice cloudToDevice)
{
    private const string BatchType = "application/vnd.microsoft.iothub.json";

    // Bodies of a batch are base64 and properties come on top: what is too large is found out when it is read.
    private const int LargestBody = 1024 * 1024;

    /// <summary>The operations, of devices and of modules.</summary>
    public IEnumerable<IotHubRoute> Routes => RoutesOf("/devices/{deviceId}").Concat(RoutesOf("/devices/{deviceId}/modules/{moduleId}"));

    private IEnumerable<IotHubRoute> RoutesOf(string identity) =>
    [
        new("POST", identity + "/messages/events", HubPermissions.DeviceConnect, SendAsync) { MaximumBody = LargestBody },
        new("GET", identity + "/messages/devicebound", HubPermissions.DeviceConnect, Receive),
        new("DELETE", identity + "/messages/devicebound/{lock}", HubPermissions.DeviceConnect, call => SettleAsync(call, call.Query("reject") is null ? Settlement.Complete : Settlement.Reject)),
        new("POST", identity + "/messages/devicebound/{lock}/abandon", HubPermissions.DeviceConnect, call => SettleAsync(call, Settlement.Abandon)),
    ];

    /// <summary>A lock as it stands in a path: SDKs put it there as they got it, with or without quotes. 412 when it is none.</summary>
    internal static Guid LockOf(IotHubCall call)
    {
        var text = call.Label("lock").Trim('"');
        // If-Match says the same once more, or is left out.
        if (call.IfMatch is { } expected && expected != "*" && !expected.Equals(text, StringComparison.OrdinalIgnoreCase))
            throw new IotHubException(IotHubError.PreconditionFailed("If-Match is not the lock of the path"));
        return Guid.TryParse(text, out var token) ? token : throw new IotHubException(IotHubError.MessageLockLost("there is no such lock"));
    }

    private static IReadOnlyList<IotMessage> Read(IotHubCall call)
    {
        var type = call.Header("Content-Type") ?? "";
        if (type.Split(';')[0].Trim().Equals(BatchType, StringComparison.OrdinalIgnoreCase))
        {
            var items = call.Json(BatchJson.Default.BatchItemArray);
            return Array.ConvertAll(items, static item => item is null ? throw Invalid("an item of the batch is null") : item.ToMessage());
        }

        return [HttpMessage.Read(call.Headers.Select(static header => new KeyValuePair<string, string?>(header.Key, header.Value.ToString())), call.Body)];
    }

    private static IotHubException Invalid(string message) => new(IotHubError.ArgumentInvalid(message));

    private async ValueTask<IotHubAnswer> SendAsync(IotHubCall call)
    {
        presence.OnActivity(call.Name);
        var source = new TelemetrySource(call.Name, call.Grant.AuthMethod, identities.Find(call.Name)?.GenerationId ?? "");
        return await telemetry.SendAsync(source, Read(call)).ConfigureAwait(false) is { } error ? throw new IotHubException(error) : IotHubAnswer.Done;
    }

    private ValueTask<IotHubAnswer> Receive(IotHubCall call)
    {
        presence.OnActivity(call.Name);
        if (!cloudToDevice.TryLock(call.Name, out var locked)) return new(IotHubAnswer.Done);
        return new(new IotHubAnswer(200, locked.Message.Body)
        {
            ContentType = "application/octet-stream",
            Headers = HttpMessage.Write(locked),
        });
    }

    private async ValueTask<IotHubAnswer> SettleAsync(IotHubCall call, Settlement settlement) =>
        await cloudToDevice.SettleAsync(call.Name, LockOf(call), settlement).ConfigureAwait(false) is { } error ? throw new IotHubException(error) : IotHubAnswer.Done;

    /// <summary>One message of a batch.</summary>
    internal sealed record BatchItem(string? Body, bool? Base64Encoded, Dictionary<string, JsonElement>? Properties)
    {
        /// <summary>The message.</summary>
        /// <exception cref="IotHubException">400: the body is no base64.</exception>
        public IotMessage ToMessage()
        {
            byte[] body;
            try
            {
                // Both SDKs leave the flag out and send base64.
                body = Base64Encoded == false ? System.Text.Encoding.UTF8.GetBytes(Body ?? "") : Convert.FromBase64String(Body ?? "");
            }
            catch (FormatException)
            {
                throw Invalid("the body of a message in the batch is no base64");
            }

            return HttpMessage.Read((Properties ?? []).Select(static one => new KeyValuePair<string, string?>(one.Key, TextOf(one.Value))), body);
        }

        private static string? TextOf(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Null => null,
            _ => value.GetRawText(),
        };
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeviceRoutes.BatchItem[]))]
internal sealed partial class BatchJson : JsonSerializerContext;
