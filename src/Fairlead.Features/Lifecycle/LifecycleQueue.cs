using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Fairlead.Broker.Extensions;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Lifecycle;

/// <summary>
/// Lifecycle events on their way from the connections where they happen to the topics where they are told: bounded, in order, and off
/// the packet path. Those that do not fit are counted.
/// </summary>
internal sealed partial class LifecycleQueue(FeatureContext context)
{
    private const int Length = 65_536;
    private readonly Channel<LifecycleDocument> _queue =
        Channel.CreateBounded<LifecycleDocument>(new BoundedChannelOptions(Length) { SingleReader = true });

    private readonly ILogger _logger = context.Loggers.CreateLogger("Fairlead.Lifecycle");
    private Task _running = Task.CompletedTask;
    private long _dropped;

    /// <summary>Events that did not fit.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Adds an event. Client Identifiers that would be wildcards in a topic have none (spec/aws-messaging, section 2.1).</summary>
    public void Add(LifecycleDocument happened)
    {
        if (happened.ClientId.AsSpan().IndexOfAny('#', '+') >= 0) return;
        // A site that comes back with a thousand clients wakes nobody for events that nobody hears.
        if (!context.Broker.IsWanted(Encoding.UTF8.GetBytes(happened.Topic))) return;
        if (!_queue.Writer.TryWrite(happened)) Interlocked.Increment(ref _dropped);
    }

    /// <summary>Starts to publish.</summary>
    public void Start() => _running = Task.Run(PublishAllAsync);

    /// <summary>Publishes what is left and ends.</summary>
    public Task StopAsync()
    {
        _queue.Writer.TryComplete();
        return _running;
    }

    private async Task PublishAllAsync()
    {
        await foreach (var happened in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                context.Broker.Publish(new PublishRequest
                {
                    Topic = happened.Topic,
                    Payload = JsonSerializer.SerializeToUtf8Bytes(happened, LifecycleJson.Default.LifecycleDocument),
                });
            }
            catch (Exception exception)
            {
                LogFailed(exception, happened.EventType, happened.ClientId);
            }
        }
    }

    [LoggerMessage(EventId = 5350, Level = LogLevel.Error, Message = "the {Event} event of {ClientId} could not be published", EventName = "lifecycle_event_failed")]
    private partial void LogFailed(Exception exception, string @event, string clientId);
}
