using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Fairlead.Server.Hosting;

/// <summary>
/// Memory for the transport in blocks larger than Kestrel's own of 4 KiB: a busy connection then takes more in one read. Blocks are
/// pinned, because the operating system writes into them, and kept for reuse up to a bound.
/// </summary>
internal sealed class BlockPool(int blockSize) : MemoryPool<byte>
{
    private const int MostKept = 4096;

    private readonly ConcurrentQueue<Block> _free = new();
    private int _kept;

    /// <inheritdoc/>
    public override int MaxBufferSize => blockSize;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, blockSize);
        if (!_free.TryDequeue(out var block)) return new Block(this, blockSize);
        Interlocked.Decrement(ref _kept);
        block.Take();
        return block;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _free.Clear();

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref _kept) > MostKept) Interlocked.Decrement(ref _kept);
        else _free.Enqueue(block);
    }

    /// <summary>Makes such pools for Kestrel.</summary>
    public sealed class Factory(int blockSize) : IMemoryPoolFactory<byte>
    {
        /// <inheritdoc/>
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockPool(blockSize);
    }

    private sealed class Block(BlockPool pool, int size) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        private int _returned;

        public Memory<byte> Memory => _bytes;

        public void Take() => Volatile.Write(ref _returned, 0);

        public void Dispose()
        {
            // Twice in the queue would give the same memory to two connections.
            if (Interlocked.Exchange(ref _returned, 1) == 0) pool.Return(this);
        }
    }
}
