using Fairlead.Gateway.Hosting;
using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Devices;

/// <summary>Attaches a link when it is asked for, once for all who ask (spec section 9.4 item 2).</summary>
/// <param name="device">Whose link.</param>
/// <param name="kind">Name for the log, such as <c>telemetry</c>.</param>
/// <param name="open">Attaches it.</param>
/// <param name="onLost">Called when a link that stood is gone, but not after <see cref="CloseAsync"/>.</param>
internal sealed class LinkHolder<T>(
    HubDevice device,
    string kind,
    Func<IHubConnection, Action<HubFault>, CancellationToken, Task<HubResult<T>>> open,
    Action<HubFault> onLost)
    where T : class, IHubLink
{
    private readonly Lock _gate = new();
    private Task<HubResult<T>>? _opening;
    private T? _link;
    private int _epoch;
    private int _lostEpoch;

    /// <summary>The link when it stands.</summary>
    public T? Current => Volatile.Read(ref _link);

    /// <summary>The link, attached now when it is not yet.</summary>
    /// <param name="cancellationToken">Ends the wait; attaching goes on for others.</param>
    public async ValueTask<HubResult<T>> GetAsync(CancellationToken cancellationToken)
    {
        Task<HubResult<T>> opening;
        lock (_gate)
        {
            if (_link is { } link) return link;
            if (_opening is null)
            {
                int epoch = ++_epoch;
                _opening = Task.Run(() => OpenAsync(epoch), CancellationToken.None);
            }

            opening = _opening;
        }

        try
        {
            return await opening.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return HubFault.Late($"the {kind} link was not attached in time", unknown: false);
        }
    }

    /// <summary>Detaches it; one that is being attached is detached when it comes.</summary>
    public async Task CloseAsync()
    {
        T? link;
        lock (_gate)
        {
            link = _link;
            Volatile.Write(ref _link, null);
            _opening = null;
            _epoch++;
        }

        if (link is not null) await link.CloseAsync();
    }

    private async Task<HubResult<T>> OpenAsync(int epoch)
    {
        HubResult<T> result;
        try
        {
            using var limit = new CancellationTokenSource(device.Services.Options.OperationTimeout, device.Services.Time);
            result = await OpenAsync(epoch, limit.Token);
        }
        catch (OperationCanceledException)
        {
            result = HubFault.Late($"the {kind} link was not attached in time", unknown: false);
        }
        catch (Exception exception)
        {
            device.Services.Log.LoopFailed(exception);
            result = HubFault.NoConnection($"the {kind} link could not be attached");
        }

        T? unwanted = null;
        lock (_gate)
        {
            if (_epoch == epoch) _opening = null;
            if (result.Value is { } link)
            {
                if (_epoch != epoch)
                {
                    unwanted = link;
                    result = HubFault.NoConnection($"the {kind} link is not wanted any more");
                }
                else if (_lostEpoch == epoch)
                {
                    result = HubFault.NoConnection($"the {kind} link went at once");
                }
                else
                {
                    Volatile.Write(ref _link, link);
                    device.Services.Log.Attached(kind, device.Id);
                }
            }
        }

        if (unwanted is not null) await unwanted.CloseAsync();
        if (result.Fault is { Kind: HubFaultKind.Unauthorised or HubFaultKind.NotFound or HubFaultKind.Forbidden }) device.Revoke();
        return result;
    }

    private async Task<HubResult<T>> OpenAsync(int epoch, CancellationToken cancellationToken)
    {
        var ready = await device.ReadyAsync(cancellationToken);
        if (ready.Value is not { } live) return ready.Fault!;
        if (device.Place is { } place) await place.Pace.WaitAsync(cancellationToken);
        return await open(live.Hub, fault => OnDetached(epoch, fault), cancellationToken);
    }

    private void OnDetached(int epoch, HubFault fault)
    {
        bool stood;
        lock (_gate)
        {
            if (epoch != _epoch) return;
            _lostEpoch = epoch;
            stood = _link is not null;
            Volatile.Write(ref _link, null);
        }

        device.Services.Log.Detached(kind, device.Id, fault.Message);
        if (fault.Kind is HubFaultKind.Unauthorised or HubFaultKind.NotFound or HubFaultKind.Forbidden) device.Revoke();
        if (stood) onLost(fault);
    }
}
