namespace Fairlead.Features.IotHub.Amqp;

/// <summary>What went over AMQP, for metrics. Every field is a sum since the start unless it says otherwise.</summary>
internal sealed class AmqpCounters
{
    private long _connections;
    private long _opened;
    private long _links;
    private long _tokens;
    private long _tokensRefused;
    private long _telemetry;
    private long _telemetryRejected;
    private long _deviceBound;
    private long _settled;
    private long _eventsRead;
    private long _attachRefused;

    /// <summary>Connections open now.</summary>
    public long Connections => Volatile.Read(ref _connections);

    /// <summary>Connections opened.</summary>
    public long Opened => Volatile.Read(ref _opened);

    /// <summary>Links attached now.</summary>
    public long Links => Volatile.Read(ref _links);

    /// <summary>Links refused.</summary>
    public long AttachRefused => Volatile.Read(ref _attachRefused);

    /// <summary>Tokens accepted.</summary>
    public long Tokens => Volatile.Read(ref _tokens);

    /// <summary>Tokens refused.</summary>
    public long TokensRefused => Volatile.Read(ref _tokensRefused);

    /// <summary>Device-to-cloud messages accepted.</summary>
    public long Telemetry => Volatile.Read(ref _telemetry);

    /// <summary>Device-to-cloud deliveries rejected.</summary>
    public long TelemetryRejected => Volatile.Read(ref _telemetryRejected);

    /// <summary>Cloud-to-device messages sent to devices.</summary>
    public long DeviceBound => Volatile.Read(ref _deviceBound);

    /// <summary>Of those, settled by the device.</summary>
    public long Settled => Volatile.Read(ref _settled);

    /// <summary>Events sent to readers of the device-to-cloud log.</summary>
    public long EventsRead => Volatile.Read(ref _eventsRead);

    public void OnOpened()
    {
        Interlocked.Increment(ref _connections);
        Interlocked.Increment(ref _opened);
    }

    public void OnClosed() => Interlocked.Decrement(ref _connections);

    public void OnAttached() => Interlocked.Increment(ref _links);

    public void OnDetached() => Interlocked.Decrement(ref _links);

    public void OnAttachRefused() => Interlocked.Increment(ref _attachRefused);

    public void OnToken(bool accepted) => Interlocked.Increment(ref accepted ? ref _tokens : ref _tokensRefused);

    public void OnTelemetry(int messages, bool accepted)
    {
        if (accepted) Interlocked.Add(ref _telemetry, messages);
        else Interlocked.Increment(ref _telemetryRejected);
    }

    public void OnDeviceBound() => Interlocked.Increment(ref _deviceBound);

    public void OnSettled() => Interlocked.Increment(ref _settled);

    public void OnEventsRead(int events) => Interlocked.Add(ref _eventsRead, events);
}
