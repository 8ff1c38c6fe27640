using System.Text;
using Fairlead.Broker.Durability;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Storage.Sqlite.Journal;

/// <summary>One record, read in place.</summary>
internal ref struct Record
{
    public RecordKind Kind;

    /// <summary>Number of the body or entry; for the inbound kinds the Session.</summary>
    public long Id;

    public long SessionId;
    public long BodyId;
    public ushort PacketId;
    public byte Flags;
    public long CreatedAt;
    public long ExpiresAt;
    public ReadOnlySpan<byte> Topic;
    public ReadOnlySpan<byte> Properties;
    public ReadOnlySpan<byte> Payload;

    /// <summary>Subscription Identifiers of an entry, each of variable length.</summary>
    public ReadOnlySpan<byte> Identifiers;

    public int IdentifierCount;

    /// <summary>Filter of the shared subscription that chose the Session; empty for none.</summary>
    public ReadOnlySpan<byte> ShareFilter;

    /// <summary>The whole record.</summary>
    public ReadOnlySpan<byte> Raw;

    public readonly QualityOfService QoS => (QualityOfService)(Flags & RecordFlags.QoSMask);

    public readonly bool Retain => (Flags & RecordFlags.Retain) != 0;

    public readonly bool Released => (Flags & RecordFlags.Released) != 0;

    public readonly Message ToMessage() => new(Topic, Properties, Payload, QoS, Retain, CreatedAt, ExpiresAt) { Id = Id };

    public readonly string? ToShareFilter() => ShareFilter.IsEmpty ? null : Encoding.UTF8.GetString(ShareFilter);

    public readonly uint[] ToIdentifiers()
    {
        if (IdentifierCount == 0) return [];
        var identifiers = new uint[IdentifierCount];
        var rest = Identifiers;
        for (var i = 0; i < identifiers.Length && RowReader.TryTakeVariable(ref rest, out var value); i++) identifiers[i] = (uint)value;
        return identifiers;
    }
}
