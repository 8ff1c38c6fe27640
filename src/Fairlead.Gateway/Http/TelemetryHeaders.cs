using System.Globalization;
using Fairlead.Gateway.Upstream;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Http;

/// <summary>Makes a message of a request's headers (spec section 4.1, which has the same names for the hub's own HTTP).</summary>
internal static class TelemetryHeaders
{
    private const string Application = "iothub-app-";

    /// <summary>Makes the message of the raw route: body and content type as they came (checklist 13).</summary>
    /// <param name="request">Request.</param>
    /// <param name="body">Body.</param>
    /// <param name="key">Idempotency key; null for none. It becomes the message id, unless the request names one.</param>
    public static DeviceMessage Read(HttpRequest request, ReadOnlyMemory<byte> body, string? key)
    {
        var headers = request.Headers;
        List<KeyValuePair<string, string>> properties = [];
        foreach (var (name, value) in headers)
        {
            if (name.StartsWith(Application, StringComparison.OrdinalIgnoreCase) && name.Length > Application.Length)
                properties.Add(new(name[Application.Length..], value.ToString()));
        }

        if (Text("iothub-ack") is { } ack) properties.Add(new("iothub-ack", ack));
        List<KeyValuePair<string, string>> annotations = [];
        foreach (string name in (string[])["iothub-interface-id", "dt-subject"])
        {
            if (Text(name) is { } value) annotations.Add(new(name, value));
        }

        return new DeviceMessage(body)
        {
            MessageId = Text("iothub-messageid") ?? key,
            CorrelationId = Text("iothub-correlationid"),
            UserId = Text("iothub-userid"),
            ContentType = Text("iothub-contenttype") ?? (string.IsNullOrEmpty(request.ContentType) ? null : request.ContentType),
            ContentEncoding = Text("iothub-contentencoding") ?? Text("Content-Encoding"),
            ExpiresAt = DateTimeOffset.TryParse(Text("iothub-expiry"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expiry) ? expiry : null,
            Properties = properties,
            Annotations = annotations,
        };

        string? Text(string name) => headers.TryGetValue(name, out var value) && value.Count > 0 ? value.ToString() : null;
    }

    /// <summary>Makes the message of the sample gateway's route (spec section 1.1).</summary>
    public static DeviceMessage Json(ReadOnlyMemory<byte> body, string? key) =>
        new(body) { MessageId = key, ContentType = "application/json", ContentEncoding = "utf-8" };
}
