using Fairlead.Sqlite;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Spool;

/// <summary>
/// The writer's thread: takes what has come, writes it, reads ahead, and while there is nothing to do gives free room back. What fails is
/// tried again after a while; what is damaged is salvaged.
/// </summary>
internal sealed class SpoolLoop : IAsyncDisposable
{
    private static readonly TimeSpan OldestInterval = TimeSpan.FromSeconds(1);

    private readonly SpoolOptions _options;
    private readonly SpoolQueue _queue;
    private readonly TimeProvider _time;
    private readonly SpoolLog _log;
    private readonly string _path;
    private readonly SpoolState _state = new();
    private readonly SpoolWriter _writer;
    private readonly List<TaskCompletionSource> _flushes = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _retry;
    private SpoolStatistics _statistics = SpoolStatistics.Empty;
    private SpoolFile? _file;
    private LogSync? _sync;
    private string? _fault;
    private string? _syncFault;
    private int _expiryDue;
    private long _oldest;
    private long _oldestAsked;
    private bool _mayShrink = true;

    /// <param name="options">Settings.</param>
    /// <param name="queue">What comes.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public SpoolLoop(SpoolOptions options, SpoolQueue queue, TimeProvider time, ILogger logger)
    {
        _options = options;
        _queue = queue;
        _time = time;
        _log = new SpoolLog(logger);
        _path = Path.Combine(Path.GetFullPath(options.Directory), SpoolFile.Name);
        _writer = new SpoolWriter(queue, _state, time, options.Links, _log);
        _retry = time.CreateTimer(static state => ((SpoolQueue)state!).Alarm(), queue, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The links' cursors.</summary>
    public List<SpoolCursor> Cursors { get; } = [];

    /// <summary>See <see cref="MessageSpool.StateChanged"/>.</summary>
    public Action? StateChanged { get; set; }

    /// <summary>See <see cref="MessageSpool.GroupEnded"/>.</summary>
    public Action? GroupEnded { get; set; }

    /// <summary>Completed when the file is closed.</summary>
    public Task Ended => _ended.Task;

    /// <summary>See <see cref="MessageSpool.Statistics"/>.</summary>
    public SpoolStatistics Statistics => Volatile.Read(ref _statistics) with { FileBytes = LengthOf(_path) + LengthOf(_path + "-wal") };

    /// <summary>Opens the file and starts the thread.</summary>
    /// <exception cref="IOException">The file cannot be used.</exception>
    public void Start()
    {
        try
        {
            OpenFile();
        }
        catch (SqliteFailure failure) when (SpoolRules.MayPass(failure) && LengthOf(_path) == 0)
        {
            MakeCursors([.. Enumerable.Range(0, _options.Links.Count)]); // as a new file numbers them
            OnFailure(failure);
        }
        catch (SqliteFailure failure)
        {
            throw SpoolRules.Explain(_path, failure);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DllNotFoundException)
        {
            throw new IOException(
                $"{_path} cannot be used ({exception.Message.TrimEnd('.')}): give this user write access to the directory, or choose another spool directory", exception);
        }

        Publish();
        new Thread(Run) { IsBackground = true, Name = "Fairlead spool" }.Start();
    }

    /// <summary>It is time to look for messages whose time is over.</summary>
    public void OnExpiryTimer()
    {
        Volatile.Write(ref _expiryDue, 1);
        _queue.Alarm();
    }

    /// <summary>Writes everything that there is room for and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await Ended;
    }

    private bool IsStuck => _fault is not null;

    private void OpenFile()
    {
        if (SpoolSalvage.IsDue(_path)) Salvage("it was found damaged while in use");
        var tail = LogTail.Read(_path + "-wal");
        try
        {
            UseFile(tail);
        }
        catch (SqliteFailure failure) when (SpoolRules.IsDamage(failure))
        {
            CloseDamaged();
            Salvage(failure.Message);
            UseFile(tail);
        }

        if (_options.Sync == SpoolSync.Interval) _sync = new LogSync(_path, _options.SyncInterval, _time, OnSynced);
        _mayShrink = true;
        _log.Opened(_path, _state.TotalMessages, _state.TotalBytes);
    }

    private void UseFile(LogTail tail)
    {
        _file = SpoolFile.Open(_options, _state);
        MakeCursors(_file.MapLinks([.. _options.Links.Select(static link => link.Name)], _state));
        if (tail.IsDamaged) Restore(tail);
        _writer.Use(_file, [.. Cursors]);
        AskOldest();
    }

    private void MakeCursors(int[] numbers)
    {
        for (var i = Cursors.Count; i < numbers.Length; i++) Cursors.Add(new SpoolCursor(_options.Links[i].Name, numbers[i], _queue, _time));
    }

    private void Salvage(string reason)
    {
        SqliteLibrary.Bind();
        var (saved, lost) = new SpoolSalvage(_path).Run();
        _log.Salvaged(_path, reason, saved, lost);
    }

    private void Restore(LogTail tail)
    {
        var links = 0L;
        foreach (var cursor in Cursors) links |= cursor.Mask;
        var saved = _file!.Restore(tail.Records, links, _state);
        foreach (var (sequence, messageClass) in tail.Unreadable)
        {
            if (sequence > _state.LastSequence) _state.Dropped.Add(messageClass, DropReason.Damaged);
        }

        _log.TailDamaged(_path, saved, tail.Unreadable.Count);
    }

    private void Run()
    {
        var work = new SpoolWork();
        var open = true;
        while (open)
        {
            try
            {
                work.Clear();
                open = _queue.Take(ref work, wait: IsStuck || (!_writer.HasWork && !_mayShrink));
                _flushes.AddRange(work.Flushes);
                _writer.Accept(work, IsStuck);
                if (Interlocked.Exchange(ref _expiryDue, 0) != 0) _writer.ExpectExpiry();
                if (!IsStuck) Work();
                else if (work.Alarm || !open) Retry();
            }
            catch (SqliteFailure failure) when (SpoolRules.MayPass(failure) && _writer.TryHalve())
            {
                _file!.TryCheckpoint(); // less may fit
            }
            catch (SqliteFailure failure)
            {
                OnFailure(failure);
            }
            catch (Exception exception)
            {
                _log.Broken(exception, _path);
                OnFailure(new SqliteFailure(SQLitePCL.raw.SQLITE_ERROR, exception.Message));
            }
        }

        Finish();
    }

    private void Work()
    {
        if (_writer.HasWork)
        {
            _writer.Write(withAppends: true);
            _sync?.OnCommit();
            _mayShrink = true;
            AfterGroup();
        }
        else if (_mayShrink)
        {
            _mayShrink = _file!.Shrink();
        }

        _writer.Read();
        if (_flushes.Count > 0 && !_writer.HasWork) Flush();
    }

    /// <summary>After a failure first what makes room, then the new messages.</summary>
    private void Retry()
    {
        if (_file is null) OpenFile();
        _file!.TryCheckpoint();
        _writer.Write(withAppends: false);
        _writer.Write(withAppends: true);
        _sync?.Sync();
        _fault = null;
        _log.Recovered(_path);
        AfterGroup();
    }

    private void OnFailure(SqliteFailure failure)
    {
        var reason = SpoolRules.Describe(failure);
        if (_fault is null) _log.Failed(_path, failure.ExtendedCode, reason);
        _fault = reason;
        if (SpoolRules.IsDamage(failure)) CloseDamaged();
        _retry.Change(_options.RetryInterval, Timeout.InfiniteTimeSpan);
        AfterGroup();
    }

    /// <summary>The file turned out to be damaged while in use: the next try opens it anew, and salvages it.</summary>
    private void CloseDamaged()
    {
        _sync?.Dispose();
        _sync = null;
        _file?.Dispose();
        _file = null;
        SpoolSalvage.MarkDamaged(_path);
    }

    private void Flush()
    {
        if (_options.Sync == SpoolSync.Interval) _sync!.Sync();
        foreach (var flush in _flushes) flush.TrySetResult();
        _flushes.Clear();
    }

    private void OnSynced(Exception? failure)
    {
        var reason = failure?.Message;
        if (reason is not null && Volatile.Read(ref _syncFault) is null) _log.NotSynced(_path, reason);
        Volatile.Write(ref _syncFault, reason);
    }

    private void AfterGroup()
    {
        var before = _statistics;
        Publish();
        if (GroupEnded is { } groupEnded) _log.Guard(groupEnded, _path);
        var changed = before.IsBlocked != _statistics.IsBlocked || !string.Equals(before.Fault, _statistics.Fault, StringComparison.Ordinal);
        if (!changed) return;
        if (_statistics.IsBlocked && !before.IsBlocked && _fault is null) _log.Full(_path, _state.TotalMessages);
        if (StateChanged is { } stateChanged) _log.Guard(stateChanged, _path);
    }

    private void Publish()
    {
        if (_file is not null && !IsStuck && (_oldest == 0 || _state.TotalMessages == 0 || _time.GetElapsedTime(_oldestAsked) > OldestInterval))
        {
            AskOldest();
        }

        Volatile.Write(ref _statistics, new SpoolStatistics
        {
            Messages = _state.TotalMessages,
            Bytes = _state.TotalBytes,
            MessagesByClass = [.. Enumerable.Range(0, (int)MessageClass.Telemetry + 1).Select(index => _state.MessagesOf((MessageClass)index))],
            OldestArrival = _oldest,
            Dropped = _state.Dropped.Copy(),
            DeadLettered = _state.DeadLettered,
            DeadLetterBytes = _state.DeadLetterBytes,
            Stored = _writer.Stored,
            Duplicates = _writer.Duplicates,
            IsBlocked = IsStuck || _writer.IsFull,
            Fault = _fault ?? Volatile.Read(ref _syncFault),
        });
    }

    private void AskOldest()
    {
        _oldest = _writer.OldestArrival();
        _oldestAsked = _time.GetTimestamp();
    }

    private void Finish()
    {
        try
        {
            while (!IsStuck && _writer.HasWork) _writer.Write(withAppends: true);
            if (!IsStuck) Flush();
            foreach (var flush in _flushes) flush.TrySetException(new IOException($"{_path} could not be written"));
            _sync?.Dispose();
            if (_file is not null && !IsStuck) _file.Tidy();
        }
        catch (Exception exception)
        {
            _log.Untidy(_path, exception.Message);
        }
        finally
        {
            var abandoned = _writer.Abandon();
            if (abandoned > 0) _log.Abandoned(_path, abandoned);
            Publish();
            _file?.Dispose();
            _retry.Dispose();
            _ended.TrySetResult();
        }
    }

    private static long LengthOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }
}
