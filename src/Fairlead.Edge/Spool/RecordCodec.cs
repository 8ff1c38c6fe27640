using System.Buffers.Binary;
using System.Text;
using Fairlead.Protocols.Mqtt;
using Fairlead.Sqlite;

namespace Fairlead.Edge.Spool;

/// <summary>
/// A message as bytes: CRC-32C over the rest, a mark, version, class, flags, sequence, arrival, expiry, four lengths, then local topic,
/// remote topic, content type and payload. Little endian.
/// </summary>
internal sealed class RecordCodec
{
    /// <summary>Bytes before the texts.</summary>
    public const int HeaderBytes = 42;

    /// <summary>What a record costs in the file besides its own bytes, about.</summary>
    public const int RowBytes = 26;

    /// <summary>First bytes after the checksum; what looks for records in a damaged file looks for these.</summary>
    public const ushort Mark = 0x5346;

    private const byte Version = 1;
    private const byte QosZeroFlag = 1;
    private const byte RemoteTopicFlag = 2;
    private const byte ContentTypeFlag = 4;
    private const int LargestKeptBuffer = 256 * 1024;
    private const int AtMark = 4;
    private const int AtVersion = 6;
    private const int AtClass = 7;
    private const int AtSequence = 8;
    private const int AtArrival = 16;
    private const int AtExpiry = 24;
    private const int AtLengths = 32;

    private byte[] _buffer = new byte[4096];

    /// <summary>Size of the record of a message as the limits count it.</summary>
    public static int SizeOf(SpoolEntry entry) =>
        RowBytes + HeaderBytes + Length(entry.LocalTopic) + Length(entry.RemoteTopic) + Length(entry.ContentType) + entry.Payload.Length;

    /// <summary>Encodes; the span is valid until the next call.</summary>
    public ReadOnlySpan<byte> Encode(long sequence, SpoolEntry entry)
    {
        var local = Length(entry.LocalTopic);
        var remote = Length(entry.RemoteTopic);
        var contentType = Length(entry.ContentType);
        var length = HeaderBytes + local + remote + contentType + entry.Payload.Length;
        if (_buffer.Length < length) _buffer = new byte[length];
        else if (_buffer.Length > LargestKeptBuffer && length <= LargestKeptBuffer) _buffer = new byte[LargestKeptBuffer];
        var record = _buffer.AsSpan(0, length);
        BinaryPrimitives.WriteUInt16LittleEndian(record[AtMark..], Mark);
        record[AtVersion] = (byte)(Version << 4 | Flags(entry));
        record[AtClass] = (byte)entry.Class;
        BinaryPrimitives.WriteInt64LittleEndian(record[AtSequence..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(record[AtArrival..], entry.ArrivedAt);
        BinaryPrimitives.WriteInt64LittleEndian(record[AtExpiry..], entry.ExpiresAt);
        BinaryPrimitives.WriteUInt16LittleEndian(record[AtLengths..], (ushort)local);
        BinaryPrimitives.WriteUInt16LittleEndian(record[(AtLengths + 2)..], (ushort)remote);
        BinaryPrimitives.WriteUInt16LittleEndian(record[(AtLengths + 4)..], (ushort)contentType);
        BinaryPrimitives.WriteInt32LittleEndian(record[(AtLengths + 6)..], entry.Payload.Length);
        var texts = record[HeaderBytes..];
        Encoding.UTF8.GetBytes(entry.LocalTopic, texts);
        Encoding.UTF8.GetBytes(entry.RemoteTopic, texts[local..]);
        Encoding.UTF8.GetBytes(entry.ContentType, texts[(local + remote)..]);
        entry.Payload.Span.CopyTo(texts[(local + remote + contentType)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record, Crc32C.Compute(record[4..]));
        return record;
    }

    /// <summary>Decodes what <see cref="Encode"/> made.</summary>
    /// <param name="record">The bytes.</param>
    /// <param name="sequence">Number that the row has.</param>
    /// <param name="links">Links that want it.</param>
    /// <param name="upgradeQosZero">Whether QoS 0 becomes 1.</param>
    /// <returns>Null when the bytes are damaged.</returns>
    public static SpooledMessage? Decode(ReadOnlySpan<byte> record, long sequence, long links, bool upgradeQosZero)
    {
        if (!IsWhole(record) || BinaryPrimitives.ReadInt64LittleEndian(record[AtSequence..]) != sequence) return null;
        var (local, remote, contentType) = Lengths(record);
        var flags = record[AtVersion];
        var texts = record[HeaderBytes..];
        return new SpooledMessage
        {
            Sequence = sequence,
            Class = (MessageClass)record[AtClass],
            QoS = (flags & QosZeroFlag) != 0 && !upgradeQosZero ? QualityOfService.AtMostOnce : QualityOfService.AtLeastOnce,
            ArrivedAt = BinaryPrimitives.ReadInt64LittleEndian(record[AtArrival..]),
            ExpiresAt = BinaryPrimitives.ReadInt64LittleEndian(record[AtExpiry..]),
            LocalTopic = Encoding.UTF8.GetString(texts[..local]),
            RemoteTopic = (flags & RemoteTopicFlag) != 0 ? Encoding.UTF8.GetString(texts.Slice(local, remote)) : null,
            ContentType = (flags & ContentTypeFlag) != 0 ? Encoding.UTF8.GetString(texts.Slice(local + remote, contentType)) : null,
            Payload = texts[(local + remote + contentType)..].ToArray(),
            Links = links,
            Size = record.Length + RowBytes,
        };
    }

    /// <summary>The message as a cursor gives it out, without the way over the disk.</summary>
    public static SpooledMessage ToMessage(SpoolEntry entry, long sequence, long links, bool upgradeQosZero) => new()
    {
        Sequence = sequence,
        Class = entry.Class,
        QoS = entry.QoS == QualityOfService.AtMostOnce && !upgradeQosZero ? QualityOfService.AtMostOnce : QualityOfService.AtLeastOnce,
        ArrivedAt = entry.ArrivedAt,
        ExpiresAt = entry.ExpiresAt,
        LocalTopic = entry.LocalTopic,
        RemoteTopic = entry.RemoteTopic,
        ContentType = entry.ContentType,
        Payload = entry.Payload,
        Links = links,
        Size = SizeOf(entry),
    };

    /// <summary>Whether the checksum holds and the lengths fit.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> record)
    {
        return TryMeasure(record, out var length) && length == record.Length && BinaryPrimitives.ReadUInt32LittleEndian(record) == Crc32C.Compute(record[4..]);
    }

    /// <summary>Whether a record seems to begin here, and how long it is, before its checksum is asked.</summary>
    public static bool TryMeasure(ReadOnlySpan<byte> bytes, out long length)
    {
        length = 0;
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadUInt16LittleEndian(bytes[AtMark..]) != Mark || bytes[AtVersion] >> 4 != Version
            || bytes[AtClass] > (byte)MessageClass.Telemetry) return false;
        var (local, remote, contentType) = Lengths(bytes);
        var payload = BinaryPrimitives.ReadInt32LittleEndian(bytes[(AtLengths + 6)..]);
        length = (long)HeaderBytes + local + remote + contentType + payload;
        return payload >= 0;
    }

    /// <summary>Number, class, arrival and expiry of a record.</summary>
    public static (long Sequence, MessageClass Class, long ArrivedAt, long ExpiresAt) ReadHead(ReadOnlySpan<byte> record) =>
        (BinaryPrimitives.ReadInt64LittleEndian(record[AtSequence..]), (MessageClass)record[AtClass],
            BinaryPrimitives.ReadInt64LittleEndian(record[AtArrival..]), BinaryPrimitives.ReadInt64LittleEndian(record[AtExpiry..]));

    private static (int Local, int Remote, int ContentType) Lengths(ReadOnlySpan<byte> record) =>
        (BinaryPrimitives.ReadUInt16LittleEndian(record[AtLengths..]),
            BinaryPrimitives.ReadUInt16LittleEndian(record[(AtLengths + 2)..]),
            BinaryPrimitives.ReadUInt16LittleEndian(record[(AtLengths + 4)..]));

    private static int Flags(SpoolEntry entry) =>
        (entry.QoS == QualityOfService.AtMostOnce ? QosZeroFlag : 0)
        | (entry.RemoteTopic is null ? 0 : RemoteTopicFlag)
        | (entry.ContentType is null ? 0 : ContentTypeFlag);

    private static int Length(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}
