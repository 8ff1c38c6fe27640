using Fairlead.Gateway.Cloud;
using Fairlead.Gateway.Cluster;
using Fairlead.Gateway.Configuration;
using Fairlead.Gateway.Devices;
using Fairlead.Gateway.Health;
using Fairlead.Gateway.Http;
using Fairlead.Gateway.Upstream;
using Fairlead.Gateway.Upstream.Amqp;
using Microsoft.Extensions.Logging;

namespace Fairlead.Gateway.Hosting;

/// <summary>Everything in a gateway but its listeners, put together.</summary>
internal sealed class GatewayParts : IAsyncDisposable
{
    private static readonly TimeSpan Housekeeping = TimeSpan.FromSeconds(1);
    private const int SlowTurns = 30;

    private readonly ConnectionPool _tokens;
    private readonly ConnectionPool? _policy;
    private readonly CredentialBreaker _refusals;
    private ITimer? _timer;
    private int _turning;
    private int _turns;

    private GatewayParts(GatewayOptions options, IHubDialer dialer, ILogger log, TimeProvider time)
    {
        var metrics = new GatewayMetrics();
        var pools = new PoolSettings(options, dialer, metrics, log, time, Random.Shared.NextDouble);
        _tokens = new ConnectionPool(pools, policy: null);
        _policy = options.Policy is { } policy ? new ConnectionPool(pools, policy) : null;
        _refusals = new CredentialBreaker(options.CredentialPause, time);
        var webhooks = new Webhooks(options, metrics, log, time);
        var devices = new DeviceTable(new DeviceServices(options, _tokens, _policy, _refusals, metrics, log, time), webhooks.Attach);
        Services = new GatewayServices(
            options, devices, webhooks, new PeerForwarder(options, metrics, log), new Heartbeats(), new MemoryBudget(options.MemoryBudget),
            new IdempotencyMemory(options.IdempotencyWindow, options.IdempotencyEntries, time), metrics, new GatewayTraces(options.TraceDeviceIds), new GatewayState(), log, time);
        Http = new GatewayHttp(Services, new OperationPages(Services, Read));
    }

    /// <summary>What the endpoints use.</summary>
    public GatewayServices Services { get; }

    /// <summary>Serves requests.</summary>
    public GatewayHttp Http { get; }

    /// <summary>Puts a gateway together.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static GatewayParts Create(GatewayOptions options, ILogger log, TimeProvider time) => Create(options, new HubDialer(options, time), log, time);

    /// <summary>Puts a gateway together with connections of another make.</summary>
    public static GatewayParts Create(GatewayOptions options, IHubDialer dialer, ILogger log, TimeProvider time) => new(options, dialer, log, time);

    /// <summary>Begins to connect, and serves the devices that have a webhook from before.</summary>
    public void Start()
    {
        (_policy ?? _tokens).Warm();
        foreach (string id in Services.Webhooks.StandingDevices)
        {
            if (_policy is not null) Services.Devices.Stand(id);
        }

        _timer = Services.Time.CreateTimer(static state => ((GatewayParts)state!).Turn(), this, Housekeeping, Housekeeping);
    }

    /// <summary>What the gateway holds now.</summary>
    public GatewayFigures Read()
    {
        var connections = Pools().SelectMany(static pool => pool.Connections.Select(connection => (pool.Kind, Connection: connection))).ToArray();
        int waiting = 0, locked = 0, unsettled = 0, creditIn = 0;
        long creditOut = 0;
        var links = new LinkFigures();
        foreach (var device in Services.Devices.All)
        {
            waiting += device.Telemetry.Count;
            unsettled += device.Telemetry.Unsettled;
            creditOut += device.Telemetry.Credit;
            locked += device.CloudIfAny?.Locked ?? 0;
            creditIn += device.CloudIfAny?.Credit ?? 0;
            links = links.With(device);
        }

        string fault = connections.Where(static entry => !entry.Connection.IsLive).Select(static entry => entry.Connection.Fault.Message).FirstOrDefault() ?? "";
        return new GatewayFigures(
            [.. connections.Select(static entry => (entry.Kind, entry.Connection.Number, entry.Connection.IsLive, entry.Connection.Count))],
            Services.Devices.Count, waiting, locked, Services.Budget.Used, fault)
        {
            Links = links,
            Unsettled = unsettled,
            CreditOut = creditOut,
            CreditIn = creditIn,
        };
    }

    /// <summary>Gives locks back, detaches, closes the connections.</summary>
    public async Task CloseAsync()
    {
        if (_timer is not null) await _timer.DisposeAsync();
        await Services.Devices.CloseAsync();
        foreach (var pool in Pools()) await pool.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Services.Webhooks.Dispose();
        Services.Peers.Dispose();
        Services.Traces.Dispose();
    }

    private ConnectionPool[] Pools() => _policy is null ? [_tokens] : [_tokens, _policy];

    private void Turn()
    {
        // A turn that takes long is not overtaken by the next one.
        if (Interlocked.Exchange(ref _turning, 1) != 0) return;
        try
        {
            Services.Devices.Sweep();
            Services.Heartbeats.Turn();
            if (++_turns % SlowTurns == 0)
            {
                foreach (var pool in Pools()) pool.Sweep();
                _refusals.Sweep();
                Http.DeviceLimits.Sweep();
                Http.AddressLimits.Sweep();
            }
        }
        catch (Exception exception)
        {
            Services.Log.LoopFailed(exception);
        }
        finally
        {
            Volatile.Write(ref _turning, 0);
        }
    }
}
