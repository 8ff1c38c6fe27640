using System.Text;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>Messages of AMQP to messages of the hub (spec/azure-gateway, section 2.5).</summary>
internal static class AmqpMessages
{
    /// <summary>Format of a batch: data sections that are messages themselves.</summary>
    public const uint BatchFormat = 0x80013700;

    /// <summary>Most messages of a batch.</summary>
    public const int MostOfBatch = 5000;

    /// <summary>Reads a message; everything is copied.</summary>
    /// <param name="payload">The encoded message.</param>
    /// <returns>Null when it cannot be read.</returns>
    public static IotMessage? Read(ReadOnlySpan<byte> payload)
    {
        if (!MessageView.TryRead(payload, out var view, out _)) return null;
        if (!view.TryReadProperties(out var properties) || !view.TryReadApplicationProperties(out var application) || !view.TryReadMessageAnnotations(out var annotations))
            return null;
        if (!TryReadBody(view, out var body)) return null;
        var message = new IotMessage { Body = body };
        if (properties is not null) message = WithProperties(message, properties);
        if (application is { Count: > 0 }) message = WithApplicationProperties(message, application);
        return annotations is { Count: > 0 }
            ? message with
            {
                InterfaceId = annotations["iothub-interface-id"].AsText(),
                Subject = annotations["dt-subject"].AsText(),
                DiagnosticId = annotations["Diagnostic-Id"].AsText(),
                DiagnosticContext = annotations["Correlation-Context"].AsText(),
            }
            : message;
    }

    /// <summary>Reads what a delivery holds: one message, or several.</summary>
    /// <param name="format">Format of the delivery.</param>
    /// <param name="payload">Its bytes.</param>
    /// <returns>Null when it cannot be read.</returns>
    public static IotMessage[]? ReadAll(uint format, ReadOnlySpan<byte> payload)
    {
        if (format != BatchFormat) return Read(payload) is { } single ? [single] : null;
        if (!MessageView.TryRead(payload, out var view, out _) || view.Body != BodyKind.Data || view.BodySections > MostOfBatch) return null;
        var messages = new IotMessage[view.BodySections];
        var body = view.EncodedBody;
        for (var i = 0; i < messages.Length; i++)
        {
            if (!MessageView.TryReadData(ref body, out var part) || Read(part) is not { } message) return null;
            messages[i] = message;
        }

        return messages;
    }

    /// <summary>The text of an identifier, whatever its type: a uuid as its text, bytes as UTF-8.</summary>
    public static string? TextOf(AmqpValue value) => value.IsNull ? null : value.AsBinary() is { } bytes ? Encoding.UTF8.GetString(bytes) : value.ToString();

    private static IotMessage WithProperties(IotMessage message, MessageProperties properties) => message with
    {
        MessageId = TextOf(properties.MessageId),
        CorrelationId = TextOf(properties.CorrelationId),
        UserId = properties.UserId is { } user ? Encoding.UTF8.GetString(user) : null,
        To = properties.To.AsText(),
        ContentType = properties.ContentType,
        ContentEncoding = properties.ContentEncoding,
        ExpiresAt = TimeOf(properties.AbsoluteExpiryTime),
        CreatedAt = TimeOf(properties.CreationTime)?.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
    };

    private static DateTimeOffset? TimeOf(long? milliseconds) => milliseconds is { } time && time is >= -62_135_596_800_000 and <= 253_402_300_799_999
        ? DateTimeOffset.FromUnixTimeMilliseconds(time)
        : null;

    private static IotMessage WithApplicationProperties(IotMessage message, AmqpMap map)
    {
        var properties = new List<KeyValuePair<string, string?>>(map.Count);
        foreach (var (key, value) in map)
        {
            if (TextOf(key) is not { } name) continue;
            var text = TextOf(value);
            switch (name)
            {
                case "iothub-ack":
                    if (AckRequestText.TryParse(text, out var ack)) message = message with { Ack = ack };
                    break;
                case "iothub-message-schema":
                    message = message with { Schema = text };
                    break;
                case "iothub-creation-time-utc":
                    message = message with { CreatedAt = text };
                    break;
                case "iothub-outputname":
                    message = message with { OutputName = text };
                    break;
                case "iothub-operation":
                    message = message with { Operation = text };
                    break;
                default:
                    properties.Add(new(name, text));
                    break;
            }
        }

        return message with { Properties = properties };
    }

    private static bool TryReadBody(in MessageView view, out byte[] body)
    {
        body = [];
        switch (view.Body)
        {
            case BodyKind.None:
                return true;
            case BodyKind.Data when view.BodySections == 1:
                body = view.Data.ToArray();
                return true;
            case BodyKind.Data:
                var joined = new MemoryStream();
                var rest = view.EncodedBody;
                while (MessageView.TryReadData(ref rest, out var part)) joined.Write(part);
                body = joined.ToArray();
                return rest.IsEmpty;
            default:
                // A value is taken as its text; C# and Node send data.
                if (!view.TryReadBodyValue(out var value)) return false;
                body = value.AsBinary() ?? (value.IsNull ? [] : Encoding.UTF8.GetBytes(value.ToString()));
                return true;
        }
    }
}
