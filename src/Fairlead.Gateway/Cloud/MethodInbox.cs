using System.Globalization;
using Fairlead.Gateway.Devices;
using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Cloud;

/// <summary>
/// Direct methods of one device. The links are attached only while somebody takes calls, so that callers are told at once when nobody does
/// (spec section 9.4 item 8).
/// </summary>
internal sealed class MethodInbox
{
    private const int MostUnclaimed = 16;
    private const int MostPending = 1000;
    private const int GatewayTimeout = 504;
    private static readonly TimeSpan Unclaimed = TimeSpan.FromSeconds(30);

    /// <summary>Longest time that a hub waits for an answer (spec section 4.4).</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(300);

    private readonly HubDevice _device;
    private readonly ExclusiveLink<IMethodLink> _link;
    private readonly Lock _gate = new();
    private readonly ConsumerList<IMethodConsumer> _consumers;
    private readonly Dictionary<string, PendingCall> _pending = new(StringComparer.Ordinal);
    private readonly Queue<PendingCall> _unclaimed = [];
    private readonly Queue<MethodCall> _early = [];
    private long _number;

    /// <summary>Makes it; nothing is attached.</summary>
    public MethodInbox(HubDevice device)
    {
        _device = device;
        _consumers = new ConsumerList<IMethodConsumer>(device.Services.Time);
        _link = new ExclusiveLink<IMethodLink>(
            device, "methods", TimeSpan.Zero, (hub, onDetached, token) => hub.OpenMethodsAsync(device.Id, OnCall, onDetached, token), OnAttached, OnLost);
    }

    /// <summary>Whether the links stand.</summary>
    public bool IsAttached => _link.Current is not null;

    /// <summary>Whether somebody takes calls.</summary>
    public bool HasConsumers
    {
        get
        {
            lock (_gate) return _consumers.Exists(static consumer => consumer.Rank < 2);
        }
    }

    /// <summary>Waits until the links stand; a fault says why they do not.</summary>
    public async ValueTask<HubFault?> WhenAttachedAsync(CancellationToken cancellationToken) => (await _link.GetAsync(cancellationToken)).Fault;

    /// <summary>Adds a consumer: from now on the device counts as subscribed.</summary>
    public void Add(IMethodConsumer consumer)
    {
        List<PendingCall> calls;
        lock (_gate)
        {
            _consumers.Add(consumer);
            calls = [.. _unclaimed];
            _unclaimed.Clear();
        }

        _link.Want(arrival: !consumer.IsStanding);
        foreach (var call in calls) Dispatch(call);
    }

    /// <summary>Removes a consumer. The links go when no answer is due any more; a poller has until the next sweep to come back.</summary>
    /// <param name="consumer">Consumer.</param>
    /// <param name="broke">Whether its connection broke: then nobody will answer the calls that it has taken, and no more is to come.</param>
    public void Remove(IMethodConsumer consumer, bool broke = false)
    {
        PendingCall[] lost;
        lock (_gate)
        {
            if (!_consumers.Remove(consumer)) return;
            lost = [.. _pending.Values.Where(call => call.Holder == consumer && (broke || !call.IsOut))];
        }

        End(lost, broke);
        LeaveWhenDone();
    }

    /// <summary>A call could not be written to whoever had taken it.</summary>
    public void Lose(PendingCall call) => End([call], broke: true);

    /// <summary>Answers a call.</summary>
    /// <param name="id">Its id, as the device knows it.</param>
    /// <param name="status">The device's status.</param>
    /// <param name="payload">JSON, or nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<HubFault?> RespondAsync(string id, int status, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        PendingCall? call;
        lock (_gate)
        {
            if (!_pending.Remove(id, out call)) return new HubFault(HubFaultKind.NotFound, "no-call", "no such call waits for an answer") { Code = 404_000 };
        }

        var fault = await call.Link.RespondAsync(call.Call, status, payload, cancellationToken);
        _device.Services.Metrics.CountMethod(_device.Services.Time.GetElapsedTime(call.Taken));
        LeaveWhenDone();
        return fault;
    }

    /// <summary>There is a new connection.</summary>
    public void Resume() => _link.Resume();

    /// <summary>Once a second: forgets calls that no hub waits for any more.</summary>
    public void Sweep()
    {
        var time = _device.Services.Time;
        lock (_gate)
        {
            foreach (var (id, call) in _pending)
            {
                if (time.GetElapsedTime(call.Taken) >= LongestCall) _pending.Remove(id);
            }

            while (_unclaimed.TryPeek(out var call) && time.GetElapsedTime(call.Taken) >= Unclaimed) _pending.Remove(_unclaimed.Dequeue().Id);
        }

        LeaveWhenDone();
        _link.Sweep();
    }

    /// <summary>The token of the device has expired.</summary>
    public void EndConsumers()
    {
        foreach (var consumer in Consumers()) consumer.End(ConsumerEnd.Expired);
    }

    /// <summary>Detaches.</summary>
    public Task CloseAsync()
    {
        foreach (var consumer in Consumers()) consumer.End(ConsumerEnd.Stopping);
        _link.Leave();
        return _link.CloseAsync();
    }

    private IMethodConsumer[] Consumers()
    {
        lock (_gate) return _consumers.All;
    }

    // What nobody has seen goes to somebody else; what may have been carried out does not, for a method is called once at most. When nobody is
    // left, detaching tells the hub, which tells every caller at once (404); while others wait here for their answers, the answer is 504.
    private void End(PendingCall[] lost, bool broke)
    {
        bool detach;
        List<PendingCall> again = [], failed = [];
        lock (_gate)
        {
            foreach (var call in lost)
            {
                if (!_pending.ContainsKey(call.Id)) continue;
                if (!call.IsOut && _consumers.Count > 0) again.Add(call);
                else if (_pending.Remove(call.Id)) failed.Add(call);
            }

            detach = (broke || failed.Count > 0) && _consumers.Count == 0 && _pending.Count == 0;
        }

        foreach (var call in again) Dispatch(call);
        if (detach)
        {
            _link.Leave();
            _ = _link.CloseAsync();
            return;
        }

        foreach (var call in failed) _ = TellAsync(call);
    }

    private async Task TellAsync(PendingCall call)
    {
        using var limit = new CancellationTokenSource(_device.Services.Options.OperationTimeout, _device.Services.Time);
        await call.Link.RespondAsync(call.Call, GatewayTimeout, "null"u8.ToArray(), limit.Token);
    }

    private void LeaveWhenDone()
    {
        lock (_gate)
        {
            if (_consumers.Count > 0 || _pending.Count > 0) return;
        }

        _link.Leave();
    }

    // A hub may call as soon as the links are attached, before this side knows that they are.
    private void OnAttached(IMethodLink link)
    {
        lock (_gate) _consumers.OnAttached();
        while (true)
        {
            MethodCall? call;
            lock (_gate)
            {
                if (!_early.TryDequeue(out call)) return;
            }

            OnCall(call);
        }
    }

    private void OnCall(MethodCall call)
    {
        IMethodLink? link;
        lock (_gate)
        {
            link = _link.Current;
            if (link is null && _early.Count < MostUnclaimed) _early.Enqueue(call);
        }

        if (link is null) return;
        PendingCall pending;
        lock (_gate)
        {
            if (_pending.Count >= MostPending) return; // the hub tells the caller that no answer came
            string id = $"{_device.Services.Options.InstanceId}-{(++_number).ToString(CultureInfo.InvariantCulture)}x{call.CorrelationId.GetHashCode(StringComparison.Ordinal):x8}";
            _pending[id] = pending = new PendingCall(id, call, link, _device.Services.Time.GetTimestamp());
        }

        Dispatch(pending);
    }

    private void Dispatch(PendingCall call)
    {
        foreach (var consumer in Consumers().OrderBy(static consumer => consumer.Rank))
        {
            if (!consumer.TryTake(call)) continue;
            bool gone;
            lock (_gate)
            {
                call.Holder = consumer;
                gone = !_consumers.Contains(consumer);
            }

            // Removed meanwhile: what it had taken by then was looked for before this call said whose it is.
            if (gone && !call.IsOut) End([call], broke: false);
            return;
        }

        lock (_gate)
        {
            if (_unclaimed.Count < MostUnclaimed) _unclaimed.Enqueue(call);
            else _pending.Remove(call.Id);
        }
    }

    private void OnLost(HubFault fault)
    {
        IMethodConsumer[] ending;
        ConsumerEnd why;
        bool wanted;
        lock (_gate)
        {
            _pending.Clear();
            _unclaimed.Clear();
            _early.Clear();
            ending = _consumers.OnLost(fault, out why, out wanted);
        }

        ConsumerEnds.End(ending, why, consumer => Remove(consumer));
        if (wanted) _link.Want(arrival: true);
    }
}
