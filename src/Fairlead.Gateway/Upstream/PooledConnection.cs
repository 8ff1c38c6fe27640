using Fairlead.Gateway.Configuration;
using Fairlead.Gateway.Hosting;

namespace Fairlead.Gateway.Upstream;

/// <summary>
/// A place for up to <see cref="GatewayOptions.IdentitiesPerConnection"/> devices: one AMQP connection that is made again for ever. While it
/// fails, requests are answered at once (circuit breaker, spec section 9.4 item 9); when it is back, its devices are brought back at a limited rate.
/// </summary>
internal sealed class PooledConnection : IAsyncDisposable
{
    private const int FailuresUntilOpen = 2;
    private const double RenewAt = 0.85;

    private readonly PoolSettings _settings;
    private readonly PolicyKey? _policy;
    private readonly HashSet<IPoolTenant> _tenants = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Backoff _backoff;
    private TaskCompletionSource<LiveConnection> _waiting = New();
    private LiveConnection? _live;
    private HubFault _fault = HubFault.NoConnection("the connection to the hub is being made");
    private long _nextAttempt;
    private int _generation;
    private bool _closed;
    private Task _running = Task.CompletedTask;

    /// <summary>Makes a place; <see cref="Start"/> connects.</summary>
    public PooledConnection(int number, PoolSettings settings, PolicyKey? policy)
    {
        Number = number;
        _settings = settings;
        _policy = policy;
        _backoff = new Backoff(settings.Options.ReconnectInit, settings.Options.ReconnectMax, settings.Random);
        Pace = new Pacer(settings.Options.AuthorisationRate, settings.Time);
        EmptySince = settings.Time.GetTimestamp();
    }

    /// <summary>Its number in the pool, from 1.</summary>
    public int Number { get; }

    /// <summary>Limits authorisations and attaches.</summary>
    public Pacer Pace { get; }

    /// <summary>Whether the connection stands.</summary>
    public bool IsLive => Volatile.Read(ref _live) is not null;

    /// <summary>Devices in it.</summary>
    public int Count { get; private set; }

    /// <summary>Timestamp since when it has no device.</summary>
    public long EmptySince { get; private set; }

    /// <summary>Connections after the first.</summary>
    public int Reconnects => Math.Max(0, Volatile.Read(ref _generation) - 1);

    /// <summary>Why there is no connection; meaningless while there is one.</summary>
    public HubFault Fault => Volatile.Read(ref _fault);

    /// <summary>Begins to connect.</summary>
    public void Start() => _running = RunAsync();

    /// <summary>Takes a device in.</summary>
    /// <returns>False when it is full.</returns>
    public bool TryEnter(IPoolTenant tenant)
    {
        lock (_gate)
        {
            if (_tenants.Count >= _settings.Options.IdentitiesPerConnection || _closed) return false;
            _tenants.Add(tenant);
            Count = _tenants.Count;
            return true;
        }
    }

    /// <summary>Lets a device go.</summary>
    public void Leave(IPoolTenant tenant)
    {
        lock (_gate)
        {
            if (_tenants.Remove(tenant) && _tenants.Count == 0) EmptySince = _settings.Time.GetTimestamp();
            Count = _tenants.Count;
        }
    }

    /// <summary>The connection when it stands, waiting for the first attempts but not through an outage.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<HubResult<LiveConnection>> WaitAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _live) is { } live) return live;
        if (IsOpenCircuit(out var fault)) return fault;
        try
        {
            return await _waiting.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return IsOpenCircuit(out fault) ? fault : HubFault.NoConnection("the connection to the hub did not come in time");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_gate) _closed = true;
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private bool IsOpenCircuit(out HubFault fault)
    {
        var left = TimeSpan.FromTicks(Volatile.Read(ref _nextAttempt) - _settings.Time.GetUtcNow().UtcTicks);
        fault = Fault with { RetryAfter = left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1) };
        // Open after several failures, and when the next attempt comes too late for whoever waits.
        return _backoff.Failures >= FailuresUntilOpen || left > _settings.Options.OperationTimeout / 2;
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ConnectOnceAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception)
            {
                // One catch for the loop: a fault of ours must not leave its devices without a connection for ever.
                _settings.Log.LoopFailed(exception);
                await PauseAsync(HubFault.NoConnection("the gateway had a fault")).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ConnectOnceAsync()
    {
        using var limit = new CancellationTokenSource(_settings.Options.ConnectTimeout, _settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        var result = await _settings.Dialer.DialAsync(either.Token);
        _stop.Token.ThrowIfCancellationRequested();
        if (result.Value is not { } hub)
        {
            await PauseAsync(result.Fault!);
            return;
        }

        await using var owned = hub;
        if (_policy is not null && await PutPolicyTokenAsync(hub, either.Token) is { } refused)
        {
            _settings.Log.PolicyRefused(_policy.Name, refused.Message);
            await PauseAsync(refused);
            return;
        }

        await ServeAsync(hub);
    }

    private async Task ServeAsync(IHubConnection hub)
    {
        _backoff.Reset();
        var live = new LiveConnection(hub, Interlocked.Increment(ref _generation));
        if (live.Generation > 1) _settings.Metrics.CountReconnect();
        _settings.Log.Connected(Number, live.Generation);
        Volatile.Write(ref _live, live);
        _waiting.TrySetResult(live);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var beside = Task.WhenAll(ResumeAsync(live, done.Token), RenewAsync(hub, done.Token));
        var ended = await Task.WhenAny(hub.Ended, Task.Delay(Timeout.InfiniteTimeSpan, _settings.Time, done.Token));
        await done.CancelAsync();
        await beside.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _waiting = New();
        Volatile.Write(ref _live, null);
        _stop.Token.ThrowIfCancellationRequested();
        var fault = await (Task<HubFault>)ended;
        _settings.Log.ConnectionLost(Number, fault.Message);
        Volatile.Write(ref _fault, HubFault.NoConnection($"the connection to the hub was lost: {fault.Message}"));
        // Full jitter from the first attempt on: all gateways of a hub lose their connections together.
        await PauseAsync(HubFault.NoConnection($"the connection to the hub was lost: {fault.Message}"));
    }

    private async Task PauseAsync(HubFault fault)
    {
        var wait = _backoff.Next();
        Volatile.Write(ref _nextAttempt, (_settings.Time.GetUtcNow() + wait).UtcTicks);
        Volatile.Write(ref _fault, fault);
        if (_backoff.Failures >= FailuresUntilOpen || wait > _settings.Options.OperationTimeout / 2)
        {
            // Who waits for this connection is told now rather than at the end of its patience.
            var waiting = _waiting;
            _waiting = New();
            waiting.TrySetCanceled(CancellationToken.None);
            _settings.Log.ConnectFailed(Number, fault.Message, wait.TotalSeconds);
        }

        await Task.Delay(wait, _settings.Time, _stop.Token);
    }

    // Those who are waited for first; each takes a pass of the pacer (spec section 9.4 item 4, checklist 77).
    private async Task ResumeAsync(LiveConnection live, CancellationToken cancellationToken)
    {
        if (live.Generation == 1) return;
        foreach (var tenant in Tenants().OrderByDescending(static tenant => tenant.IsUrgent))
        {
            await Pace.WaitAsync(cancellationToken);
            tenant.Resume(live);
        }
    }

    private async Task RenewAsync(IHubConnection hub, CancellationToken cancellationToken)
    {
        if (_policy is null) return;
        var pause = _settings.Options.PolicyTokenLife * RenewAt;
        while (true)
        {
            await Task.Delay(pause, _settings.Time, cancellationToken);
            var fault = await PutPolicyTokenAsync(hub, cancellationToken);
            _settings.Metrics.CountRenewal(fault is null);
            if (fault is not null) _settings.Log.RenewalFailed(fault.Message);
            // A renewal that failed is tried again well before the old token is worthless.
            pause = fault is null ? _settings.Options.PolicyTokenLife * RenewAt : TimeSpan.FromSeconds(10);
        }
    }

    private Task<HubFault?> PutPolicyTokenAsync(IHubConnection hub, CancellationToken cancellationToken)
    {
        var expiry = _settings.Time.GetUtcNow() + _settings.Options.PolicyTokenLife;
        string token = SasToken.Make(_settings.Options.HubHostName, _policy!.Key, _policy.Name, expiry);
        return hub.PutTokenAsync(_settings.Options.HubHostName, token, cancellationToken);
    }

    private IPoolTenant[] Tenants()
    {
        lock (_gate) return [.. _tenants];
    }

    private static TaskCompletionSource<LiveConnection> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
