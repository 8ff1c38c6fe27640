using System.Globalization;
using System.Text;
using Fairlead.Client.Mqtt;

namespace Fairlead.Verbs.Messaging;

/// <summary>The value behind a letter of the output format.</summary>
internal static class MessageField
{
    /// <param name="letter">The letter.</param>
    /// <param name="message">The message.</param>
    /// <param name="digits">Width to fill with zeros; only for numbers.</param>
    public static byte[] Value(char letter, ReceivedMessage message, int digits) => letter switch
    {
        'p' => message.Payload.ToArray(),
        'x' => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(message.Payload.Span)),
        'X' => Encoding.ASCII.GetBytes(Convert.ToHexString(message.Payload.Span)),
        'D' => message.Properties.CorrelationData ?? [],
        'A' => message.TopicAlias == 0 ? [] : Number(message.TopicAlias, digits),
        'E' => message.Properties.MessageExpiryInterval is { } expiry ? Number(expiry, digits) : [],
        'F' => message.Properties.PayloadIsUtf8 is { } utf8 ? Number(utf8 ? 1 : 0, digits) : [],
        'S' => message.Properties.SubscriptionIdentifiers is [var first, ..] ? Number(first, digits) : [],
        'l' => Number(message.Payload.Length, digits),
        'm' => Number(message.PacketId, digits),
        'q' => Number((byte)message.QoS, 0),
        'r' => Number(message.Retain ? 1 : 0, 0),
        _ => Encoding.UTF8.GetBytes(Text(letter, message)),
    };

    private static string Text(char letter, ReceivedMessage message) => letter switch
    {
        't' => message.Topic,
        'C' => message.Properties.ContentType ?? "",
        'R' => message.Properties.ResponseTopic ?? "",
        'P' => string.Join(' ', message.Properties.UserProperties.Select(property => $"{property.Name}:{property.Value}")),
        'I' => TimeFormat.Format(message.ReceivedAt, 'I', extended: true),
        'U' => TimeFormat.Format(message.ReceivedAt, 'U', extended: true),
        _ => "%",
    };

    private static byte[] Number(long number, int digits) =>
        Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0'));
}
