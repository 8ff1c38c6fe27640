using System.Globalization;
using System.Threading.Channels;
using Fairlead.Features.Logging;

namespace Fairlead.Features.Logs;

/// <summary>
/// Takes structured events, keeps those that somebody wants, and hands them to the writer through a bounded queue. While nothing but
/// failures is wanted a success costs one look at <see cref="IsOn"/>.
/// </summary>
internal sealed class EventLog
{
    private const int QueueLength = 16_384;
    private readonly FeatureContext _context;
    private readonly LoggingLevels _levels;
    private readonly Channel<LogItem> _queue = Channel.CreateBounded<LogItem>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private volatile int _most = (int)LoggingLevels.Unconfigured;
    private long _dropped;

    /// <summary>Makes the log; before documents are loaded.</summary>
    public EventLog(FeatureContext context, LoggingLevels levels)
    {
        _context = context;
        _levels = levels;
        levels.Options.Changed += (_, _, _) => Recount();
        levels.Targets.Changed += (_, _, _) => Recount();
    }

    /// <summary>Called when the most detailed level that anything has may have changed.</summary>
    public event Action? Changed;

    /// <summary>Entries lost because they came faster than they could be written.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>What is to be written.</summary>
    internal ChannelReader<LogItem> Entries => _queue.Reader;

    /// <summary>Whether events of a level are wanted from anything at all.</summary>
    public bool IsOn(EventLogLevel level) => _most >= (int)level;

    /// <summary>Whether somebody asked for events of a type that is written on request alone, by its name or by a level of a resource.</summary>
    public bool IsAskedFor(string eventType) => _levels.IsAskedFor(eventType);

    /// <summary>A time as entries show it: UTC, to the millisecond.</summary>
    public static string Show(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>Writes an event, if its level is wanted for what it concerns.</summary>
    /// <param name="entry">The event; its time and account are filled in.</param>
    /// <param name="level">Its level.</param>
    /// <param name="thingName">Thing that it concerns, for levels of thing groups; null takes the entry's.</param>
    public void Write(LogEntry entry, EventLogLevel level, string? thingName = null)
    {
        if (!IsOn(level) || _levels.LevelFor(entry.EventType, thingName ?? entry.ThingName, entry.ClientId, entry.SourceIp, entry.PrincipalId) < level) return;
        entry.Timestamp = null;
        Keep(entry);
    }

    /// <summary>Writes an event whatever the levels: somebody asked for this very one. A time that it has stays.</summary>
    /// <returns>False when events come faster than they can be written.</returns>
    public bool Keep(LogEntry entry)
    {
        entry.Timestamp ??= Show(_context.Time.GetUtcNow());
        entry.TraceId ??= Guid.NewGuid().ToString();
        entry.AccountId = _context.Scope.AccountId;
        if (_queue.Writer.TryWrite(new LogItem(entry, null))) return true;
        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>A success.</summary>
    public void Succeeded(LogEntry entry, string? thingName = null) => Write(entry, EventLogLevel.Info, thingName);

    /// <summary>A failure.</summary>
    public void Failed(LogEntry entry, string reason, string? details, string? thingName = null) =>
        Write(entry with { Status = "Failure", LogLevel = "ERROR", Reason = reason, Details = details }, EventLogLevel.Error, thingName);

    /// <summary>Comes back when everything before has been written.</summary>
    internal async Task WrittenAsync()
    {
        var barrier = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _queue.Writer.WriteAsync(new LogItem(null, barrier)).ConfigureAwait(false);
            await barrier.Task.ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // The hub is going; what was there is written.
        }
    }

    /// <summary>Nothing more comes.</summary>
    internal void Complete() => _queue.Writer.TryComplete();

    private void Recount()
    {
        var options = _levels.Current;
        var most = options is { IsDisabled: true } ? EventLogLevel.Disabled : options?.DefaultLevel ?? LoggingLevels.Unconfigured;
        if (options is { IsDisabled: false })
        {
            foreach (var (_, own) in options.Events)
                if (own.Level > most) most = own.Level.Value;
        }

        if (options is not { IsDisabled: true })
        {
            foreach (var (_, target) in _levels.Targets.After(null))
                if (target.Level > most) most = target.Level;
        }

        _most = (int)most;
        Changed?.Invoke();
    }
}

/// <summary>Something in the log's queue: an event, or somebody who waits for those before.</summary>
internal readonly record struct LogItem(LogEntry? Entry, TaskCompletionSource? Barrier);
