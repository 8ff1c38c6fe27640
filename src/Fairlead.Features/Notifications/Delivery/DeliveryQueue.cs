using Fairlead.Features.Api;
using Fairlead.Features.Documents;
using Fairlead.Features.Notifications.Topics;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Notifications.Delivery;

/// <summary>
/// Deliveries from the moment in which they were promised until they are done, tried again as their protocol asks. They lie in the store:
/// what was promised is delivered after a crash too, at least once. Bounded in number and bytes, in all and for each subscription; over
/// the bound the oldest goes, and is counted.
/// </summary>
internal sealed partial class DeliveryQueue : IDisposable
{
    private const int HttpAtOnce = 64;
    private const int MailAtOnce = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly FeatureContext _context;
    private readonly TopicTables _tables;
    private readonly NotificationOptions _options;
    private readonly NotificationCounters _counters;
    private readonly ILogger<DeliveryQueue> _log;
    private readonly RecordTable<PendingMessage> _messages;
    private readonly RecordTable<PendingDelivery> _deliveries;
    private readonly LinkedList<Delivery> _all = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _http = new(HttpAtOnce, HttpAtOnce);
    private readonly SemaphoreSlim _mail = new(MailAtOnce, MailAtOnce);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborted = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<Protocol, IDeliverySender>? _senders;
    private Task _opened = Task.CompletedTask;
    private long _bytes;
    private int _pending;
    // One for the queue itself, until it stops.
    private int _running = 1;
    private bool _isDropping;

    /// <summary>Makes the queue; before documents are loaded.</summary>
    public DeliveryQueue(FeatureContext context, TopicTables tables, NotificationOptions options, NotificationCounters counters)
    {
        _context = context;
        _tables = tables;
        _options = options;
        _counters = counters;
        _log = new Logger<DeliveryQueue>(context.Loggers);
        _messages = new RecordTable<PendingMessage>(context.Documents, "notification-messages", PendingJson.Default.PendingMessage);
        _deliveries = new RecordTable<PendingDelivery>(context.Documents, "notification-deliveries", PendingJson.Default.PendingDelivery);
        counters.Pending = () => Volatile.Read(ref _pending);
        counters.PendingBytes = () => Volatile.Read(ref _bytes);
    }

    /// <summary>Goes on with what the last run of the hub left.</summary>
    /// <param name="senders">Delivers by a protocol.</param>
    /// <param name="opened">Done once the hub knows its own address, which messages tell.</param>
    public void Start(Func<Protocol, IDeliverySender> senders, Task opened)
    {
        _senders = senders;
        _opened = opened;
        var left = new List<Delivery>();
        lock (_context.Documents.Gate)
        {
            foreach (var (key, pending) in _deliveries.After(null).ToList())
            {
                if (_messages.Find(pending.MessageId) is { } message) left.Add(Place(new Delivery(message, pending.Subscription)));
                else _deliveries.Remove(key);
            }

            foreach (var (key, _) in _messages.After(null).ToList())
            {
                if (!_users.ContainsKey(key)) _messages.Remove(key);
            }

            if (left.Count > 0) LogLeft(left.Count);
            foreach (var delivery in left) Launch(delivery);
        }
    }

    /// <summary>
    /// Promises deliveries: they are kept with the caller's own changes, and tried once those are durable. Under
    /// <see cref="DocumentStore.Gate"/>.
    /// </summary>
    public void Add(PendingMessage message, IReadOnlyList<Subscription> receivers)
    {
        if (receivers.Count == 0) return;
        var added = new List<Delivery>(receivers.Count);
        _context.Documents.InOne(() =>
        {
            _messages.Save(message.Id, message);
            foreach (var receiver in receivers)
            {
                _deliveries.Save(Delivery.KeyOf(message.Id, receiver.Key), new PendingDelivery(message.Id, receiver.Key));
                added.Add(Place(new Delivery(message, receiver.Key)));
                if (_lanes[receiver.Key].Waiting is { } lane && lane.Count > _options.MostPendingPerSubscription) Drop(lane.First!.Value, receiver.Protocol);
            }

            while (_all.Count > _options.MostPending || (_bytes > _options.MostPendingBytes && _all.Count > 1))
            {
                var oldest = _all.First!.Value;
                Drop(oldest, _tables.Subscriptions.Find(oldest.Subscription)?.Protocol ?? Protocol.Email);
            }
        });
        _ = LaunchWhenDurableAsync(added);
    }

    /// <summary>Forgets what waits for a subscription that has ended. Under the gate.</summary>
    public void Cancel(string subscription)
    {
        if (!_lanes.TryGetValue(subscription, out var lane)) return;
        while (lane.Waiting.First is { } first)
        {
            var delivery = first.Value;
            Remove(delivery);
            delivery.Cancel();
        }
    }

    /// <summary>Lets what is being tried end, and keeps the rest for the next start.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Leave();
        await Task.WhenAny(_idle.Task, Task.Delay(Grace, _context.Time)).ConfigureAwait(false);
        await _aborted.CancelAsync().ConfigureAwait(false);
        await _idle.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _mail.Dispose();
        _stopping.Dispose();
        _aborted.Dispose();
        foreach (var lane in _lanes.Values) lane.Dispose();
    }

    private async Task LaunchWhenDurableAsync(List<Delivery> added)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        // Whoever made the changes may hold the gate still, with changes that the store has not been given yet.
        lock (_context.Documents.Gate)
        {
        }

        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _context.Documents.CommitAsync().ConfigureAwait(false);
                break;
            }
            catch (ApiException)
            {
                // The disk takes nothing: the promise was not given either, but the records wait in memory for better times.
                await Task.Delay(Pause, _context.Time).ConfigureAwait(false);
            }
        }

        lock (_context.Documents.Gate)
        {
            foreach (var delivery in added) Launch(delivery);
        }
    }

    /// <summary>Under the gate.</summary>
    private void Launch(Delivery delivery)
    {
        if (_senders is null || _stopping.IsCancellationRequested || delivery.Place is null || !_lanes.TryGetValue(delivery.Subscription, out var lane)) return;
        lane.Users++;
        _running++;
        _ = RunAsync(delivery, lane);
    }

    private async Task RunAsync(Delivery delivery, Lane lane)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(delivery.Cancelled, _stopping.Token);
        try
        {
            await _opened.WaitAsync(waiting.Token).ConfigureAwait(false);
            for (var tries = 1; await TryAsync(delivery, lane, tries, waiting.Token).ConfigureAwait(false) is { } delay; tries++)
                await Task.Delay(delay, _context.Time, waiting.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Dropped, ended, or the hub stops: in that case its record is there at the next start.
        }
        catch (Exception exception)
        {
            // A fault of ours: the delivery stays where it is and is tried again after the next start.
            LogFault(exception, delivery.Message.Id, delivery.Subscription);
        }

        lock (_context.Documents.Gate)
        {
            if (--lane.Users == 0 && lane.Waiting.Count == 0 && _lanes.Remove(delivery.Subscription)) lane.Dispose();
            // What a fault left in its place can still be dropped or ended.
            if (delivery.Place is null) delivery.Dispose();
        }

        Leave();
    }

    /// <summary>Tries once. Null when the delivery is done, for good or ill; otherwise the wait before the next try.</summary>
    private async Task<TimeSpan?> TryAsync(Delivery delivery, Lane lane, int tries, CancellationToken waiting)
    {
        await lane.Door.WaitAsync(waiting).ConfigureAwait(false);
        try
        {
            if (_tables.Subscriptions.Find(delivery.Subscription) is not { } subscription || _tables.Topics.Find(subscription.Topic) is not { } topic ||
                subscription.IsConfirmed != (delivery.Message.Kind == MessageKind.Notification))
            {
                Finish(delivery, null, null);
                return null;
            }

            var sender = _senders!(subscription.Protocol);
            var outcome = await SendAsync(delivery, subscription, topic, sender, waiting).ConfigureAwait(false);
            return Judge(delivery, subscription, sender.PolicyOf(subscription, topic), outcome, tries);
        }
        finally
        {
            lane.Door.Release();
        }
    }

    private async Task<DeliveryOutcome> SendAsync(
        Delivery delivery, Subscription subscription, Topic topic, IDeliverySender sender, CancellationToken waiting)
    {
        var door = subscription.Protocol.IsMail() ? _mail : _http;
        await door.WaitAsync(waiting).ConfigureAwait(false);
        try
        {
            var timeout = subscription.Protocol.IsMail() ? _options.MailTimeout : _options.Timeout;
            using var deadline = new CancellationTokenSource(timeout, _context.Time);
            using var limits = CancellationTokenSource.CreateLinkedTokenSource(delivery.Cancelled, _aborted.Token, deadline.Token);
            try
            {
                return await sender.SendAsync(delivery.Message, subscription, topic, limits.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                return DeliveryOutcome.Transient($"no answer within {timeout.TotalSeconds} s");
            }
        }
        finally
        {
            door.Release();
        }
    }

    private TimeSpan? Judge(Delivery delivery, Subscription subscription, RetryPolicy policy, DeliveryOutcome outcome, int tries)
    {
        var protocol = subscription.Protocol;
        switch (outcome.Result)
        {
            case DeliveryResult.Delivered:
                Finish(delivery, protocol, DeliveryEnd.Delivered);
                LogDelivered(delivery.Message.Id, delivery.Subscription, protocol.Name());
                return null;
            case DeliveryResult.Refused:
                Finish(delivery, protocol, DeliveryEnd.Refused);
                LogRefused(delivery.Message.Id, delivery.Subscription, protocol.Name(), outcome.Why);
                return null;
            case DeliveryResult.Transient when tries > policy.Retries:
                Finish(delivery, protocol, DeliveryEnd.Failed);
                LogFailed(delivery.Message.Id, delivery.Subscription, protocol.Name(), tries, outcome.Why);
                return null;
            default:
                var delay = policy.DelayBefore(tries);
                _counters.OnRetry(protocol);
                LogRetry(delivery.Message.Id, delivery.Subscription, protocol.Name(), delay.TotalSeconds, outcome.Why);
                return delay;
        }
    }

    private void Finish(Delivery delivery, Protocol? protocol, DeliveryEnd? end)
    {
        lock (_context.Documents.Gate)
        {
            if (delivery.Place is null) return;
            Remove(delivery);
        }

        if (protocol is { } by && end is { } how) _counters.OnEnded(by, how);
    }

    /// <summary>Under the gate.</summary>
    private Delivery Place(Delivery delivery)
    {
        if (!_lanes.TryGetValue(delivery.Subscription, out var lane)) _lanes[delivery.Subscription] = lane = new Lane();
        delivery.Place = _all.AddLast(delivery);
        delivery.PlaceInLane = lane.Waiting.AddLast(delivery);
        var users = _users.GetValueOrDefault(delivery.Message.Id);
        _users[delivery.Message.Id] = users + 1;
        if (users == 0) _bytes += delivery.Message.Size;
        _pending = _all.Count;
        return delivery;
    }

    /// <summary>Under the gate.</summary>
    private void Remove(Delivery delivery)
    {
        _all.Remove(delivery.Place!);
        delivery.Place = null;
        _pending = _all.Count;
        var lane = _lanes[delivery.Subscription];
        lane.Waiting.Remove(delivery.PlaceInLane!);
        if (lane.Users == 0 && lane.Waiting.Count == 0 && _lanes.Remove(delivery.Subscription)) lane.Dispose();
        if (_all.Count < _options.MostPending / 2) _isDropping = false;
        _context.Documents.InOne(() =>
        {
            _deliveries.Remove(delivery.Key);
            if (--_users[delivery.Message.Id] > 0) return;
            _users.Remove(delivery.Message.Id);
            _messages.Remove(delivery.Message.Id);
            _bytes -= delivery.Message.Size;
        });
    }

    /// <summary>Under the gate.</summary>
    private void Drop(Delivery delivery, Protocol protocol)
    {
        Remove(delivery);
        delivery.Cancel();
        _counters.OnEnded(protocol, DeliveryEnd.Dropped);
        if (_isDropping) return;
        _isDropping = true;
        LogDropping(delivery.Subscription);
    }

    private void Leave()
    {
        bool isLast;
        lock (_context.Documents.Gate) isLast = --_running == 0;
        if (isLast) _idle.TrySetResult();
    }

    [LoggerMessage(EventId = 7200, Level = LogLevel.Information, Message = "{Count} deliveries of notifications go on that the last run left", EventName = "notification_deliveries_left")]
    private partial void LogLeft(int count);

    [LoggerMessage(EventId = 7201, Level = LogLevel.Debug, Message = "notification {MessageId} delivered to {Subscription} by {Protocol}", EventName = "notification_delivered")]
    private partial void LogDelivered(string messageId, string subscription, string protocol);

    [LoggerMessage(EventId = 7202, Level = LogLevel.Information, Message = "notification {MessageId} not delivered to {Subscription} by {Protocol}, again in {Seconds} s: {Why}", EventName = "notification_retried")]
    private partial void LogRetry(string messageId, string subscription, string protocol, double seconds, string why);

    [LoggerMessage(EventId = 7203, Level = LogLevel.Warning, Message = "notification {MessageId} given up for {Subscription} by {Protocol} after {Tries} tries: {Why}", EventName = "notification_failed")]
    private partial void LogFailed(string messageId, string subscription, string protocol, int tries, string why);

    [LoggerMessage(EventId = 7204, Level = LogLevel.Warning, Message = "notification {MessageId} refused by the receiver of {Subscription} by {Protocol}: {Why}", EventName = "notification_refused")]
    private partial void LogRefused(string messageId, string subscription, string protocol, string why);

    [LoggerMessage(EventId = 7205, Level = LogLevel.Warning, Message = "more notifications wait than Sns:MaximumPending, Sns:MaximumPendingBytes or Sns:MaximumPendingPerSubscription allow: the oldest are dropped and counted, first one to {Subscription}", EventName = "notifications_dropped")]
    private partial void LogDropping(string subscription);

    [LoggerMessage(EventId = 7206, Level = LogLevel.Error, Message = "notification {MessageId} to {Subscription} met a fault of the hub", EventName = "notification_fault")]
    private partial void LogFault(Exception exception, string messageId, string subscription);
}
