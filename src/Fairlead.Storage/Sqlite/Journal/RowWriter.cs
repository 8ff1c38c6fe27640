using System.Buffers.Binary;
using System.Text;
using Fairlead.Broker.Durability;
using Fairlead.Sqlite;

namespace Fairlead.Storage.Sqlite.Journal;

/// <summary>
/// Builds a journal row in a buffer that is used again and again. A row: format version (1 byte), CRC-32C of all that follows
/// (4 bytes), highest number used so far (8 bytes), then records; integers little endian or as variable length (7 bits a byte).
/// A single message, as retained messages and Wills are kept, is a row with one record.
/// </summary>
internal sealed class RowWriter
{
    public const byte FormatVersion = 1;
    public const int HeaderLength = 13;

    private const int LongestVariable = 10;
    private const int FirstCapacity = 64 * 1024;
    private const int LargestKeptCapacity = 4 * 1024 * 1024;

    private byte[] _buffer = new byte[FirstCapacity];

    /// <summary>Bytes so far, header included.</summary>
    public int Length { get; private set; } = HeaderLength;

    public bool IsEmpty => Length == HeaderLength;

    /// <summary>Fills in the header and gives the whole row, valid until the next call.</summary>
    public ReadOnlySpan<byte> Seal(long lastId)
    {
        _buffer[0] = FormatVersion;
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(5), lastId);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(1), Crc32C.Compute(_buffer.AsSpan(5, Length - 5)));
        return _buffer.AsSpan(0, Length);
    }

    public void Clear()
    {
        Length = HeaderLength;
        if (_buffer.Length > LargestKeptCapacity) _buffer = new byte[FirstCapacity];
    }

    /// <returns>Bytes of the record, as for all that follow.</returns>
    public int WriteBody(long id, Message message)
    {
        var start = Length;
        var topic = message.Topic;
        var properties = message.Properties;
        var payload = message.Payload;
        Reserve((6 * LongestVariable) + 2 + topic.Length + properties.Length + payload.Length);
        var expires = message.ExpiresAt != long.MaxValue;
        _buffer[Length++] = (byte)RecordKind.Body;
        Variable((ulong)id);
        _buffer[Length++] = (byte)((int)message.QoS | (message.Retain ? RecordFlags.Retain : 0) | (expires ? RecordFlags.Expires : 0));
        Variable((ulong)message.CreatedAt);
        if (expires) Variable((ulong)message.ExpiresAt);
        Variable((ulong)topic.Length);
        Variable((ulong)properties.Length);
        Variable((ulong)payload.Length);
        Bytes(topic);
        Bytes(properties);
        Bytes(payload);
        return Length - start;
    }

    /// <summary>Flags and Packet Identifier come first: <see cref="WriteEntryAgain"/> finds them there.</summary>
    public int WriteEntry(QueuedMessage entry, long sessionId, ushort packetId)
    {
        var start = Length;
        var identifiers = entry.SubscriptionIdentifiers;
        var shareLength = entry.ShareFilter is null ? 0 : Encoding.UTF8.GetByteCount(entry.ShareFilter);
        Reserve(4 + ((5 + identifiers.Length) * LongestVariable) + shareLength);
        _buffer[Length++] = (byte)RecordKind.Entry;
        _buffer[Length++] = (byte)((int)entry.QoS | (entry.Retain ? RecordFlags.Retain : 0) | (entry.ShareFilter is null ? 0 : RecordFlags.Shared));
        Fixed(packetId);
        Variable((ulong)entry.Id);
        Variable((ulong)sessionId);
        Variable((ulong)entry.Message.Id);
        Variable((ulong)identifiers.Length);
        foreach (var identifier in identifiers) Variable(identifier);
        if (entry.ShareFilter is null) return Length - start;
        Variable((ulong)shareLength);
        Length += Encoding.UTF8.GetBytes(entry.ShareFilter, _buffer.AsSpan(Length));
        return Length - start;
    }

    /// <summary>Takes an entry over from another row, with the state that it has reached.</summary>
    public void WriteEntryAgain(ReadOnlySpan<byte> record, ushort packetId, bool released)
    {
        var start = Length;
        WriteAgain(record);
        if (released) _buffer[start + 1] |= RecordFlags.Released;
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(start + 2), packetId);
    }

    public int WritePacketId(long id, ushort packetId)
    {
        var start = Length;
        OfEntry(RecordKind.PacketId, id);
        Fixed(packetId);
        return Length - start;
    }

    public int WriteReleased(long id) => OfEntry(RecordKind.Released, id);

    public int WriteSettled(long id) => OfEntry(RecordKind.Settled, id);

    public int WriteInbound(RecordKind kind, long sessionId, ushort packetId)
    {
        var start = Length;
        OfEntry(kind, sessionId);
        Fixed(packetId);
        return Length - start;
    }

    /// <summary>Takes a record over from another row as it is.</summary>
    public void WriteAgain(ReadOnlySpan<byte> record)
    {
        Reserve(record.Length);
        Bytes(record);
    }

    private int OfEntry(RecordKind kind, long id)
    {
        var start = Length;
        Reserve(LongestVariable + 3);
        _buffer[Length++] = (byte)kind;
        Variable((ulong)id);
        return Length - start;
    }

    private void Fixed(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(Length), value);
        Length += 2;
    }

    private void Variable(ulong value)
    {
        while (value >= 0x80)
        {
            _buffer[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _buffer[Length++] = (byte)value;
    }

    private void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - Length < count) Grow(count);
    }

    private void Grow(int count) => Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max((long)_buffer.Length * 2, (long)Length + count)));
}
