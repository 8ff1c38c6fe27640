using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fairlead.Broker.Durability;

namespace Fairlead.Storage.Events;

/// <summary>What is written in one transaction: for each partition the events that came, and everybody who waits for them.</summary>
internal sealed class EventGroup
{
    /// <summary>A block is closed at this size, so that reading one and removing one are small steps.</summary>
    public const int BlockBytes = 128 * 1024;

    private const int LargestKeptBuffer = 1024 * 1024;

    private readonly Part[] _parts;
    private readonly List<CommitReceipt> _receipts = [];
    private readonly List<TaskCompletionSource> _flushes = [];

    public EventGroup(int partitions)
    {
        _parts = new Part[partitions];
        foreach (ref var part in _parts.AsSpan()) part = new Part();
    }

    /// <summary>Bytes of all events.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many events.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => Count == 0 && _flushes.Count == 0;

    /// <summary>Who waits.</summary>
    public ReadOnlySpan<CommitReceipt> Receipts => CollectionsMarshal.AsSpan(_receipts);

    public void Add(int partition, long time, ReadOnlySpan<byte> record)
    {
        _parts[partition].Add(time, record);
        Bytes += record.Length + EventBlock.HeadBytes;
        Count++;
    }

    public void AddReceipt(CommitReceipt receipt)
    {
        receipt.Hold();
        _receipts.Add(receipt);
    }

    public void AddFlush(TaskCompletionSource flush) => _flushes.Add(flush);

    /// <summary>Makes the blocks of a partition, numbered from <paramref name="next"/> on. They have memory of their own.</summary>
    public void Cut(int partition, long next, List<EventBlock> blocks)
    {
        var part = _parts[partition];
        foreach (var (start, length, count, lastTime) in part.Cuts())
        {
            blocks.Add(new EventBlock(next, count, lastTime, part.Copy(start, length)));
            next += count;
        }
    }

    /// <summary>Whether a partition has events.</summary>
    public bool Has(int partition) => _parts[partition].Count > 0;

    /// <summary>Tells those who wait for everything before them.</summary>
    public void EndFlushes(Exception? failure)
    {
        foreach (var flush in _flushes)
        {
            if (failure is null) flush.TrySetResult();
            else flush.TrySetException(failure);
        }
    }

    public void Clear()
    {
        foreach (var part in _parts) part.Clear();
        _receipts.Clear();
        _flushes.Clear();
        Bytes = 0;
        Count = 0;
    }

    private sealed class Part
    {
        private readonly List<(int Start, int Length, int Count, long LastTime)> _closed = [];
        private byte[] _buffer = [];
        private int _length;
        private int _start;
        private int _open;
        private long _lastTime;

        public int Count { get; private set; }

        public void Add(long time, ReadOnlySpan<byte> record)
        {
            if (_length - _start >= BlockBytes) Close();
            var needed = _length + EventBlock.HeadBytes + record.Length;
            if (needed > _buffer.Length) Array.Resize(ref _buffer, Math.Max(needed, Math.Max(4096, _buffer.Length * 2)));
            var at = _buffer.AsSpan(_length);
            BinaryPrimitives.WriteInt32LittleEndian(at, record.Length);
            BinaryPrimitives.WriteInt64LittleEndian(at[4..], time);
            record.CopyTo(at[EventBlock.HeadBytes..]);
            _length = needed;
            _lastTime = time;
            _open++;
            Count++;
        }

        public List<(int Start, int Length, int Count, long LastTime)> Cuts()
        {
            Close();
            return _closed;
        }

        public byte[] Copy(int start, int length) => _buffer.AsSpan(start, length).ToArray();

        public void Clear()
        {
            _closed.Clear();
            if (_buffer.Length > LargestKeptBuffer) _buffer = [];
            _length = 0;
            _start = 0;
            _open = 0;
            Count = 0;
        }

        private void Close()
        {
            if (_open == 0) return;
            _closed.Add((_start, _length - _start, _open, _lastTime));
            _start = _length;
            _open = 0;
        }
    }
}
