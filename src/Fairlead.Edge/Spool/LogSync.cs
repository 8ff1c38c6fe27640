namespace Fairlead.Edge.Spool;

/// <summary>
/// Syncs the write-ahead log a short while after a commit, on a thread of its own, so that a slow disk holds nobody up. SQLite itself syncs
/// only at checkpoints then (synchronous = NORMAL), and reads the log up to the last whole transaction after a loss of power.
/// </summary>
internal sealed class LogSync : IDisposable
{
    private readonly string _path;
    private readonly TimeSpan _interval;
    private readonly Action<Exception?> _outcome;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private FileStream? _log;
    private bool _isSet;
    private bool _isDisposed;

    /// <param name="database">Path of the database file.</param>
    /// <param name="interval">How long after a commit.</param>
    /// <param name="time">Clock.</param>
    /// <param name="outcome">Told the failure of each sync, or null when it worked.</param>
    public LogSync(string database, TimeSpan interval, TimeProvider time, Action<Exception?> outcome)
    {
        _path = database + "-wal";
        _interval = interval;
        _outcome = outcome;
        _timer = time.CreateTimer(static state => ((LogSync)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>There was a commit.</summary>
    public void OnCommit()
    {
        lock (_gate)
        {
            if (_isSet || _isDisposed) return;
            _isSet = true;
            _timer.Change(_interval, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Syncs now.</summary>
    public void Sync()
    {
        try
        {
            _log ??= new FileStream(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            RandomAccess.FlushToDisk(_log.SafeFileHandle);
            _outcome(null);
        }
        catch (FileNotFoundException)
        {
            // Nothing was written yet.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _outcome(exception);
        }
    }

    public void Dispose()
    {
        lock (_gate) _isDisposed = true;
        _timer.Dispose();
        _log?.Dispose();
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isSet = false;
        }

        Sync();
    }
}
