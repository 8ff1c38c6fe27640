using System.Buffers;
using System.Globalization;
using System.Text;
using Fairlead.Features.IotHub.CloudToDevice;
using Fairlead.Features.IotHub.Messages;

namespace Fairlead.Features.IotHub.Http;

/// <summary>Messages as HTTP headers (spec/azure-gateway 4.1): read from those of a request or from the properties of a batch, written to those of an answer.</summary>
internal static class HttpMessage
{
    private const string UserPrefix = "iothub-app-";
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private const string IsoForm = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>A message from header-like pairs; other headers are let pass.</summary>
    public static IotMessage Read(IEnumerable<KeyValuePair<string, string?>> headers, ReadOnlyMemory<byte> body)
    {
        var message = new IotMessage { Body = body };
        List<KeyValuePair<string, string?>>? properties = null;
        foreach (var (name, value) in headers)
        {
            if (name.StartsWith(UserPrefix, StringComparison.OrdinalIgnoreCase) && name.Length > UserPrefix.Length)
                (properties ??= []).Add(new(name[UserPrefix.Length..], value));
            else if (value is not null)
                message = Take(message, name, value);
        }

        return properties is null ? message : message with { Properties = properties };
    }

    /// <summary>The headers of a message that a device has locked.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Write(LockedMessage locked)
    {
        var message = locked.Message;
        var headers = new List<KeyValuePair<string, string>>
        {
            new("ETag", $"\"{locked.LockToken}\""),
            new("iothub-sequencenumber", locked.SequenceNumber.ToString(CultureInfo.InvariantCulture)),
            new("iothub-enqueuedtime", Time(locked.EnqueuedAt)),
            new("iothub-deliverycount", locked.DeliveryCount.ToString(CultureInfo.InvariantCulture)),
            new("iothub-expiry", Time(locked.ExpiresAt)),
        };
        Add("iothub-messageid", message.MessageId);
        Add("iothub-to", message.To);
        Add("iothub-correlationid", message.CorrelationId);
        Add("iothub-userid", message.UserId);
        Add("iothub-contenttype", message.ContentType);
        Add("iothub-contentencoding", message.ContentEncoding);
        Add("iothub-creation-time-utc", message.CreatedAt);
        Add("iothub-message-schema", message.Schema);
        Add("iothub-operation", message.Operation);
        if (message.Ack != AckRequest.None) Add("iothub-ack", message.Ack.ToText());
        foreach (var (name, value) in message.Properties) Add(UserPrefix + Name(name), value ?? "");
        return headers;

        void Add(string name, string? value)
        {
            if (value is not null) headers.Add(new(name, Value(value)));
        }
    }

    private static string Time(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime.ToString(IsoForm, CultureInfo.InvariantCulture);

    private static IotMessage Take(IotMessage message, string name, string value) => name.ToLowerInvariant() switch
    {
        "iothub-messageid" => message with { MessageId = value },
        "iothub-correlationid" => message with { CorrelationId = value },
        "iothub-userid" => message with { UserId = value },
        "iothub-to" => message with { To = value },
        "iothub-expiry" => message with { ExpiresAt = ExpiryOf(value) },
        "iothub-ack" => message with { Ack = AckRequestText.TryParse(value, out var ack) ? ack : throw Invalid("iothub-ack must be none, positive, negative or full") },
        "iothub-contenttype" => message with { ContentType = value },
        "iothub-contentencoding" => message with { ContentEncoding = value },
        "iothub-creation-time-utc" => message with { CreatedAt = value },
        "iothub-message-schema" => message with { Schema = value },
        "iothub-operation" => message with { Operation = value },
        "iothub-outputname" => message with { OutputName = value },
        "iothub-interface-id" => message with { InterfaceId = value },
        "dt-subject" => message with { Subject = value },
        "diagnostic-id" => message with { DiagnosticId = value },
        "correlation-context" => message with { DiagnosticContext = value },
        _ => message,
    };

    private static DateTimeOffset ExpiryOf(string value) =>
        DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw Invalid("iothub-expiry must be a time such as 2030-01-31T12:00:00Z");

    private static IotHubException Invalid(string message) => new(IotHubError.ArgumentInvalid(message));

    // Headers take ASCII: whatever else applications put into properties is percent-encoded.
    private static string Value(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return text;
        var safe = new StringBuilder(text.Length * 3);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= ' ' and <= '~') safe.Append((char)rune.Value);
            else safe.Append(Uri.EscapeDataString(rune.ToString()));
        }

        return safe.ToString();
    }

    private static string Name(string text) => text.AsSpan().ContainsAnyExcept(TokenCharacters) ? Uri.EscapeDataString(text) : text;
}
