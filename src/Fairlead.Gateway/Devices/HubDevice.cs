using Fairlead.Gateway.Cloud;
using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Devices;

/// <summary>
/// One device at the hub: Absent, Authorising, Attaching, Ready, Draining (spec section 9.4 item 2). The steps are taken by whoever needs
/// them first; links are attached when they are used.
/// </summary>
internal sealed class HubDevice : IPoolTenant
{
    private const int Dead = -1;

    private readonly Lock _gate = new();
    private PooledConnection? _place;
    private CloudInbox? _cloud;
    private MethodInbox? _methods;
    private TwinAccess? _twin;
    private int _pins;
    private long _lastUsed;

    /// <summary>Makes an entry; nothing is asked of the hub.</summary>
    /// <param name="id">Device id.</param>
    /// <param name="byPolicy">Whether the access policy speaks for it.</param>
    /// <param name="services">What devices use.</param>
    public HubDevice(string id, bool byPolicy, DeviceServices services)
    {
        Id = id;
        ByPolicy = byPolicy;
        Services = services;
        Credentials = byPolicy ? null : new DeviceCredentials(id, services);
        Telemetry = new TelemetryLane(this);
        _lastUsed = services.Time.GetTimestamp();
    }

    /// <summary>Device id.</summary>
    public string Id { get; }

    /// <summary>Whether the access policy speaks for it.</summary>
    public bool ByPolicy { get; }

    /// <summary>What devices use.</summary>
    public DeviceServices Services { get; }

    /// <summary>Its tokens; null in policy mode.</summary>
    public DeviceCredentials? Credentials { get; }

    /// <summary>Device-to-cloud messages.</summary>
    public TelemetryLane Telemetry { get; }

    /// <summary>Its place in the pool; null before the first use.</summary>
    public PooledConnection? Place => Volatile.Read(ref _place);

    /// <summary>Cloud-to-device messages.</summary>
    public CloudInbox Cloud
    {
        get
        {
            lock (_gate) return _cloud ??= new CloudInbox(this);
        }
    }

    /// <summary>Direct methods.</summary>
    public MethodInbox Methods
    {
        get
        {
            lock (_gate) return _methods ??= new MethodInbox(this);
        }
    }

    /// <summary>The twin.</summary>
    public TwinAccess Twin
    {
        get
        {
            lock (_gate) return _twin ??= new TwinAccess(this);
        }
    }

    /// <summary>Cloud-to-device messages when somebody ever asked for them.</summary>
    public CloudInbox? CloudIfAny => Volatile.Read(ref _cloud);

    /// <summary>Methods when somebody ever asked for them.</summary>
    public MethodInbox? MethodsIfAny => Volatile.Read(ref _methods);

    /// <summary>The twin when somebody ever asked for it.</summary>
    public TwinAccess? TwinIfAny => Volatile.Read(ref _twin);

    /// <inheritdoc/>
    public bool IsUrgent => Telemetry.Count > 0 || HasConsumers;

    /// <summary>Whether a stream, a poll or a webhook of the device is there.</summary>
    public bool HasConsumers => CloudIfAny is { HasConsumers: true } || MethodsIfAny is { HasConsumers: true } || TwinIfAny is { HasConsumers: true };

    /// <summary>Keeps the entry while a request or a consumer uses it.</summary>
    /// <returns>False when it is going.</returns>
    public bool TryPin()
    {
        for (int pins = Volatile.Read(ref _pins); pins != Dead;)
        {
            int before = Interlocked.CompareExchange(ref _pins, pins + 1, pins);
            if (before == pins) return true;
            pins = before;
        }

        return false;
    }

    /// <summary>Ends one use.</summary>
    public void Unpin()
    {
        Volatile.Write(ref _lastUsed, Services.Time.GetTimestamp());
        Interlocked.Decrement(ref _pins);
    }

    /// <summary>Whether nobody uses it and it may go: it was not used for long, or has no token any more.</summary>
    public bool TryRetire(DateTimeOffset now)
    {
        bool expired = Credentials?.Expire(now) == false;
        bool idle = !HasConsumers && Services.Time.GetElapsedTime(Volatile.Read(ref _lastUsed)) >= Services.Options.DeviceCache;
        if (expired)
        {
            CloudIfAny?.EndConsumers();
            MethodsIfAny?.EndConsumers();
            TwinIfAny?.EndConsumers();
        }

        return (expired || idle) && Telemetry.Count == 0 && Interlocked.CompareExchange(ref _pins, Dead, 0) == 0;
    }

    /// <summary>Whether nobody uses it; then nobody will.</summary>
    public bool TryRetireNow() => Telemetry.Count == 0 && Interlocked.CompareExchange(ref _pins, Dead, 0) == 0;

    /// <summary>Lets a bearer in.</summary>
    public ValueTask<HubFault?> AdmitAsync(SasToken? token, CancellationToken cancellationToken)
    {
        if (Credentials is null) return ValueTask.FromResult<HubFault?>(null);
        return FindPlace() is { } place ? Credentials.AdmitAsync(token!, place, cancellationToken) : ValueTask.FromResult<HubFault?>(PoolFull);
    }

    /// <summary>A connection on which the device is authorised.</summary>
    public async ValueTask<HubResult<LiveConnection>> ReadyAsync(CancellationToken cancellationToken)
    {
        if (FindPlace() is not { } place) return PoolFull;
        var ready = await place.WaitAsync(cancellationToken);
        if (ready.Value is not { } live || Credentials is null) return ready;
        return await Credentials.EnsureAsync(live, place, cancellationToken) is { } fault ? fault : live;
    }

    /// <summary>The hub does not accept the device any more: what it had accepted is worthless.</summary>
    public void Revoke() => Credentials?.Revoke();

    /// <inheritdoc/>
    public void Resume(LiveConnection live)
    {
        Telemetry.Resume();
        CloudIfAny?.Resume();
        MethodsIfAny?.Resume();
        TwinIfAny?.Resume();
    }

    /// <summary>Once a second: lock times, waits after stolen links, links that nobody uses.</summary>
    public void Sweep()
    {
        CloudIfAny?.Sweep();
        MethodsIfAny?.Sweep();
        TwinIfAny?.Sweep();
    }

    /// <summary>Releases what is locked, detaches everything and frees the place (spec section 1.8 number 3, checklist 9).</summary>
    public async Task CloseAsync()
    {
        await Telemetry.CloseAsync();
        if (CloudIfAny is { } cloud) await cloud.CloseAsync();
        if (MethodsIfAny is { } methods) await methods.CloseAsync();
        if (TwinIfAny is { } twin) await twin.CloseAsync();
        lock (_gate)
        {
            _place?.Leave(this);
            _place = null;
        }

        Credentials?.Dispose();
    }

    private static HubFault PoolFull => HubFault.NoConnection("all connections to the hub are full: raise MaxPoolSize or IdentitiesPerConnection", TimeSpan.FromSeconds(10));

    private PooledConnection? FindPlace()
    {
        if (Place is { } place) return place;
        lock (_gate)
        {
            if (Volatile.Read(ref _pins) == Dead) return null;
            return _place ??= (ByPolicy ? Services.Policy! : Services.Tokens).Place(this);
        }
    }
}
