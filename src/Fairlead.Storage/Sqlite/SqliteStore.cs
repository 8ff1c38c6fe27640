using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Durability;
using Fairlead.Sqlite;
using Microsoft.Extensions.Logging;

namespace Fairlead.Storage.Sqlite;

/// <summary>
/// Keeps what the broker acknowledged in one SQLite file. Changes are collected by any thread and written by one, a group at a time:
/// one transaction, one sync, then the receipts.
/// </summary>
/// <remarks>
/// While a group cannot be committed (disk full, I/O error) publications are refused and everything else waits, in order, for the
/// next attempt; see <see cref="IsHealthy"/>.
/// </remarks>
public sealed partial class SqliteStore : IBrokerStore
{
    private readonly SqliteStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SqliteStore> _logger;
    private readonly string _path;
    private readonly ChangeQueue _queue = new();
    private readonly StoreCopies _copies = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Database? _database;
    private GroupWriter? _writer;
    private ITimer? _alarm;
    private bool _alarmSet;
    private bool _healthy = true;
    private int _disposed;
    private long _failedBytes;

    /// <summary>Makes a store; <see cref="Load"/> opens it.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="time">Clock for retries.</param>
    /// <param name="logger">Log.</param>
    public SqliteStore(SqliteStoreOptions options, TimeProvider time, ILogger<SqliteStore> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _path = Path.Combine(Path.GetFullPath(options.Directory), StoreFile.Name);
    }

    /// <inheritdoc/>
    public bool IsDurable => true;

    /// <inheritdoc/>
    public bool IsHealthy => Volatile.Read(ref _healthy);

    /// <inheritdoc/>
    public Action? GroupEnded { get; set; }

    /// <summary>Changes announced and not yet durable. The store takes all; who announces them keeps this within bounds.</summary>
    public int PendingChanges => _queue.Pending;

    /// <inheritdoc/>
    public LatencyHistogram Commits { get; } = new();

    /// <summary>Memory that they hold, in bytes, estimated.</summary>
    public long PendingBytes => _queue.PendingBytes;

    /// <inheritdoc/>
    public StoredState Load()
    {
        if (_database is not null) throw new InvalidOperationException("The store is loaded once.");
        var database = StoreFile.Open(_options, _path);
        try
        {
            var loaded = new StoreLoader(database).Load();
            _writer = new GroupWriter(database, loaded.Index, loaded.State.LastId, loaded.LastMessageId);
            _database = database;
            _alarm = _time.CreateTimer(static state => ((SqliteStore)state!)._queue.Alarm(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            new Thread(Run) { IsBackground = true, Name = "Fairlead store" }.Start();
            return loaded.State;
        }
        catch (SqliteFailure failure)
        {
            database.Dispose();
            throw StoreFile.Explain(_path, failure);
        }
    }

    /// <inheritdoc/>
    public void Append(in StoreChange change)
    {
        if (!_queue.TryAdd(new ReadOnlySpan<StoreChange>(in change))) Refuse(change, claimed: false);
    }

    /// <summary>
    /// Takes changes that a crash must not part: they go into one transaction. A QoS 2 publication is such a case: with its Packet
    /// Identifier alone on the disk, the client's next attempt would be taken for a duplicate and the message be lost [MQTT-4.3.3-10].
    /// </summary>
    /// <param name="changes">In order of effect.</param>
    public void Append(ReadOnlySpan<StoreChange> changes)
    {
        if (_queue.TryAdd(changes)) return;
        foreach (ref readonly var change in changes) Refuse(change, claimed: false);
    }

    /// <inheritdoc/>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        var flush = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var written = _queue.TryAddFlush(flush) ? flush.Task : _ended.Task; // closing writes everything
        await written.WaitAsync(cancellationToken);
    }

    /// <summary>Copies the file while it is in use. The writer does it a little at a time, between two groups: nobody waits for long.</summary>
    /// <param name="path">An empty file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Ends when the copy holds everything that was acknowledged until then, and more at most.</returns>
    /// <exception cref="IOException">It could not be copied, or the store is closing.</exception>
    public async Task CopyAsync(string path, CancellationToken cancellationToken)
    {
        var copied = _copies.Add(path, cancellationToken);
        // Wakes the writer, and puts what was announced before into the copy.
        var flush = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_queue.TryAddFlush(flush)) throw new IOException($"{_path} is being closed");
        await copied;
    }

    /// <summary>Writes everything, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _queue.Close();
            if (_database is null) _ended.TrySetResult();
        }

        await _ended.Task;
        if (_alarm is not null) await _alarm.DisposeAsync();
    }

    private void Run()
    {
        var group = new ChangeGroup();
        var open = true;
        while (open)
        {
            try
            {
                open = _queue.Wait(ref group, alarmOnly: !IsHealthy, atOnce: _copies.IsBusy, out var alarm);
                if (alarm) _alarmSet = false;
                if (open && !group.IsUrgent && group.Count > 0) _queue.WaitForUrgent(_options.Linger);
                if (alarm && IsHealthy && _writer!.HasGarbage) _writer.Trim();
                WriteGroup(group);
                _copies.Step(_database!);
            }
            catch (SqliteFailure failure)
            {
                OnFailure(group, failure);
            }
            catch (Exception exception)
            {
                LogBroken(exception, _path);
                OnFailure(group, new SqliteFailure(SQLitePCL.raw.SQLITE_ERROR, exception.Message));
            }
        }

        Finish(group);
    }

    private void WriteGroup(ChangeGroup group)
    {
        var healthy = IsHealthy;
        if (!healthy) RefusePublications(group);
        if (group.Count > 0)
        {
            long began = _time.GetTimestamp();
            _writer!.Write(group, compact: healthy);
            Commits.Record(_time.GetElapsedTime(began));
            var (count, bytes) = (group.Count, group.Bytes);
            Release(group);
            group.Clear();
            _queue.Done(count, bytes);
            EndGroup();
        }

        if (!healthy) Recover();
        if (_writer!.HasGarbage) SetAlarm(_options.TrimInterval);
    }

    /// <summary>What waited is written: now see whether there is room for more.</summary>
    private void Recover()
    {
        _writer!.DropDeadRows();
        _writer.Probe(_failedBytes);
        Volatile.Write(ref _healthy, true);
        LogRecovered(_path);
    }

    private void Release(ChangeGroup group)
    {
        foreach (ref var slot in group.Slots)
        {
            if (slot.Flush is not null) slot.Flush.TrySetResult();
            else if (slot.Change.Kind != StoreChangeKind.MessageQueued) Release(slot.Change.Receipt);
            else if (slot.Write) Release(slot.Change.Entry.Receipt); // else the Session released it when it cancelled
        }
    }

    /// <summary>A receipt must not throw; if one does, the others shall not suffer.</summary>
    private void Release(CommitReceipt? receipt)
    {
        try
        {
            receipt?.Release();
        }
        catch (Exception exception)
        {
            LogBroken(exception, _path);
        }
    }

    private void OnFailure(ChangeGroup group, SqliteFailure failure)
    {
        if (IsHealthy)
        {
            LogFailed(_path, failure.ExtendedCode, failure.Message);
            _failedBytes = Math.Max(group.Bytes, 4 * GroupWriter.RowSize); // compaction needs some room too
        }

        _failedBytes /= 2; // with each attempt a smaller room is enough
        Volatile.Write(ref _healthy, false);
        _copies.End($"{_path} cannot be written");
        RefusePublications(group);
        _alarmSet = false;
        SetAlarm(_options.RetryInterval);
        EndGroup();
    }

    /// <summary>
    /// Refuses the parts of a publication, whose publisher can be told: queued and retained messages and the Packet Identifier of
    /// QoS 2 (kept without its message, it would turn the next attempt into a duplicate). The rest happened already (a Session was
    /// made, a delivery ended) and stays in the group for the next attempt.
    /// </summary>
    private void RefusePublications(ChangeGroup group)
    {
        var kept = 0;
        var keptBytes = 0L;
        var (count, bytes) = (group.Count, group.Bytes);
        foreach (ref var slot in group.Slots)
        {
            if (slot.Flush is null && TryRefuse(ref slot)) continue;
            if (slot.Flush is null) keptBytes += ChangeQueue.Measure(slot.Change, out _);
            group.Slots[kept++] = slot;
        }

        group.Truncate(kept, keptBytes);
        _queue.Done(count - kept, bytes - keptBytes);
    }

    private bool TryRefuse(ref ChangeSlot slot)
    {
        ref readonly var change = ref slot.Change;
        var refusable = change.Kind == StoreChangeKind.MessageQueued
            || (change.Kind is StoreChangeKind.RetainedSaved or StoreChangeKind.InboundReceived && change.Receipt is not null);
        if (refusable) Refuse(change, claimed: slot.Write);
        return refusable;
    }

    /// <summary>Nothing of the change is kept: whoever waits is told so.</summary>
    private void Refuse(in StoreChange change, bool claimed)
    {
        var receipt = change.Receipt;
        if (change.Kind == StoreChangeKind.MessageQueued)
        {
            if (!claimed && !change.Entry.TryClaimForWriting()) return; // cancelled: the Session released it
            change.Entry.MarkNotWritten();
            receipt = change.Entry.Receipt;
        }

        try
        {
            receipt?.Fail();
        }
        catch (Exception exception)
        {
            LogBroken(exception, _path);
        }
    }

    private void Finish(ChangeGroup group)
    {
        try
        {
            foreach (ref var slot in group.Slots)
            {
                slot.Flush?.TrySetException(new IOException($"{_path} could not be written"));
                if (slot.Flush is null) Refuse(slot.Change, claimed: false);
            }

            if (group.Count > 0) LogLost(_path, group.Count);
            _copies.End($"{_path} is being closed");
            EndGroup();
            if (IsHealthy)
            {
                while (_writer!.HasGarbage) _writer.Trim();
            }

            _writer!.Dispose();
            StoreFile.Tidy(_database!);
        }
        catch (SqliteFailure failure)
        {
            LogUntidy(_path, failure.Message);
        }
        catch (Exception exception)
        {
            LogBroken(exception, _path);
        }
        finally
        {
            _database!.Dispose();
            _ended.TrySetResult();
        }
    }

    private void SetAlarm(TimeSpan due)
    {
        if (_alarmSet) return;
        _alarmSet = true;
        _alarm!.Change(due, Timeout.InfiniteTimeSpan);
    }

    private void EndGroup()
    {
        try
        {
            GroupEnded?.Invoke();
        }
        catch (Exception exception)
        {
            LogBroken(exception, _path);
        }
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Error, Message = "{Path} cannot be written (SQLite code {Code}: {Reason}); QoS 1 and 2 messages for stored sessions are refused until it can")]
    private partial void LogFailed(string path, int code, string reason);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Information, Message = "{Path} can be written again")]
    private partial void LogRecovered(string path);

    [LoggerMessage(EventId = 4005, Level = LogLevel.Warning, Message = "{Path} was closed with its write-ahead log left beside it ({Reason}); nothing is lost")]
    private partial void LogUntidy(string path, string reason);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Critical, Message = "Unexpected error while writing {Path}")]
    private partial void LogBroken(Exception exception, string path);

    [LoggerMessage(EventId = 4004, Level = LogLevel.Error, Message = "{Path} could not be written before the end: {Count} changes are lost")]
    private partial void LogLost(string path, int count);
}
