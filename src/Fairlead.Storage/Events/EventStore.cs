using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Durability;
using Fairlead.Sqlite;
using Microsoft.Extensions.Logging;

namespace Fairlead.Storage.Events;

/// <summary>
/// The device-to-cloud log: records in partitions, numbered from 0 without a gap, kept for a time and up to a size. Any thread appends; one
/// writes everything that has come meanwhile in one transaction with one sync, then releases the receipts and calls the readers.
/// </summary>
/// <remarks>
/// While the file cannot be written (disk full, I/O error) each group is refused: who waits for a receipt learns it, nothing piles up. The
/// next group is the next attempt; without one the file is tried every ten seconds.
/// </remarks>
public sealed partial class EventStore : IAsyncDisposable
{
    private static readonly TimeSpan RetentionInterval = TimeSpan.FromSeconds(10);

    // In one go: nobody who appends waits longer than that takes. What is left goes after the next group.
    private const int MostRemovals = 16;
    private const int MostBlocks = 64; // in one removal

    private readonly EventStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<EventStore> _logger;
    private readonly EventFile _file;
    private readonly PartitionState[] _partitions;
    private readonly EventQueue _queue;
    private readonly ITimer _alarm;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(PartitionState Partition, List<EventBlock> Blocks)> _cut = [];
    private bool _healthy = true;
    private long _appended;
    private long _refused;
    private long _removed;
    private int _disposed;

    private EventStore(EventStoreOptions options, EventFile file, PartitionState[] partitions, TimeProvider time, ILogger<EventStore> logger)
    {
        _options = options;
        _file = file;
        _partitions = partitions;
        _time = time;
        _logger = logger;
        _queue = new EventQueue(partitions.Length, options.MaximumPendingBytes, partitions.Max(static partition => partition.LastTime));
        _alarm = time.CreateTimer(static state => ((EventQueue)state!).Alarm(), _queue, RetentionInterval, RetentionInterval);
        new Thread(Run) { IsBackground = true, Name = "Fairlead events" }.Start();
    }

    /// <summary>How many partitions there are: fixed when the store was made.</summary>
    public int PartitionCount => _partitions.Length;

    /// <summary>Whether the last group could be written.</summary>
    public bool IsHealthy => Volatile.Read(ref _healthy);

    /// <summary>Whether there is room for more events: <see cref="TryAppend"/> would take them.</summary>
    public bool HasRoom => _queue.PendingBytes < _options.MaximumPendingBytes;

    /// <summary>Called by the writer after each group whose receipts were released: what they let out is sent then.</summary>
    public Action? GroupEnded { get; set; }

    /// <summary>Events written since the start.</summary>
    public long Appended => Volatile.Read(ref _appended);

    /// <summary>Events refused since the start: too much waited, or the file could not be written.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Events removed since the start, because of their age or for want of room.</summary>
    public long Removed => Volatile.Read(ref _removed);

    /// <summary>Bytes of all events.</summary>
    public long Bytes => _partitions.Sum(static partition => partition.Bytes);

    /// <summary>Bytes appended and not yet written.</summary>
    public long PendingBytes => _queue.PendingBytes;

    /// <summary>How long commits took.</summary>
    public LatencyHistogram Commits { get; } = new();

    /// <summary>Opens a store.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    /// <exception cref="StoreException">It cannot be opened.</exception>
    public static EventStore Open(EventStoreOptions options, TimeProvider time, ILogger<EventStore> logger)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Partitions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Partitions, EventStoreOptions.MostPartitions);
        var file = EventFile.Open(options, out var partitions);
        var store = new EventStore(options, file, partitions, time, logger);
        if (partitions.Length != options.Partitions) store.LogPartitions(file.Path, partitions.Length, options.Partitions);
        return store;
    }

    /// <summary>Appends records, all of them or none.</summary>
    /// <param name="partition">Partition.</param>
    /// <param name="time">When they came, in milliseconds of the Unix epoch; a time before that of the last record counts as that.</param>
    /// <param name="frames">Each record with its length in front, four bytes little-endian; copied.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="receipt">Held until they are durable, or failed when they cannot be kept; null when nobody waits.</param>
    /// <returns>False when too much waits already: the receipt was not held.</returns>
    public bool TryAppend(int partition, long time, ReadOnlySpan<byte> frames, int count, CommitReceipt? receipt)
    {
        if (_queue.TryAdd(partition, time, frames, receipt)) return true;
        Interlocked.Add(ref _refused, count);
        return false;
    }

    /// <summary>Waits until everything appended before is written.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        var flush = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var written = _queue.TryAddFlush(flush) ? flush.Task : _ended.Task; // closing writes everything
        await written.WaitAsync(cancellationToken);
    }

    /// <summary>Number of the oldest event, number behind the newest, and time of the newest, in milliseconds of the Unix epoch.</summary>
    public (long First, long Next, long LastTime) Bounds(int partition) => _partitions[partition].Bounds;

    /// <summary>Calls back whenever events were added to a partition, on the writer's thread: must neither block nor throw.</summary>
    public void Listen(int partition, Action listener) => _partitions[partition].Listen(listener);

    /// <summary>Ends <see cref="Listen"/>.</summary>
    public void Unlisten(int partition, Action listener) => _partitions[partition].Unlisten(listener);

    /// <summary>The block with an event, or with the next one when that is gone; null at the end.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal EventBlock? Read(int partition, long sequence)
    {
        var part = _partitions[partition];
        var (first, next, _) = part.Bounds;
        sequence = Math.Max(sequence, first);
        return sequence >= next ? null : part.Find(sequence) ?? Guard(file => file.Reader.Read(partition, sequence));
    }

    /// <summary>Number of the first event that arrived at a time or later; the number behind the newest when all are older.</summary>
    /// <param name="partition">Partition.</param>
    /// <param name="time">Milliseconds of the Unix epoch.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public long FindTime(int partition, long time)
    {
        var part = _partitions[partition];
        var (first, next, lastTime) = part.Bounds;
        if (time > lastTime) return next;
        var start = part.FindTime(time)?.First ?? Guard(file => file.Reader.FindTime(partition, time, first, next));
        for (var at = start ?? first; Read(partition, at) is { } block; at = block.Next)
        {
            var position = 0;
            for (var sequence = block.First; block.TryRead(ref position, out var arrived, out _); sequence++)
            {
                if (arrived >= time) return sequence;
            }
        }

        return next;
    }

    /// <summary>Copies the file while it is in use, as it is at one moment after this call; the writer goes on.</summary>
    /// <param name="path">An empty file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">It could not be copied.</exception>
    public async Task CopyAsync(string path, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        await Task.Run(() => EventFile.Copy(_file.Path, path, cancellationToken), cancellationToken);
    }

    /// <summary>Writes everything, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _queue.Close();
        await _ended.Task;
        await _alarm.DisposeAsync();
    }

    private T Guard<T>(Func<EventFile, T> read)
    {
        try
        {
            return read(_file);
        }
        catch (Exception exception) when (exception is SqliteFailure or ObjectDisposedException)
        {
            throw new IOException($"{_file.Path} cannot be read: {exception.Message}", exception);
        }
    }

    private void Run()
    {
        var group = new EventGroup(_partitions.Length);
        var open = true;
        while (open)
        {
            open = _queue.Wait(ref group, out var alarm);
            Write(group);
            group.Clear();
            if (alarm && !IsHealthy) TryRecover();
            if ((alarm || Bytes > _options.RetentionBytes) && Trim()) _queue.Alarm();
        }

        try
        {
            _file.Tidy();
        }
        catch (SqliteFailure failure)
        {
            LogUntidy(_file.Path, failure.Message);
        }

        _file.Dispose();
        _ended.TrySetResult();
    }

    private void Write(EventGroup group)
    {
        Exception? failure = null;
        try
        {
            Commit(group);
            if (!IsHealthy && group.Count > 0) LogRecovered(_file.Path);
            if (group.Count > 0) Volatile.Write(ref _healthy, true);
        }
        catch (Exception exception)
        {
            failure = exception;
            if (IsHealthy) LogFailed(_file.Path, exception.Message);
            Volatile.Write(ref _healthy, false);
        }

        _queue.Done(group.Bytes);
        if (failure is null) Interlocked.Add(ref _appended, group.Count);
        else Interlocked.Add(ref _refused, group.Count);
        foreach (var receipt in group.Receipts) Settle(receipt, failure is null);
        if (group.Receipts.Length > 0) EndGroup();
        group.EndFlushes(failure is null ? null : new IOException("the events could not be written", failure));
        foreach (var (partition, _) in _cut) Tell(partition);
        _cut.Clear();
    }

    // Whoever sends is refused while the log cannot be written, so no group would come by itself that finds it well again.
    private void TryRecover()
    {
        try
        {
            _file.Probe();
        }
        catch (SqliteFailure)
        {
            return; // tried again with the next alarm
        }

        LogRecovered(_file.Path);
        Volatile.Write(ref _healthy, true);
    }

    private void Commit(EventGroup group)
    {
        if (group.Count == 0) return;
        var began = _time.GetTimestamp();
        foreach (var partition in _partitions)
        {
            if (!group.Has(partition.Index)) continue;
            var blocks = new List<EventBlock>(1);
            group.Cut(partition.Index, partition.Next, blocks);
            _cut.Add((partition, blocks));
        }

        try
        {
            _file.Write(_cut);
        }
        catch
        {
            _cut.Clear();
            throw;
        }

        foreach (var (partition, blocks) in _cut) partition.Append(blocks);
        Commits.Record(_time.GetElapsedTime(began));
    }

    private void Tell(PartitionState partition)
    {
        foreach (var listener in partition.Listeners)
        {
            try
            {
                listener();
            }
            catch (Exception exception)
            {
                LogBroken(exception);
            }
        }
    }

    private void EndGroup()
    {
        try
        {
            GroupEnded?.Invoke();
        }
        catch (Exception exception)
        {
            LogBroken(exception);
        }
    }

    private void Settle(CommitReceipt receipt, bool kept)
    {
        try
        {
            if (kept) receipt.Release();
            else receipt.Fail();
        }
        catch (Exception exception)
        {
            LogBroken(exception);
        }
    }

    /// <summary>Removes what is too old or too much. True when it stopped before there was nothing left to remove.</summary>
    private bool Trim()
    {
        var oldest = (_time.GetUtcNow() - _options.RetentionAge).ToUnixTimeMilliseconds();
        try
        {
            for (var i = 0; i < MostRemovals; i++)
                if (!TrimOne(_file, oldest)) return false;
            return true;
        }
        catch (SqliteFailure failure)
        {
            // Tried again with the next alarm, or group when there is too much.
            if (IsHealthy) LogFailed(_file.Path, failure.Message);
            Volatile.Write(ref _healthy, false);
            return false;
        }
    }

    private bool TrimOne(EventFile file, long oldest)
    {
        PartitionState? from = null;
        (long Next, long Count, long LastTime, long Bytes) chosen = default;
        foreach (var partition in _partitions)
        {
            if (partition.First == partition.Next || file.Front(partition.Index, oldest, MostBlocks) is not { } front) continue;
            if (from is null || front.LastTime < chosen.LastTime) (from, chosen) = (partition, front);
        }

        if (from is null || (Bytes <= _options.RetentionBytes && chosen.LastTime >= oldest)) return false;
        file.Remove(from, chosen.Next, chosen.Bytes);
        from.Remove(chosen.Next, chosen.Bytes);
        Interlocked.Add(ref _removed, chosen.Count);
        return true;
    }

    [LoggerMessage(EventId = 4101, Level = LogLevel.Error, Message = "{Path} cannot be written ({Reason}); device-to-cloud messages are refused until it can")]
    private partial void LogFailed(string path, string reason);

    [LoggerMessage(EventId = 4102, Level = LogLevel.Information, Message = "{Path} can be written again")]
    private partial void LogRecovered(string path);

    [LoggerMessage(EventId = 4103, Level = LogLevel.Critical, Message = "Unexpected error after writing events")]
    private partial void LogBroken(Exception exception);

    [LoggerMessage(EventId = 4104, Level = LogLevel.Warning, Message = "{Path} was closed with its write-ahead log left beside it ({Reason}); nothing is lost")]
    private partial void LogUntidy(string path, string reason);

    [LoggerMessage(EventId = 4105, Level = LogLevel.Warning, Message = "{Path} was made with {Partitions} partitions and keeps them; IotHub:EventPartitions = {Configured} is for a new one")]
    private partial void LogPartitions(string path, int partitions, int configured);
}
