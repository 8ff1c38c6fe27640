using System.Threading.Channels;
using Fairlead.Broker.Extensions;
using Fairlead.Features.Api;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Events;

/// <summary>
/// Takes events where records change, under the gate, and publishes them once the change is durable. Bounded in events and bytes; what
/// does not fit is dropped and counted.
/// </summary>
internal sealed partial class EventQueue(FeatureContext context, ILogger<EventQueue> log)
{
    private const int MostEvents = 16_384;
    private const long MostBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Channel<PublishRequest> _waiting = Channel.CreateBounded<PublishRequest>(
        new BoundedChannelOptions(MostEvents) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private long _bytes;
    private long _published;
    private long _dropped;
    private int _isFull;
    private Task _reading = Task.CompletedTask;
    private volatile bool _isStopping;

    /// <summary>Events published.</summary>
    public long Published => Volatile.Read(ref _published);

    /// <summary>Events dropped because too many waited.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Starts the reader; once.</summary>
    public void Start() => _reading = Task.Run(ReadAsync);

    /// <summary>Publishes what still waits, and ends.</summary>
    public Task StopAsync()
    {
        _isStopping = true;
        _waiting.Writer.TryComplete();
        return _reading;
    }

    /// <summary>Takes an event. Never waits.</summary>
    public void Add(string topic, byte[] payload)
    {
        if (Interlocked.Add(ref _bytes, payload.Length) <= MostBytes && _waiting.Writer.TryWrite(new PublishRequest { Topic = topic, Payload = payload }))
        {
            Volatile.Write(ref _isFull, 0);
            return;
        }

        Interlocked.Add(ref _bytes, -payload.Length);
        Interlocked.Increment(ref _dropped);
        if (Interlocked.Exchange(ref _isFull, 1) == 0) LogFull(MostEvents);
    }

    private async Task ReadAsync()
    {
        var batch = new List<PublishRequest>();
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batch.Count < 1_000 && _waiting.Reader.TryRead(out var next)) batch.Add(next);
            if (!await WaitForCommitAsync().ConfigureAwait(false)) return;
            foreach (var request in batch) Publish(request);
            batch.Clear();
        }
    }

    // False when the hub stops and the disk still takes nothing: what never was durable never happened.
    private async Task<bool> WaitForCommitAsync()
    {
        // Whoever made the changes may hold the gate still, with changes that the store has not been given yet.
        lock (context.Documents.Gate)
        {
        }

        while (true)
        {
            try
            {
                await context.Documents.CommitAsync().ConfigureAwait(false);
                return true;
            }
            catch (ApiException)
            {
                if (_isStopping) return false;
                // The disk is full or gone: the changes wait in memory for better times, and so do their events.
                await Task.Delay(Pause, context.Time).ConfigureAwait(false);
            }
        }
    }

    private void Publish(PublishRequest request)
    {
        Interlocked.Add(ref _bytes, -request.Payload.Length);
        try
        {
            context.Broker.Publish(request);
            Interlocked.Increment(ref _published);
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            LogFailed(exception, request.Topic);
        }
    }

    [LoggerMessage(EventId = 5300, Level = LogLevel.Warning, Message = "more than {Most} registry events wait to be published: further ones are dropped and counted", EventName = "registry_events_dropped")]
    private partial void LogFull(int most);

    [LoggerMessage(EventId = 5301, Level = LogLevel.Error, Message = "a registry event on {Topic} could not be published", EventName = "registry_event_failed")]
    private partial void LogFailed(Exception exception, string topic);
}
