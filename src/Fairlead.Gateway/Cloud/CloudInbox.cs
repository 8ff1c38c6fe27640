using Fairlead.Gateway.Devices;
using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Cloud;

/// <summary>
/// Cloud-to-device messages of one device, pushed by the hub as far as consumers have room (spec section 9.4 item 7). Without a consumer the
/// hub has no credit and keeps the messages (checklist 76).
/// </summary>
internal sealed class CloudInbox
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SpareTime = TimeSpan.FromSeconds(5);

    private readonly HubDevice _device;
    private readonly ExclusiveLink<ICloudMessageLink> _link;
    private readonly Lock _gate = new();
    private readonly ConsumerList<ICloudConsumer> _consumers;
    private readonly Dictionary<string, LockedMessage> _locked = new(StringComparer.Ordinal);
    private readonly Queue<LockedMessage> _spare = [];

    /// <summary>Makes it; nothing is attached.</summary>
    public CloudInbox(HubDevice device)
    {
        _device = device;
        _consumers = new ConsumerList<ICloudConsumer>(device.Services.Time);
        _link = new ExclusiveLink<ICloudMessageLink>(
            device, "cloud-to-device", Linger, (hub, onDetached, token) => hub.OpenCloudMessagesAsync(device.Id, OnMessage, onDetached, token), _ => OnAttached(), OnLost);
    }

    /// <summary>Whether the link stands.</summary>
    public bool IsAttached => _link.Current is not null;

    /// <summary>Messages that the hub may send now.</summary>
    public int Credit => _link.Current?.Credit ?? 0;

    /// <summary>Whether somebody takes messages.</summary>
    public bool HasConsumers
    {
        get
        {
            lock (_gate) return _consumers.Exists(static consumer => consumer.Rank < 2);
        }
    }

    /// <summary>Messages that consumers hold.</summary>
    public int Locked
    {
        get
        {
            lock (_gate) return _locked.Count;
        }
    }

    /// <summary>Waits until the link stands; a fault says why it does not.</summary>
    public async ValueTask<HubFault?> WhenAttachedAsync(CancellationToken cancellationToken) => (await _link.GetAsync(cancellationToken)).Fault;

    /// <summary>Adds a consumer: the link is attached when it is not yet.</summary>
    public void Add(ICloudConsumer consumer)
    {
        lock (_gate) _consumers.Add(consumer);
        _link.Want(arrival: !consumer.IsStanding);
        Refresh();
    }

    /// <summary>Removes a consumer; what it holds is given back at once (checklist 76).</summary>
    /// <param name="consumer">Consumer.</param>
    /// <param name="keepLocks">Whether what it holds stays locked: a long poll is over when its message is out.</param>
    public void Remove(ICloudConsumer consumer, bool keepLocks = false)
    {
        LockedMessage[] held = [];
        bool last;
        lock (_gate)
        {
            if (!_consumers.Remove(consumer)) return;
            last = _consumers.Count == 0;
            if (!keepLocks) held = [.. _locked.Values.Where(message => message.Holder == consumer)];
        }

        foreach (var message in held) Give(message, MessageOutcome.Abandon);
        if (last) _link.Leave();
        Refresh();
    }

    /// <summary>Hands on what waits, and tells the hub how much more may come.</summary>
    public void Refresh()
    {
        while (TryTakeSpare(out var message)) Dispatch(message);
        if (_link.Current is not { } link) return;
        int room;
        do
        {
            room = CountRoom();
            link.SetCredit(room);
        }
        while (room != CountRoom()); // a message came in between: who counts last is right
    }

    /// <summary>Settles a message.</summary>
    /// <param name="lockToken">Its lock, as the device knows it.</param>
    /// <param name="outcome">Outcome.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<HubFault?> SettleAsync(string lockToken, MessageOutcome outcome, CancellationToken cancellationToken)
    {
        LockedMessage? message;
        lock (_gate)
        {
            if (!_locked.Remove(lockToken, out message))
                return new HubFault(HubFaultKind.LockLost, "com.microsoft:message-lock-lost", "the message is not locked any more; it comes again") { Code = 412_002 };
        }

        var fault = await message.Link.SettleAsync(message.Message, outcome, cancellationToken);
        _device.Services.Metrics.CountSettled(outcome, fault);
        message.Holder?.OnReleased(message);
        Refresh();
        return fault;
    }

    /// <summary>There is a new connection.</summary>
    public void Resume() => _link.Resume();

    /// <summary>Once a second: what was held too long goes back to the hub.</summary>
    public void Sweep()
    {
        var time = _device.Services.Time;
        List<LockedMessage> late = [];
        lock (_gate)
        {
            foreach (var (_, message) in _locked)
            {
                if (time.GetElapsedTime(message.Taken) >= _device.Services.Options.LockTime) late.Add(message);
            }

            // A message that crossed with the end of a poll waits a moment for the next one.
            while (_spare.TryPeek(out var spare) && time.GetElapsedTime(spare.Taken) >= SpareTime) late.Add(_spare.Dequeue());
        }

        foreach (var message in late) Give(message, MessageOutcome.Abandon);
        if (late.Count > 0) Refresh();
        _link.Sweep();
    }

    /// <summary>The token of the device has expired.</summary>
    public void EndConsumers()
    {
        foreach (var consumer in Consumers()) consumer.End(ConsumerEnd.Expired);
    }

    /// <summary>Gives everything back and detaches; spec section 9.4 item 11.</summary>
    public async Task CloseAsync()
    {
        LockedMessage[] all;
        lock (_gate)
        {
            all = [.. _locked.Values, .. _spare];
            _locked.Clear();
            _spare.Clear();
        }

        foreach (var message in all) await message.Link.SettleAsync(message.Message, MessageOutcome.Abandon, CancellationToken.None);
        foreach (var consumer in Consumers()) consumer.End(ConsumerEnd.Stopping);
        _link.Leave();
        await _link.CloseAsync();
    }

    private void OnAttached()
    {
        lock (_gate) _consumers.OnAttached();
        Refresh();
    }

    private ICloudConsumer[] Consumers()
    {
        lock (_gate) return _consumers.All;
    }

    private int CountRoom()
    {
        lock (_gate)
        {
            int room = 0;
            bool present = _consumers.Exists(static consumer => !consumer.IsStanding);
            for (int i = 0; i < _consumers.Count; i++)
            {
                if (!present || !_consumers[i].IsStanding) room += _consumers[i].Room;
            }

            return Math.Max(0, room - _spare.Count);
        }
    }

    private void OnMessage(CloudMessage message)
    {
        if (_link.Current is not { } link) return;
        _device.Services.Metrics.CountDelivered();
        Dispatch(new LockedMessage($"{_device.Services.Options.InstanceId}-{message.LockToken}", message, link, _device.Services.Time.GetTimestamp()));
    }

    // The device's own stream or poll first; a webhook takes what they leave.
    private void Dispatch(LockedMessage message)
    {
        lock (_gate) _locked[message.Lock] = message;
        foreach (var consumer in Consumers().OrderBy(static consumer => consumer.Rank))
        {
            message.Holder = consumer;
            if (consumer.TryTake(message)) return;
        }

        lock (_gate)
        {
            message.Holder = null;
            if (_locked.Remove(message.Lock)) _spare.Enqueue(message);
        }
    }

    private bool TryTakeSpare(out LockedMessage message)
    {
        lock (_gate)
        {
            message = null!;
            return _consumers.Exists(static consumer => consumer.Room > 0) && _spare.TryDequeue(out message!);
        }
    }

    private void Give(LockedMessage message, MessageOutcome outcome)
    {
        bool held;
        lock (_gate) held = _locked.Remove(message.Lock);
        if (!held && message.Holder is not null) return; // settled meanwhile
        _device.Services.Metrics.CountSettled(outcome, null);
        message.Holder?.OnReleased(message);
        _ = message.Link.SettleAsync(message.Message, outcome, CancellationToken.None);
    }

    // Locks go with the link: the hub delivers those messages again, here or where the link is now.
    private void OnLost(HubFault fault)
    {
        LockedMessage[] gone;
        ICloudConsumer[] ending;
        ConsumerEnd why;
        bool wanted;
        lock (_gate)
        {
            gone = [.. _locked.Values];
            _locked.Clear();
            _spare.Clear();
            ending = _consumers.OnLost(fault, out why, out wanted);
        }

        foreach (var message in gone) message.Holder?.OnReleased(message);
        ConsumerEnds.End(ending, why, consumer => Remove(consumer));
        if (wanted) _link.Want(arrival: true);
    }
}
