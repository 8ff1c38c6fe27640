using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Spool;

/// <summary>Skeleton of the contract.</summary>
internal sealed class MessageSpool : IAsyncDisposable
{
    /// <summary>Opens the spool and starts its writer. Damaged files are salvaged; a locked or unusable directory is an <see cref="IOException"/> with file, cause and cure.</summary>
    public MessageSpool(SpoolOptions options, TimeProvider time, ILogger<MessageSpool> logger)
    {
        _ = (options, time, logger);
    }

    /// <summary>Raised on the writer's thread when <see cref="SpoolStatistics.IsBlocked"/> or <see cref="SpoolStatistics.Fault"/> changes.</summary>
    public Action? StateChanged { get; set; }

    /// <summary>Raised on the writer's thread after the receipts of a group were completed: the moment to flush PUBACKs.</summary>
    public Action? GroupEnded { get; set; }

    /// <summary>Where it stands; cheap, from any thread.</summary>
    public SpoolStatistics Statistics => throw new NotSupportedException();

    /// <summary>Bit of a link for <see cref="SpoolEntry.Links"/>.</summary>
    public long MaskOf(string link) => throw new NotSupportedException(link);

    /// <summary>Takes a message, from any thread, without waiting. Order of calls is order of sequence.</summary>
    /// <param name="entry">The message.</param>
    /// <param name="completed">Called on the writer's thread when it is decided; must not block or throw.</param>
    public SpoolReceipt Append(SpoolEntry entry, Action<SpoolOutcome>? completed = null) => throw new NotSupportedException(entry + completed?.ToString());

    /// <summary>Completes at once while the spool keeps up; else when there is room in memory again. Await it before reading on from the local broker.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken = default) => ValueTask.FromCanceled(cancellationToken);

    /// <summary>The cursor of a link; the same object each time.</summary>
    public SpoolCursor Open(string link) => throw new NotSupportedException(link);

    /// <summary>Changes limits while running.</summary>
    public void Update(SpoolLimits limits) => _ = limits;

    /// <summary>The local broker has no Session of ours any more: Packet Identifiers start anew, nothing before counts as sent again.</summary>
    public void ForgetDeliveries() => _ = this;

    /// <summary>Waits until everything appended, acknowledged and refused before is written (and synced, unless with <see cref="SpoolSync.Never"/>).</summary>
    public Task FlushAsync(CancellationToken cancellationToken = default) => Task.FromCanceled(cancellationToken);

    /// <summary>Writes everything and closes the file.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
