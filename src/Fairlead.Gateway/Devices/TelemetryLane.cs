using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Devices;

/// <summary>
/// Device-to-cloud messages of one device: pipelined, in the order in which they came, bounded (spec section 9.4 items 5 and 6). One list
/// holds what is under way and, behind it, what waits.
/// </summary>
internal sealed class TelemetryLane
{
    private const int MostTries = 3;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);

    private readonly HubDevice _device;
    private readonly LinkHolder<ITelemetryLink> _holder;
    private readonly Lock _gate = new();
    private PendingSend? _first;
    private PendingSend? _last;
    private PendingSend? _next;
    private int _count;
    private int _epoch;
    private bool _pumping;
    private bool _again;
    private bool _opening;
    private bool _used;

    /// <summary>Makes the lane; nothing is attached before the first message.</summary>
    public TelemetryLane(HubDevice device)
    {
        _device = device;
        _holder = new LinkHolder<ITelemetryLink>(device, "telemetry", OpenAsync, OnLost);
    }

    /// <summary>Messages under way and waiting.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether the link stands.</summary>
    public bool IsAttached => _holder.Current is not null;

    /// <summary>Messages that the hub would take now.</summary>
    public int Credit => _holder.Current?.Credit ?? 0;

    /// <summary>Messages given to the link whose outcome is out.</summary>
    public int Unsettled
    {
        get
        {
            if (Count == 0) return 0;
            int count = 0;
            lock (_gate)
            {
                for (var send = _first; send is { At: PendingSend.Step.Sent }; send = send.After) count++;
            }

            return count;
        }
    }

    /// <summary>Sends a message; completes with the hub's outcome or at the deadline.</summary>
    /// <param name="message">Message.</param>
    /// <param name="repeatable">Whether it may be sent again when its outcome is lost.</param>
    /// <param name="deadline">Fires at the end of the caller's patience.</param>
    public Task<HubFault?> SendAsync(DeviceMessage message, bool repeatable, CancellationToken deadline)
    {
        var send = new PendingSend(message, repeatable, _device.Services.Time.GetTimestamp());
        lock (_gate)
        {
            if (_count >= _device.Services.Options.DeviceQueue)
                return Task.FromResult<HubFault?>(HubFault.Limit($"{_count} messages of this device wait for the hub already"));
            Append(send);
            _used = true;
        }

        send.Deadline = deadline.UnsafeRegister(static (state, _) => Expire(state!), (this, send));
        Pump();
        return send.Done;
    }

    /// <summary>After a reconnect: attaches again what was attached, so that the next message finds it ready.</summary>
    public void Resume()
    {
        if (_used) Pump(attach: true);
    }

    /// <summary>Detaches; what still waits is told so.</summary>
    public Task CloseAsync()
    {
        Fail(HubFault.NoConnection("the gateway lets go of the device"));
        return _holder.CloseAsync();
    }

    private Task<HubResult<ITelemetryLink>> OpenAsync(IHubConnection hub, Action<HubFault> onDetached, CancellationToken cancellationToken) =>
        hub.OpenTelemetryAsync(_device.Id, new LinkEvents(this, onDetached), cancellationToken);

    private void OnOutcome(PendingSend send, HubFault? fault)
    {
        lock (_gate) Remove(send);
        Finish(send, fault);
        // The lane may have been at its bound for the link.
        if (Volatile.Read(ref _next) is not null) Pump();
    }

    // Outcomes of what was under way are lost with the link. What may be repeated stays where it stands, so that order is kept.
    private void OnLost(HubFault fault)
    {
        List<PendingSend> lost = [];
        lock (_gate)
        {
            _epoch++;
            for (var send = _first; send is not null && send.At == PendingSend.Step.Sent; send = send.After)
            {
                if (send.IsRepeatable) send.At = PendingSend.Step.Waiting;
                else lost.Add(send);
            }

            foreach (var send in lost) Remove(send);
            _next = _first;
        }

        foreach (var send in lost) Finish(send, HubFault.Lost($"the link was lost under the message: {fault.Message}"));
        Pump();
    }

    private void Pump(bool attach = false)
    {
        lock (_gate)
        {
            _again = true;
            if (_pumping) return;
            _pumping = true;
        }

        while (true)
        {
            lock (_gate)
            {
                if (!_again)
                {
                    _pumping = false;
                    return;
                }

                _again = false;
            }

            if (_holder.Current is { } link) PumpInto(link);
            else if (attach || Volatile.Read(ref _next) is not null) Open();
        }
    }

    // Only one thread is here at a time: that keeps the order.
    private void PumpInto(ITelemetryLink link)
    {
        while (true)
        {
            PendingSend send;
            int epoch;
            lock (_gate)
            {
                if (_next is not { } next) return;
                send = next;
                send.At = PendingSend.Step.Sent;
                _next = send.After;
                epoch = _epoch;
            }

            var result = link.TrySend(send.Message, send);
            bool tooLarge = result == LinkSend.TooLarge, lost = false;
            lock (_gate)
            {
                if (send.At == PendingSend.Step.Gone) continue;
                bool wait = result is LinkSend.Wait or LinkSend.Detached || (epoch != _epoch && !tooLarge && send.IsRepeatable);
                lost = !wait && !tooLarge && epoch != _epoch;
                if (wait)
                {
                    send.At = PendingSend.Step.Waiting;
                    _next = _first is { At: PendingSend.Step.Waiting } ? _first : send;
                }
                else if (tooLarge || lost)
                {
                    Remove(send);
                }
            }

            if (tooLarge) Finish(send, new HubFault(HubFaultKind.TooLarge, "amqp:link:message-size-exceeded", "the message is larger than the hub takes"));
            if (lost) Finish(send, HubFault.Lost("the link was lost under the message"));
            if (result is LinkSend.Wait or LinkSend.Detached || lost) return;
        }
    }

    private void Open()
    {
        lock (_gate)
        {
            if (_opening) return;
            _opening = true;
        }

        _ = OpenAndPumpAsync();
    }

    private async Task OpenAndPumpAsync()
    {
        HubFault? fault = null;
        for (int tries = 0; tries < MostTries; tries++)
        {
            if (tries > 0) await Task.Delay(BetweenTries, _device.Services.Time);
            fault = (await _holder.GetAsync(CancellationToken.None)).Fault;
            // A link that went at once is worth another try; what the hub has refused and a connection that cannot be made are not.
            if (fault is null || fault.Kind is not HubFaultKind.Unavailable || fault.RetryAfter is not null) break;
        }

        lock (_gate) _opening = false;
        if (fault is not null) Fail(fault);
        else Pump();
    }

    private void Fail(HubFault fault)
    {
        List<PendingSend> failed = [];
        lock (_gate)
        {
            for (var send = _next; send is not null; send = send.After) failed.Add(send);
            foreach (var send in failed) Remove(send);
        }

        foreach (var send in failed) Finish(send, fault);
    }

    private static void Expire(object state)
    {
        var (lane, send) = ((TelemetryLane, PendingSend))state;
        bool waits;
        lock (lane._gate)
        {
            waits = send.At == PendingSend.Step.Waiting;
            if (waits) lane.Remove(send);
        }

        // What has left stays in the list until its outcome comes: it counts against the bound.
        lane.Finish(send, !waits ? HubFault.Late("the hub has not settled the message in time", unknown: true)
            : lane.IsAttached ? HubFault.Limit("the hub takes no messages of this device now")
            : HubFault.NoConnection("the link to the hub did not come in time"));
    }

    private void Finish(PendingSend send, HubFault? fault)
    {
        send.Deadline.Unregister();
        if (send.Complete(fault)) _device.Services.Metrics.CountSend(fault, _device.Services.Time.GetElapsedTime(send.Started));
    }

    private void Append(PendingSend send)
    {
        send.Before = _last;
        if (_last is not null) _last.After = send;
        _last = send;
        _first ??= send;
        _next ??= send;
        _count++;
    }

    private void Remove(PendingSend send)
    {
        if (send.At == PendingSend.Step.Gone) return;
        send.At = PendingSend.Step.Gone;
        if (send == _next) _next = send.After;
        if (send.Before is { } before) before.After = send.After;
        else _first = send.After;
        if (send.After is { } after) after.Before = send.Before;
        else _last = send.Before;
        _count--;
    }

    /// <summary>Ties what one link tells to that link: an attach that was given up may still end later.</summary>
    private sealed class LinkEvents(TelemetryLane lane, Action<HubFault> onDetached) : ITelemetryEvents
    {
        public void OnRoom() => lane.Pump();

        public void OnOutcome(object token, HubFault? fault) => lane.OnOutcome((PendingSend)token, fault);

        public void OnDetached(HubFault fault) => onDetached(fault);
    }
}
