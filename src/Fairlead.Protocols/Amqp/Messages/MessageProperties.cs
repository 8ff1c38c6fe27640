using Fairlead.Protocols.Amqp.Reading;
using Fairlead.Protocols.Amqp.Writing;

namespace Fairlead.Protocols.Amqp;

/// <summary>The properties section of a message. Message-id and correlation-id keep their type (ulong, uuid, binary or string), because peers compare it (spec 7.3).</summary>
public sealed record MessageProperties
{
    /// <summary>Identifies the message.</summary>
    public AmqpValue MessageId { get; init; }

    /// <summary>Who made it; null for none.</summary>
    public byte[]? UserId { get; init; }

    /// <summary>The node it is meant for, normally a string.</summary>
    public AmqpValue To { get; init; }

    /// <summary>What it is about; null for none.</summary>
    public string? Subject { get; init; }

    /// <summary>Where answers go, normally a string.</summary>
    public AmqpValue ReplyTo { get; init; }

    /// <summary>Identifies what it answers.</summary>
    public AmqpValue CorrelationId { get; init; }

    /// <summary>Media type of the body, a symbol; null for none.</summary>
    public string? ContentType { get; init; }

    /// <summary>Encoding of the body, a symbol; null for none.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>When it expires, milliseconds since 1970-01-01 UTC; null for never.</summary>
    public long? AbsoluteExpiryTime { get; init; }

    /// <summary>When it was made, milliseconds since 1970-01-01 UTC; null when not told.</summary>
    public long? CreationTime { get; init; }

    /// <summary>Group it belongs to; null for none.</summary>
    public string? GroupId { get; init; }

    /// <summary>Place in the group; null for none.</summary>
    public uint? GroupSequence { get; init; }

    /// <summary>Group of answers; null for none.</summary>
    public string? ReplyToGroupId { get; init; }

    internal static string? TryRead(ref AmqpReader reader, out MessageProperties properties)
    {
        var fields = FieldReader.Enter(ref reader);
        properties = new MessageProperties
        {
            MessageId = fields.Value(),
            UserId = fields.Bytes(),
            To = fields.Value(),
            Subject = fields.Text(),
            ReplyTo = fields.Value(),
            CorrelationId = fields.Value(),
            ContentType = fields.Symbol(),
            ContentEncoding = fields.Symbol(),
            AbsoluteExpiryTime = fields.Timestamp(),
            CreationTime = fields.Timestamp(),
            GroupId = fields.Text(),
            GroupSequence = fields.UInt(),
            ReplyToGroupId = fields.Text(),
        };
        return fields.Error;
    }

    internal void Write(AmqpWriter writer)
    {
        var fields = new FieldWriter(writer, Descriptor.Properties);
        fields.Value(MessageId);
        if (UserId is null) fields.Null();
        else fields.Binary(UserId);
        fields.Value(To);
        fields.Text(Subject);
        fields.Value(ReplyTo);
        fields.Value(CorrelationId);
        fields.Symbol(ContentType);
        fields.Symbol(ContentEncoding);
        fields.Timestamp(AbsoluteExpiryTime);
        fields.Timestamp(CreationTime);
        fields.Text(GroupId);
        fields.UInt(GroupSequence);
        fields.Text(ReplyToGroupId);
        fields.End();
    }
}
