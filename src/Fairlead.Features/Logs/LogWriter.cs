using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Logs;

/// <summary>Takes events from the queue, writes them to the disk and shows them to those who follow.</summary>
internal sealed partial class LogWriter(EventLog log, LogFiles files, ILogger<LogWriter> logger)
{
    private const int MostFollowers = 100;
    private const int FollowerQueue = 1_024;
    private ImmutableArray<Channel<string>> _followers = [];
    private Task _running = Task.CompletedTask;

    /// <summary>Starts to write.</summary>
    public void Start() => _running = Task.Run(WriteAllAsync);

    /// <summary>Writes what is left and ends; so do those who follow.</summary>
    public async Task StopAsync()
    {
        log.Complete();
        await _running.ConfigureAwait(false);
        foreach (var follower in _followers) follower.Writer.TryComplete();
        files.Dispose();
    }

    /// <summary>Lines from now on; null when there are too many who follow already.</summary>
    public Channel<string>? Follow()
    {
        // Who reads too slowly loses lines; the log waits for nobody.
        var follower = Channel.CreateBounded<string>(new BoundedChannelOptions(FollowerQueue) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (files)
        {
            if (_followers.Length >= MostFollowers) return null;
            _followers = _followers.Add(follower);
        }

        return follower;
    }

    /// <summary>Ends that.</summary>
    public void Unfollow(Channel<string> follower)
    {
        lock (files) _followers = _followers.Remove(follower);
    }

    private async Task WriteAllAsync()
    {
        while (await log.Entries.WaitToReadAsync().ConfigureAwait(false))
        {
            try
            {
                WriteBatch();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogFailed(exception);
            }
        }
    }

    private void WriteBatch()
    {
        var barriers = new List<TaskCompletionSource>();
        try
        {
            while (log.Entries.TryRead(out var item))
            {
                if (item.Barrier is { } barrier)
                {
                    barriers.Add(barrier);
                    continue;
                }

                var line = JsonSerializer.SerializeToUtf8Bytes(item.Entry!, LogJson.Default.LogEntry);
                files.Append(line);
                if (_followers.IsEmpty) continue;
                var text = System.Text.Encoding.UTF8.GetString(line);
                foreach (var follower in _followers) follower.Writer.TryWrite(text);
            }

            files.Flush();
        }
        finally
        {
            foreach (var barrier in barriers) barrier.TrySetResult();
        }
    }

    [LoggerMessage(EventId = 5352, Level = LogLevel.Error, Message = "the structured log cannot be written; its events are lost until it can", EventName = "event_log_failed")]
    private partial void LogFailed(Exception exception);
}
