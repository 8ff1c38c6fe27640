using System.Globalization;
using Fairlead.Gateway.Cloud;

namespace Fairlead.Gateway.Http;

/// <summary>Names of a cloud-to-device message as headers, for long polls and webhooks (spec section 4.1).</summary>
internal static class CloudHeaders
{
    /// <summary>Gives name and value of each; none holds a character that headers must not have.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(LockedMessage locked)
    {
        var message = locked.Message;
        yield return new("ETag", $"\"{locked.Lock}\"");
        yield return new("iothub-deliverycount", message.DeliveryCount.ToString(CultureInfo.InvariantCulture));
        if (message.SequenceNumber > 0) yield return new("iothub-sequencenumber", message.SequenceNumber.ToString(CultureInfo.InvariantCulture));
        if (message.EnqueuedAt is { } enqueued) yield return new("iothub-enqueuedtime", enqueued.ToString("O", CultureInfo.InvariantCulture));
        if (message.ExpiresAt is { } expiry) yield return new("iothub-expiry", expiry.ToString("O", CultureInfo.InvariantCulture));
        if (message.MessageId is { } id) yield return new("iothub-messageid", Clean(id));
        if (message.CorrelationId is { } correlation) yield return new("iothub-correlationid", Clean(correlation));
        if (message.UserId is { } user) yield return new("iothub-userid", Clean(user));
        if (message.To is { } to) yield return new("iothub-to", Clean(to));
        if (message.ContentEncoding is { } encoding) yield return new("iothub-contentencoding", Clean(encoding));
        foreach (var (name, value) in message.Properties)
        {
            if (IsToken(name)) yield return new(name.StartsWith("iothub-", StringComparison.Ordinal) ? name : "iothub-app-" + name, Clean(value));
        }
    }

    // What the cloud sends must not be able to end a header and begin another; what is not ASCII is percent-encoded.
    private static string Clean(string value) =>
        value.AsSpan().ContainsAnyExceptInRange(' ', '~') ? Uri.EscapeDataString(value) : value;

    private static bool IsToken(string name) =>
        name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
