namespace Fairlead.Broker.Connections;

/// <summary>
/// Buffers for outgoing bytes, in three sizes, each with a limit on how many wait unused. The runtime's shared pool keeps few arrays of
/// a size per core; a fan-out to a thousand connections would make garbage of most of them in every round.
/// </summary>
internal sealed class BufferPool
{
    private const long RetainedBytesPerSize = 16 * 1024 * 1024;
    private static readonly int[] Sizes = [2 * 1024, 16 * 1024, 128 * 1024];
    private readonly Shelf[] _shelves = Array.ConvertAll(Sizes, size => new Shelf((int)(RetainedBytesPerSize / size)));

    /// <summary>Rents a buffer of at least the given size; larger ones than the largest size are made and not kept.</summary>
    public byte[] Rent(int minimum)
    {
        for (int i = 0; i < Sizes.Length; i++)
            if (minimum <= Sizes[i]) return _shelves[i].TryTake() ?? GC.AllocateUninitializedArray<byte>(Sizes[i]);
        return GC.AllocateUninitializedArray<byte>((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)minimum));
    }

    /// <summary>Takes a buffer back.</summary>
    public void Return(byte[] buffer)
    {
        int i = Array.IndexOf(Sizes, buffer.Length);
        if (i >= 0) _shelves[i].Put(buffer);
    }

    /// <summary>Gives half of what was not needed since the last call to the garbage collector.</summary>
    public void Trim()
    {
        foreach (var shelf in _shelves) shelf.Trim();
    }

    private sealed class Shelf(int limit)
    {
        private readonly Lock _lock = new();
        private byte[]?[] _items = new byte[]?[16];
        private int _count;
        private int _lowest;

        public byte[]? TryTake()
        {
            lock (_lock)
            {
                if (_count == 0) return null;
                byte[]? item = _items[--_count];
                _items[_count] = null;
                if (_count < _lowest) _lowest = _count;
                return item;
            }
        }

        public void Put(byte[] item)
        {
            lock (_lock)
            {
                if (_count == limit) return;
                if (_count == _items.Length) Array.Resize(ref _items, Math.Min(limit, _count * 2));
                _items[_count++] = item;
            }
        }

        public void Trim()
        {
            lock (_lock)
            {
                for (int drop = (_lowest + 1) / 2; drop > 0 && _count > 0; drop--) _items[--_count] = null;
                _lowest = _count;
            }
        }
    }
}
