using Fairlead.Protocols.Amqp.Reading;
using Fairlead.Protocols.Amqp.Writing;

namespace Fairlead.Protocols.Amqp;

/// <summary>The header section of a message.</summary>
public sealed record MessageHeader
{
    /// <summary>Whether it shall survive restarts.</summary>
    public bool Durable { get; init; }

    /// <summary>Priority; 4 is normal.</summary>
    public byte Priority { get; init; } = 4;

    /// <summary>Milliseconds that it lives; null for ever.</summary>
    public uint? TimeToLive { get; init; }

    /// <summary>Whether nobody had it before.</summary>
    public bool FirstAcquirer { get; init; }

    /// <summary>Deliveries that failed before.</summary>
    public uint DeliveryCount { get; init; }

    internal static string? TryRead(ref AmqpReader reader, out MessageHeader header)
    {
        var fields = FieldReader.Enter(ref reader);
        header = new MessageHeader
        {
            Durable = fields.Boolean() ?? false,
            Priority = fields.UByte() ?? 4,
            TimeToLive = fields.UInt(),
            FirstAcquirer = fields.Boolean() ?? false,
            DeliveryCount = fields.UInt() ?? 0,
        };
        return fields.Error;
    }

    internal void Write(AmqpWriter writer)
    {
        var fields = new FieldWriter(writer, Descriptor.Header);
        fields.Flag(Durable);
        fields.UByte(Priority == 4 ? null : Priority);
        fields.UInt(TimeToLive);
        fields.Flag(FirstAcquirer);
        fields.UIntUnless(DeliveryCount, 0);
        fields.End();
    }
}
