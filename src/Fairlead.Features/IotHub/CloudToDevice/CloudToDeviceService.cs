using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Features.IotHub.Messages;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.IotHub.CloudToDevice;

/// <summary>
/// The queues of all devices. Each is changed under its own lock; the store is told under that lock and waited for without it; consumers are
/// called under no lock.
/// </summary>
internal sealed partial class CloudToDeviceService : ICloudToDevice, IDisposable
{
    private readonly FeatureContext _context;
    private readonly IotHubOptions _options;
    private readonly Func<IdentityName, string?> _generationOf;
    private readonly CloudToDeviceTable _table;
    private readonly FeedbackQueue _feedback;
    private readonly QueueSchedule _schedule;
    private readonly ConcurrentDictionary<IdentityName, DeviceQueue> _queues = new();
    private readonly RateLimit _rate;
    private readonly ILogger _log;
    private long _lastSequence;
    private long _lastNumber;

    /// <summary>Makes empty queues; before documents are loaded.</summary>
    /// <param name="context">Store, clock.</param>
    /// <param name="options">Limits.</param>
    /// <param name="generationOf">Generation of an identity; null when there is no such identity.</param>
    public CloudToDeviceService(FeatureContext context, IotHubOptions options, Func<IdentityName, string?> generationOf)
    {
        (_context, _options, _generationOf) = (context, options, generationOf);
        _table = new CloudToDeviceTable(context.Documents) { OnLoaded = Restore };
        _feedback = new FeedbackQueue(context, options, Counters);
        _schedule = new QueueSchedule(context.Time, Sweep);
        _log = context.Loggers.CreateLogger("Fairlead.IotHub");
        _rate = new RateLimit(context.Time, options.CloudToDeviceRate);
    }

    /// <summary>What is counted.</summary>
    public CloudToDeviceCounters Counters { get; } = new();

    /// <inheritdoc/>
    public IFeedbackQueue Feedback => _feedback;

    /// <summary>Called when all documents are loaded: what has expired meanwhile ends now.</summary>
    public void Start()
    {
        foreach (var (_, queue) in _queues)
        {
            lock (queue.Lock) _schedule.Set(queue, queue.DueAt);
        }

        _feedback.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _schedule.Dispose();
        _feedback.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask<IotHubError?> EnqueueAsync(IdentityName to, IotMessage message)
    {
        var error = Check(to, message);
        if (error is null)
        {
            var commit = new AwaitedCommit();
            error = Enqueue(to, message, commit, out var waiting);
            if (error is null)
            {
                Counters.CountAccepted();
                if (await commit.WaitAsync().ConfigureAwait(false)) return null;
                TakeBack(to, waiting!);
                error = IotHubError.ServiceUnavailable("the store cannot write now");
            }
        }

        Counters.CountRefused();
        return error;
    }

    /// <inheritdoc/>
    public CloudToDeviceReceiver Attach(IdentityName identity, ICloudToDeviceConsumer consumer) => Attach(identity, consumer, holdsLocks: false);

    /// <summary>The same, with locks that last as long as the receiver.</summary>
    public CloudToDeviceReceiver Attach(IdentityName identity, ICloudToDeviceConsumer consumer, bool holdsLocks)
    {
        var receiver = new CloudToDeviceReceiver(this, identity, consumer, holdsLocks);
        var queue = Enter(identity);
        CloudToDeviceReceiver? older;
        try
        {
            (older, queue.Receiver) = (queue.Receiver, receiver);
        }
        finally
        {
            Leave(queue);
        }

        older?.Replaced();
        return receiver;
    }

    /// <inheritdoc/>
    public bool TryLock(IdentityName identity, [NotNullWhen(true)] out LockedMessage? message) => TryLock(identity, null, out message);

    /// <inheritdoc/>
    public IotHubError? Settle(IdentityName identity, Guid lockToken, Settlement settlement) => Settle(identity, lockToken, settlement, null);

    /// <inheritdoc/>
    public async ValueTask<IotHubError?> SettleAsync(IdentityName identity, Guid lockToken, Settlement settlement)
    {
        var commit = new AwaitedCommit();
        if (Settle(identity, lockToken, settlement, commit) is { } error) return error;
        return await commit.WaitAsync().ConfigureAwait(false) ? null : IotHubError.ServiceUnavailable("the store cannot write now");
    }

    /// <inheritdoc/>
    public async ValueTask<int> PurgeAsync(IdentityName identity)
    {
        var commit = new AwaitedCommit();
        var purged = Purge(identity, commit);
        await commit.WaitAsync().ConfigureAwait(false);
        return purged;
    }

    /// <inheritdoc/>
    public int Count(IdentityName identity)
    {
        if (!_queues.TryGetValue(identity, out var queue)) return 0;
        lock (queue.Lock) return queue.Messages.Count;
    }

    /// <inheritdoc/>
    public bool IsReceiving(IdentityName identity) => _queues.TryGetValue(identity, out var queue) && queue.Receiver is not null;

    /// <summary>Removes every message, those that are locked too.</summary>
    public int Purge(IdentityName identity, CommitReceipt? receipt)
    {
        if (!_queues.ContainsKey(identity)) return 0;
        var queue = Enter(identity);
        try
        {
            var purged = 0;
            while (queue.Messages.Count > 0)
            {
                if (!queue.Messages[0].IsDirect) purged++;
                End(queue, queue.Messages[0], FeedbackStatus.Purged, DirectResult.Disconnected, receipt);
            }

            return purged;
        }
        finally
        {
            Leave(queue);
        }
    }

    /// <summary>
    /// Offers a direct message to whoever receives for a device now: past the store, never queued for later (spec/aws-messaging 3.7).
    /// </summary>
    /// <param name="identity">The device.</param>
    /// <param name="message">The message.</param>
    /// <param name="life">How long it may wait for the receiver to take it.</param>
    /// <param name="onEnded">Hears that it was settled or that the receiver went away; null when nobody waits. Called under a lock: must not block.</param>
    /// <returns><see cref="DirectResult.Sent"/>, or why not.</returns>
    public DirectResult Offer(IdentityName identity, IotMessage message, TimeSpan life, Action<DirectResult>? onEnded)
    {
        if (!IsReceiving(identity)) return DirectResult.NotConnected;
        CloudToDeviceReceiver? receiver;
        var queue = Enter(identity);
        try
        {
            receiver = queue.Receiver;
            if (receiver is null) return DirectResult.NotConnected;
            if (queue.Messages.Count >= _options.QueueDepth) return DirectResult.WindowFull;
            var now = _context.Now;
            var expiresAt = now + (long)life.TotalMilliseconds;
            Add(queue, new WaitingMessage(Interlocked.Increment(ref _lastSequence), Addressed(identity, message, expiresAt), now, expiresAt)
            {
                IsDirect = true,
                OnEnded = onEnded,
            });
        }
        finally
        {
            Leave(queue);
        }

        receiver.Consumer.OnAvailable();
        return DirectResult.Sent;
    }

    private static IotMessage Addressed(IdentityName to, IotMessage message, long expiresAt) => message with
    {
        To = AddressOf(to),
        ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(expiresAt),
    };

    /// <summary>What devices see as the address of a message to them.</summary>
    private static string AddressOf(IdentityName to) => to.ModuleId is { } module
        ? $"/devices/{Uri.EscapeDataString(to.DeviceId)}/modules/{Uri.EscapeDataString(module)}/messages/devicebound"
        : $"/devices/{Uri.EscapeDataString(to.DeviceId)}/messages/devicebound";

    private IotHubError? Check(IdentityName to, IotMessage message)
    {
        if (_generationOf(to) is null)
            return to.ModuleId is null ? IotHubError.DeviceNotFound($"there is no device {to}") : IotHubError.ModuleNotFound($"there is no module {to}");
        if (message.Size > CloudToDeviceLimits.LargestMessage)
            return IotHubError.MessageTooLarge($"a message to a device may have {CloudToDeviceLimits.LargestMessage} bytes, properties included");
        if (!_rate.TryTake(1)) return IotHubError.Throttling("too many messages to devices in this second");
        return _table.IsHealthy ? null : IotHubError.ServiceUnavailable("the store cannot write now");
    }

    private IotHubError? Enqueue(IdentityName to, IotMessage message, CommitReceipt receipt, out WaitingMessage? waiting)
    {
        waiting = null;
        var now = _context.Now;
        var latest = now + (long)CloudToDeviceLimits.LongestLife.TotalMilliseconds;
        var expiresAt = message.ExpiresAt is { } named ? Math.Min(named.ToUnixTimeMilliseconds(), latest) : now + (long)_options.MessageLife.TotalMilliseconds;
        CloudToDeviceReceiver? receiver;
        var queue = Enter(to);
        try
        {
            if (queue.Messages.Count >= _options.QueueDepth)
                return IotHubError.QueueDepthExceeded($"{queue.Messages.Count} messages wait for {to} already");
            waiting = new WaitingMessage(Interlocked.Increment(ref _lastSequence), Addressed(to, message, expiresAt), now, expiresAt);
            Add(queue, waiting);
            _table.Save(to, waiting, receipt);
            receiver = queue.Receiver;
        }
        finally
        {
            Leave(queue);
        }

        // A device may have it before its sender hears of it: what was sent once may arrive, what was confirmed must.
        receiver?.Consumer.OnAvailable();
        return null;
    }

    private void Restore(IdentityName identity, WaitingMessage message)
    {
        _lastSequence = Math.Max(_lastSequence, message.Sequence);
        var queue = _queues.GetOrAdd(identity, NewQueue);
        lock (queue.Lock) Add(queue, message);
    }

    private void Add(DeviceQueue queue, WaitingMessage message)
    {
        queue.Add(message);
        Counters.AddWaiting(1);
    }

    private DeviceQueue NewQueue(IdentityName identity) => new(identity) { Number = Interlocked.Increment(ref _lastNumber) };

    /// <summary>The queue of an identity with its lock held, made when there is none; <see cref="Leave"/> gives it back.</summary>
    private DeviceQueue Enter(IdentityName identity)
    {
        while (true)
        {
            var queue = _queues.GetOrAdd(identity, NewQueue);
            queue.Lock.Enter();
            if (!queue.IsForgotten) return queue;
            queue.Lock.Exit();
        }
    }

    private void Leave(DeviceQueue queue)
    {
        _schedule.Set(queue, queue.DueAt);
        if (queue.IsIdle)
        {
            queue.IsForgotten = true;
            _queues.TryRemove(new KeyValuePair<IdentityName, DeviceQueue>(queue.Identity, queue));
        }

        queue.Lock.Exit();
    }
}
