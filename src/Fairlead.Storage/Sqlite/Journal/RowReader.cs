using System.Buffers.Binary;
using Fairlead.Sqlite;

namespace Fairlead.Storage.Sqlite.Journal;

/// <summary>Reads what <see cref="RowWriter"/> wrote, in place.</summary>
internal ref struct RowReader
{
    private ReadOnlySpan<byte> _rest;

    private RowReader(ReadOnlySpan<byte> records, long lastId)
    {
        _rest = records;
        LastId = lastId;
    }

    /// <summary>Highest number used when the row was written.</summary>
    public readonly long LastId { get; }

    /// <summary>Whether all was read: after <see cref="TryRead"/> said false, false here means that the row is damaged.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Checks version and checksum.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> row, out RowReader reader)
    {
        reader = default;
        if (row.Length < RowWriter.HeaderLength || row[0] != RowWriter.FormatVersion) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(row[1..]) != Crc32C.Compute(row[5..])) return false;
        reader = new RowReader(row[RowWriter.HeaderLength..], BinaryPrimitives.ReadInt64LittleEndian(row[5..]));
        return true;
    }

    public bool TryRead(out Record record)
    {
        record = default;
        if (_rest.IsEmpty) return false;
        Record found = default;
        var rest = _rest[1..];
        found.Kind = (RecordKind)_rest[0];
        var complete = found.Kind switch
        {
            RecordKind.Body => TryTakeBody(ref rest, ref found),
            RecordKind.Entry => TryTakeEntry(ref rest, ref found),
            RecordKind.PacketId or RecordKind.InboundReceived or RecordKind.InboundReleased =>
                TryTakeNumber(ref rest, out found.Id) && TryTakeFixed(ref rest, out found.PacketId),
            RecordKind.Released or RecordKind.Settled => TryTakeNumber(ref rest, out found.Id),
            _ => false,
        };
        if (!complete) return false;
        found.Raw = _rest[..(_rest.Length - rest.Length)];
        _rest = rest;
        record = found;
        return true;
    }

    public static bool TryTakeVariable(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        value = 0;
        for (var i = 0; i < rest.Length && i < 10; i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] >= 0x80) continue;
            rest = rest[(i + 1)..];
            return true;
        }

        return false;
    }

    private static bool TryTakeBody(ref ReadOnlySpan<byte> rest, ref Record record)
    {
        record.ExpiresAt = long.MaxValue;
        return TryTakeNumber(ref rest, out record.Id)
            && TryTakeByte(ref rest, out record.Flags)
            && TryTakeNumber(ref rest, out record.CreatedAt)
            && ((record.Flags & RecordFlags.Expires) == 0 || TryTakeNumber(ref rest, out record.ExpiresAt))
            && TryTakeVariable(ref rest, out var topic)
            && TryTakeVariable(ref rest, out var properties)
            && TryTakeVariable(ref rest, out var payload)
            && TryTakeBytes(ref rest, topic, out record.Topic)
            && TryTakeBytes(ref rest, properties, out record.Properties)
            && TryTakeBytes(ref rest, payload, out record.Payload);
    }

    private static bool TryTakeEntry(ref ReadOnlySpan<byte> rest, ref Record record) =>
        TryTakeByte(ref rest, out record.Flags)
        && TryTakeFixed(ref rest, out record.PacketId)
        && TryTakeNumber(ref rest, out record.Id)
        && TryTakeNumber(ref rest, out record.SessionId)
        && TryTakeNumber(ref rest, out record.BodyId)
        && TryTakeIdentifiers(ref rest, ref record)
        && ((record.Flags & RecordFlags.Shared) == 0
            || (TryTakeVariable(ref rest, out var length) && TryTakeBytes(ref rest, length, out record.ShareFilter)));

    private static bool TryTakeIdentifiers(ref ReadOnlySpan<byte> rest, ref Record record)
    {
        if (!TryTakeVariable(ref rest, out var count) || count > (ulong)rest.Length) return false;
        var identifiers = rest;
        for (var i = 0UL; i < count; i++)
        {
            if (!TryTakeVariable(ref rest, out _)) return false;
        }

        record.IdentifierCount = (int)count;
        record.Identifiers = identifiers[..(identifiers.Length - rest.Length)];
        return true;
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<byte> rest, out long value)
    {
        var complete = TryTakeVariable(ref rest, out var number);
        value = (long)number;
        return complete;
    }

    private static bool TryTakeByte(ref ReadOnlySpan<byte> rest, out byte value)
    {
        value = 0;
        if (rest.IsEmpty) return false;
        value = rest[0];
        rest = rest[1..];
        return true;
    }

    private static bool TryTakeFixed(ref ReadOnlySpan<byte> rest, out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16LittleEndian(rest, out value)) return false;
        rest = rest[2..];
        return true;
    }

    private static bool TryTakeBytes(scoped ref ReadOnlySpan<byte> rest, ulong length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (length > (ulong)rest.Length) return false;
        bytes = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }
}
