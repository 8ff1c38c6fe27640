using System.Buffers.Binary;

namespace Fairlead.Edge.Spool;

/// <summary>
/// The end of a write-ahead log that SQLite will not read because a checksum before it does not hold. An end without a commit is the usual
/// trace of a crash, and nobody was promised anything; an end with a commit behind the damage held messages that were acknowledged:
/// those that are whole in it are found again by their own checksums.
/// </summary>
/// <remarks>Format: "WAL-mode File Format" on sqlite.org.</remarks>
internal sealed class LogTail
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const uint MagicLittleEndian = 0x377F0682;
    private const uint MagicBigEndian = 0x377F0683;
    private const int LargestPage = 65536;

    private readonly SortedDictionary<long, byte[]> _records = [];
    private readonly Dictionary<long, MessageClass> _unreadable = [];

    private LogTail()
    {
    }

    /// <summary>Whether something committed stands behind the damage.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Whole records, by sequence.</summary>
    public IReadOnlyCollection<byte[]> Records => _records.Values;

    /// <summary>Records of which only the beginning is there.</summary>
    public IReadOnlyCollection<KeyValuePair<long, MessageClass>> Unreadable => _unreadable;

    /// <summary>Looks at a log before SQLite opens it.</summary>
    public static LogTail Read(string path)
    {
        var tail = new LogTail();
        if (!File.Exists(path)) return tail;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 64 * 1024);
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes) return tail;
        var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        var pageBytes = BinaryPrimitives.ReadInt32BigEndian(header[8..]);
        if (magic is not (MagicLittleEndian or MagicBigEndian) || pageBytes is < 512 or > LargestPage) return tail;
        var sum = new Checksum(magic == MagicBigEndian);
        sum.Add(header[..24]);
        tail.ReadFrames(file, header.Slice(16, 8), pageBytes, sum);
        return tail;
    }

    private void ReadFrames(FileStream file, ReadOnlySpan<byte> salts, int pageBytes, Checksum sum)
    {
        var frame = new byte[FrameHeaderBytes + pageBytes];
        var isValid = true;
        while (file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length)
        {
            if (!frame.AsSpan(8, 8).SequenceEqual(salts))
            {
                if (isValid) return; // what an earlier use of the file left behind
                continue;
            }

            if (isValid)
            {
                sum.Add(frame.AsSpan(0, 8));
                sum.Add(frame.AsSpan(FrameHeaderBytes));
                isValid = sum.Matches(frame.AsSpan(16));
            }

            if (isValid) continue;
            IsDamaged |= BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)) != 0;
            Carve(frame.AsSpan(FrameHeaderBytes));
        }
    }

    private void Carve(ReadOnlySpan<byte> page)
    {
        Span<byte> mark = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(mark, RecordCodec.Mark);
        for (var from = 4; from < page.Length;)
        {
            var at = page[from..].IndexOf(mark);
            if (at < 0) return;
            var start = from + at - 4;
            from += at + 1;
            if (!RecordCodec.TryMeasure(page[start..], out var length)) continue;
            var (sequence, messageClass, _, _) = RecordCodec.ReadHead(page[start..]);
            if (start + length > page.Length)
            {
                if (!_records.ContainsKey(sequence)) _unreadable[sequence] = messageClass;
            }
            else if (RecordCodec.IsWhole(page.Slice(start, (int)length)))
            {
                _records[sequence] = page.Slice(start, (int)length).ToArray();
                _unreadable.Remove(sequence);
            }
        }
    }

    private sealed class Checksum(bool isBigEndian)
    {
        private uint _first;
        private uint _second;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            for (; bytes.Length >= 8; bytes = bytes[8..])
            {
                _first += Word(bytes) + _second;
                _second += Word(bytes[4..]) + _first;
            }
        }

        public bool Matches(ReadOnlySpan<byte> stored) =>
            BinaryPrimitives.ReadUInt32BigEndian(stored) == _first && BinaryPrimitives.ReadUInt32BigEndian(stored[4..]) == _second;

        private uint Word(ReadOnlySpan<byte> bytes) =>
            isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
