using System.Buffers.Binary;
using Fairlead.Sqlite;

namespace Fairlead.Edge.Spool;

/// <summary>
/// The numbers that must agree with the rows: written in the same transaction, as one blob with a checksum. After a failed transaction
/// the last committed blob is read back.
/// </summary>
internal sealed class SpoolState
{
    private const byte Version = 1;
    private const int Classes = (int)MessageClass.Telemetry + 1;
    private const int Reasons = (int)DropReason.LinkRemoved + 1;

    private readonly long[] _messages = new long[Classes];
    private readonly long[] _bytes = new long[Classes];
    private readonly long[] _linkMessages = new long[SpoolOptions.MostLinks];
    private readonly long[] _linkBytes = new long[SpoolOptions.MostLinks];

    /// <summary>Bytes of the blob.</summary>
    public const int Bytes = 8 + (3 * 8) + (2 * 8 * Classes) + (8 * Classes * Reasons) + (2 * 8 * SpoolOptions.MostLinks) + RecentDeliveries.Bytes;

    /// <summary>Highest sequence ever given.</summary>
    public long LastSequence { get; set; }

    /// <summary>Messages ever moved to the dead-letter store.</summary>
    public long DeadLettered { get; set; }

    /// <summary>Bytes in the dead-letter store.</summary>
    public long DeadLetterBytes { get; set; }

    /// <summary>Drops.</summary>
    public DropCounters Dropped { get; } = new();

    /// <summary>Deliveries that may come again.</summary>
    public RecentDeliveries Recent { get; } = new();

    /// <summary>Messages of all classes.</summary>
    public long TotalMessages { get; private set; }

    /// <summary>Bytes of all classes.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>Messages of a class.</summary>
    public long MessagesOf(MessageClass messageClass) => _messages[(int)messageClass];

    /// <summary>Bytes of a class.</summary>
    public long BytesOf(MessageClass messageClass) => _bytes[(int)messageClass];

    /// <summary>Messages that wait for a link.</summary>
    public long MessagesFor(int link) => _linkMessages[link];

    /// <summary>Bytes that wait for a link.</summary>
    public long BytesFor(int link) => _linkBytes[link];

    /// <summary>A record came (1) or went (-1).</summary>
    public void Count(MessageClass messageClass, int size, int sign)
    {
        _messages[(int)messageClass] += sign;
        _bytes[(int)messageClass] += (long)sign * size;
        TotalMessages += sign;
        TotalBytes += (long)sign * size;
    }

    /// <summary>A record came (1) for the links of the mask, or they have done with it (-1).</summary>
    public void CountLinks(long mask, int size, int sign)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            var link = System.Numerics.BitOperations.TrailingZeroCount(mask);
            _linkMessages[link] += sign;
            _linkBytes[link] += (long)sign * size;
        }
    }

    /// <summary>Forgets what waits, before it is counted anew.</summary>
    public void ClearCounts()
    {
        Array.Clear(_messages);
        Array.Clear(_bytes);
        Array.Clear(_linkMessages);
        Array.Clear(_linkBytes);
        TotalMessages = 0;
        TotalBytes = 0;
    }

    /// <summary>Writes the blob.</summary>
    public void Write(Span<byte> target)
    {
        target[..8].Clear();
        target[4] = Version;
        var writer = new Fields(target[8..]);
        writer.Put(LastSequence);
        writer.Put(DeadLettered);
        writer.Put(DeadLetterBytes);
        for (var i = 0; i < Classes; i++)
        {
            writer.Put(_messages[i]);
            writer.Put(_bytes[i]);
            for (var reason = 0; reason < Reasons; reason++) writer.Put(Dropped[(MessageClass)i, (DropReason)reason]);
        }

        for (var link = 0; link < SpoolOptions.MostLinks; link++)
        {
            writer.Put(_linkMessages[link]);
            writer.Put(_linkBytes[link]);
        }

        Recent.Write(writer.Rest);
        BinaryPrimitives.WriteUInt32LittleEndian(target, Crc32C.Compute(target[4..]));
    }

    /// <summary>Reads a blob.</summary>
    /// <returns>False when it is damaged; then nothing was changed.</returns>
    public bool TryRead(ReadOnlySpan<byte> source)
    {
        if (source.Length != Bytes || source[4] != Version || BinaryPrimitives.ReadUInt32LittleEndian(source) != Crc32C.Compute(source[4..])) return false;
        var at = 8;
        ClearCounts();
        LastSequence = Take(source, ref at);
        DeadLettered = Take(source, ref at);
        DeadLetterBytes = Take(source, ref at);
        for (var i = 0; i < Classes; i++)
        {
            TotalMessages += _messages[i] = Take(source, ref at);
            TotalBytes += _bytes[i] = Take(source, ref at);
            for (var reason = 0; reason < Reasons; reason++) Dropped.Set((MessageClass)i, (DropReason)reason, Take(source, ref at));
        }

        for (var link = 0; link < SpoolOptions.MostLinks; link++)
        {
            _linkMessages[link] = Take(source, ref at);
            _linkBytes[link] = Take(source, ref at);
        }

        Recent.Read(source[at..]);
        return true;
    }

    private static long Take(ReadOnlySpan<byte> source, ref int at)
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(source[at..]);
        at += sizeof(long);
        return value;
    }

    private ref struct Fields(Span<byte> target)
    {
        public Span<byte> Rest { get; private set; } = target;

        public void Put(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(Rest, value);
            Rest = Rest[sizeof(long)..];
        }
    }
}
