using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Spool;

/// <summary>
/// Keeps messages for the remote links in one SQLite file from the moment they come until each link that wants them has them (spec 8.2).
/// Any thread brings them, one thread writes: it takes all that has come, commits it in one transaction, completes the receipts and goes on,
/// without ever waiting for more.
/// </summary>
/// <remarks>
/// While the file cannot be written (disk full, I/O error) receipts wait and <see cref="SpoolStatistics.Fault"/> says why; what was stored
/// can still be read. A damaged file is salvaged into a new one, at the start and at runtime.
/// </remarks>
internal sealed class MessageSpool : IAsyncDisposable
{
    private readonly SpoolQueue _queue;
    private readonly SpoolLoop _loop;
    private readonly ITimer _expiry;

    /// <summary>Opens the spool and starts its writer. A damaged file is salvaged; on a full disk it starts empty and waits for room.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    /// <exception cref="IOException">Another process has it, or the directory cannot be used: file, cause and cure.</exception>
    public MessageSpool(SpoolOptions options, TimeProvider time, ILogger<MessageSpool> logger)
    {
        SpoolRules.Check(options);
        _queue = new SpoolQueue(options.Limits);
        _loop = new SpoolLoop(options, _queue, time, logger);
        _loop.Start();
        _expiry = time.CreateTimer(static state => ((SpoolLoop)state!).OnExpiryTimer(), _loop, options.ExpiryInterval, options.ExpiryInterval);
    }

    /// <summary>Raised on the writer's thread when <see cref="SpoolStatistics.IsBlocked"/> or <see cref="SpoolStatistics.Fault"/> changes.</summary>
    public Action? StateChanged
    {
        get => _loop.StateChanged;
        set => _loop.StateChanged = value;
    }

    /// <summary>Raised on the writer's thread after the receipts of a group were completed: the moment to flush PUBACKs.</summary>
    public Action? GroupEnded
    {
        get => _loop.GroupEnded;
        set => _loop.GroupEnded = value;
    }

    /// <summary>Where it stands after the last group; cheap, from any thread.</summary>
    public SpoolStatistics Statistics => _loop.Statistics;

    /// <summary>Bit of a link for <see cref="SpoolEntry.Links"/>.</summary>
    /// <param name="link">Its name.</param>
    public long MaskOf(string link) => Open(link).Mask;

    /// <summary>Takes a message, from any thread, without waiting. The order of calls is the order of sequences.</summary>
    /// <param name="entry">The message.</param>
    /// <param name="completed">Called on the writer's thread when it is decided; must not block or throw.</param>
    public SpoolReceipt Append(SpoolEntry entry, Action<SpoolOutcome>? completed = null)
    {
        var receipt = new SpoolReceipt(completed);
        if (!_queue.TryAppend(new PendingAppend(entry, receipt, RecordCodec.SizeOf(entry)))) receipt.Complete(SpoolOutcome.Abandoned);
        return receipt;
    }

    /// <summary>
    /// Completes at once while the spool keeps up, else when there is room in memory again. Await it before reading on from the local broker.
    /// </summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken = default) => _queue.WaitForRoomAsync(cancellationToken);

    /// <summary>The cursor of a link; the same object each time.</summary>
    /// <param name="link">Its name, one of the options'.</param>
    public SpoolCursor Open(string link) => _loop.Cursors.Find(cursor => string.Equals(cursor.Link, link, StringComparison.Ordinal))
        ?? throw new ArgumentException($"There is no link {link}.", nameof(link));

    /// <summary>Changes limits while running.</summary>
    public void Update(SpoolLimits limits)
    {
        _queue.Limits = limits;
        _queue.Alarm();
    }

    /// <summary>
    /// The local broker has no Session of ours any more: Packet Identifiers start anew, and nothing from before counts as sent again.
    /// </summary>
    public void ForgetDeliveries() => _queue.Forget();

    /// <summary>
    /// Waits until everything appended, acknowledged and refused before is written, and synced unless with <see cref="SpoolSync.Never"/>.
    /// While the spool is blocked it waits for what can be written, not for what has no room.
    /// </summary>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        var flush = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var written = _queue.TryAddFlush(flush) ? flush.Task : _loop.Ended;
        await written.WaitAsync(cancellationToken);
    }

    /// <summary>Writes everything that there is room for and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _expiry.DisposeAsync();

        await _loop.DisposeAsync();
    }
}
