using System.Globalization;
using System.Text;
using Fairlead.Features.IotHub.CloudToDevice;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>Messages of the hub to messages of AMQP (spec/azure-gateway, sections 2.6 and 2.7).</summary>
internal static class CloudToDeviceMessages
{
    /// <summary>Writes a locked message.</summary>
    public static byte[] Write(LockedMessage locked, IdentityName identity)
    {
        var annotations = new AmqpMap(4)
            .AddSymbol("x-opt-lock-token", locked.LockToken.ToString("D", CultureInfo.InvariantCulture))
            .AddSymbol("x-opt-sequence-number", (ulong)locked.SequenceNumber)
            .AddSymbol("iothub-enqueuedtime", AmqpValue.Timestamp(locked.EnqueuedAt))
            .AddSymbol("iothub-deliverycount", AmqpValue.UByte((byte)Math.Min(locked.DeliveryCount, byte.MaxValue)));
        var message = locked.Message;
        return new AmqpMessage
        {
            MessageAnnotations = annotations,
            Properties = PropertiesOf(message) with { To = message.To ?? AddressOf(identity), AbsoluteExpiryTime = locked.ExpiresAt },
            ApplicationProperties = ApplicationPropertiesOf(message, withAck: true),
            Data = [message.Body],
        }.Encode();
    }

    /// <summary>Address at which a device or module gets messages.</summary>
    public static string AddressOf(IdentityName identity) => identity.ModuleId is { } module
        ? $"/devices/{Uri.EscapeDataString(identity.DeviceId)}/modules/{Uri.EscapeDataString(module)}/messages/devicebound"
        : $"/devices/{Uri.EscapeDataString(identity.DeviceId)}/messages/devicebound";

    /// <summary>The properties section; identifiers are strings, whatever they were.</summary>
    public static MessageProperties PropertiesOf(IotMessage message) => new()
    {
        MessageId = message.MessageId,
        UserId = message.UserId is { } user ? Encoding.UTF8.GetBytes(user) : null,
        To = message.To,
        CorrelationId = message.CorrelationId,
        ContentType = message.ContentType,
        ContentEncoding = message.ContentEncoding,
        AbsoluteExpiryTime = message.ExpiresAt?.ToUnixTimeMilliseconds(),
    };

    /// <summary>The application-properties section; null when there is nothing to say.</summary>
    public static AmqpMap? ApplicationPropertiesOf(IotMessage message, bool withAck)
    {
        var map = new AmqpMap(message.Properties.Count + 2);
        foreach (var (name, value) in message.Properties) map.Add(name, value);
        if (withAck && message.Ack != AckRequest.None) map.Add("iothub-ack", message.Ack.ToText());
        if (message.Schema is { } schema) map.Add("iothub-message-schema", schema);
        if (message.CreatedAt is { } created) map.Add("iothub-creation-time-utc", created);
        if (message.Operation is { } operation) map.Add("iothub-operation", operation);
        if (message.OutputName is { } output) map.Add("iothub-outputname", output);
        return map.Count > 0 ? map : null;
    }
}
