using Fairlead.Gateway.Cluster;
using Fairlead.Gateway.Hosting;
using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Devices;

/// <summary>
/// A link of which a device has one at the hub: attached while it is wanted, left a while after that, attached again after faults, and given
/// up to whoever takes it (spec section 9.4 items 2 and 10).
/// </summary>
internal sealed class ExclusiveLink<T>
    where T : class, IHubLink
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly HubDevice _device;
    private readonly string _kind;
    private readonly TimeSpan _linger;
    private readonly Action<T> _onAttached;
    private readonly Action<HubFault> _onLost;
    private readonly LinkHolder<T> _holder;
    private readonly StealGuard _guard;
    private readonly Lock _gate = new();
    private bool _wanted;
    private bool _trying;
    private int _failures;
    private long _unwantedSince;
    private long _failed;

    /// <summary>Makes it; nothing is attached.</summary>
    /// <param name="device">Whose.</param>
    /// <param name="kind">Name for the log.</param>
    /// <param name="linger">How long it stays when nobody wants it any more.</param>
    /// <param name="open">Attaches it.</param>
    /// <param name="onAttached">It stands.</param>
    /// <param name="onLost">It is gone.</param>
    public ExclusiveLink(
        HubDevice device,
        string kind,
        TimeSpan linger,
        Func<IHubConnection, Action<HubFault>, CancellationToken, Task<HubResult<T>>> open,
        Action<T> onAttached,
        Action<HubFault> onLost)
    {
        (_device, _kind, _linger, _onAttached, _onLost) = (device, kind, linger, onAttached, onLost);
        _holder = new LinkHolder<T>(device, kind, open, OnLost);
        _guard = new StealGuard(device.Services.Options.StealHoldDown, device.Services.Time);
        _unwantedSince = device.Services.Time.GetTimestamp();
    }

    /// <summary>The link when it stands.</summary>
    public T? Current => _holder.Current;

    /// <summary>Times that it was taken lately.</summary>
    public int Steals => _guard.Streak;

    /// <summary>Wants it: it is attached now, or when it may be.</summary>
    /// <param name="arrival">Whether the device has just come to this instance.</param>
    public void Want(bool arrival)
    {
        lock (_gate)
        {
            _wanted = true;
            if (arrival) _guard.OnArrival();
        }

        TryAttach();
    }

    /// <summary>Does not want it any more; it stays for a while.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (_wanted) _unwantedSince = _device.Services.Time.GetTimestamp();
            _wanted = false;
        }
    }

    /// <summary>The link for one use, attached now when it is not yet.</summary>
    public async ValueTask<HubResult<T>> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_wanted) _unwantedSince = _device.Services.Time.GetTimestamp();
        }

        bool fresh = Current is null;
        var result = await _holder.GetAsync(cancellationToken);
        if (fresh && result.Value is { } link) _onAttached(link);
        return result;
    }

    /// <summary>There is a new connection.</summary>
    public void Resume()
    {
        lock (_gate) _failures = 0;
        TryAttach();
    }

    /// <summary>Once a second: tries again what may be tried again, lets go of what nobody wants.</summary>
    public void Sweep()
    {
        bool idle;
        lock (_gate) idle = !_wanted && Current is not null && _device.Services.Time.GetElapsedTime(_unwantedSince) >= _linger;
        if (idle) _ = CloseAsync();
        else TryAttach();
    }

    /// <summary>Detaches.</summary>
    public async Task CloseAsync()
    {
        try
        {
            await _holder.CloseAsync();
        }
        catch (Exception exception)
        {
            _device.Services.Log.LoopFailed(exception);
        }
    }

    private void OnLost(HubFault fault)
    {
        if (fault.Kind == HubFaultKind.Stolen)
        {
            _device.Services.Log.LinkStolen(_kind, _device.Id);
            _device.Services.Metrics.CountSteal();
            lock (_gate) _guard.OnStolen();
        }

        _onLost(fault);
        TryAttach();
    }

    private void TryAttach()
    {
        lock (_gate)
        {
            if (!_wanted || _trying || _guard.IsHeld || _holder.Current is not null) return;
            var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, _failures - 1)));
            if (_failures > 0 && _device.Services.Time.GetElapsedTime(_failed) < pause) return;
            _trying = true;
        }

        _ = AttachAsync();
    }

    private async Task AttachAsync()
    {
        var result = await _holder.GetAsync(CancellationToken.None);
        lock (_gate)
        {
            _trying = false;
            if (result.Value is not null)
            {
                _failures = 0;
            }
            else
            {
                _failures++;
                _failed = _device.Services.Time.GetTimestamp();
            }
        }

        if (result.Value is { } link) _onAttached(link);
        else if (result.Fault!.Kind is HubFaultKind.Unauthorised or HubFaultKind.Forbidden or HubFaultKind.NotFound) _onLost(result.Fault);
    }
}
