using System.Text.Json;
using Fairlead.Gateway.Cloud.Hooks;
using Fairlead.Gateway.Devices;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Http;

/// <summary><c>PUT</c>, <c>GET</c> and <c>DELETE .../webhook</c> (spec section 9.2).</summary>
internal sealed class WebhookEndpoint(GatewayServices services)
{
    private const int LeastSecret = 16;
    private static readonly string[] Kinds = ["messages", "methods", "desired"];

    /// <summary>Registers: <c>{"url":"https://...","secret":"...","kinds":["messages","methods","desired"]}</c>.</summary>
    public async Task PutAsync(DeviceRequest request, HubDevice device, byte[] body)
    {
        if (FindFault(body, out var target, out var kinds) is { } fault)
        {
            await Answer.ProblemAsync(request.Context, 400, "InvalidWebhook", fault);
            return;
        }

        if (!services.Webhooks.TryRegister(device, target!, kinds))
        {
            await Answer.ProblemAsync(request.Context, 503, "TooManyWebhooks", "the gateway's setting MaximumWebhooks is reached");
            return;
        }

        await Answer.Empty(request.Context, StatusCodes.Status204NoContent);
    }

    /// <summary>Shows it, without its secret.</summary>
    public Task GetAsync(DeviceRequest request, HubDevice device)
    {
        if (services.Webhooks.Find(device) is not { } webhook) return NoneAsync(request);
        return Answer.JsonAsync(request.Context, 200, "application/json", json =>
        {
            json.WriteString("url", webhook.Target.Url.OriginalString);
            json.WriteBoolean("signed", webhook.Target.Secret is not null);
            json.WriteStartArray("kinds");
            foreach (string kind in webhook.Kinds) json.WriteStringValue(kind);
            json.WriteEndArray();
        });
    }

    /// <summary>Takes it away.</summary>
    public Task DeleteAsync(DeviceRequest request, HubDevice device) =>
        services.Webhooks.TryRemove(device) ? Answer.Empty(request.Context, StatusCodes.Status204NoContent) : NoneAsync(request);

    private static Task NoneAsync(DeviceRequest request) => Answer.ProblemAsync(request.Context, 404, "NotFound", "the device has no webhook");

    private string? FindFault(byte[] body, out WebhookTarget? target, out IReadOnlyList<string> kinds)
    {
        (target, kinds) = (null, Kinds);
        if (!Cloud.DeviceStream.IsJson(body)) return "send a JSON object with url, secret and kinds";
        var json = JsonElement.Parse(body);
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("url", out var url) || url.ValueKind != JsonValueKind.String) return "url is missing";
        if (services.Webhooks.Guard.FindFault(url.GetString()!) is { } fault) return fault;
        string? secret = null;
        if (json.TryGetProperty("secret", out var given) && given.ValueKind != JsonValueKind.Null)
        {
            if (given.ValueKind != JsonValueKind.String || given.GetString()!.Length < LeastSecret) return $"secret is a text of at least {LeastSecret} characters";
            secret = given.GetString();
        }

        if (json.TryGetProperty("kinds", out var list))
        {
            if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0 || list.EnumerateArray().Any(static kind => kind.ValueKind != JsonValueKind.String || !Kinds.Contains(kind.GetString())))
                return $"kinds is an array of {string.Join(", ", Kinds)}";
            kinds = [.. list.EnumerateArray().Select(static kind => kind.GetString()!).Distinct()];
        }

        if (kinds.Contains("messages") && list.ValueKind == JsonValueKind.Array && !services.Options.CloudMessagesEnabled) return "the gateway's setting CloudMessagesEnabled is false";
        if (kinds.Contains("methods") && list.ValueKind == JsonValueKind.Array && !services.Options.DirectMethodEnabled) return "the gateway's setting DirectMethodEnabled is false";
        target = new WebhookTarget(new Uri(url.GetString()!), secret);
        return null;
    }
}
