using Fairlead.Gateway.Hosting;
using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Devices;

/// <summary>
/// The tokens of one device that the hub has accepted. A token that was not seen before is put to the hub before anything is done for its
/// bearer: one that rides on another's connection is refused (spec section 1.8 number 1, checklist 6 to 8).
/// </summary>
internal sealed class DeviceCredentials(string deviceId, DeviceServices services) : IDisposable
{
    // The one in use, its successor, and one of a second process of the device.
    private const int MostAccepted = 4;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _serial = new(1, 1);
    private readonly Dictionary<string, Task<HubFault?>> _asking = new(StringComparer.Ordinal);
    private readonly List<SasToken> _accepted = [];
    private SasToken? _current;
    private int _authorisedOn;

    /// <summary>The token by which the device is authorised; null before the first.</summary>
    public SasToken? Current => Volatile.Read(ref _current);

    /// <summary>Whether the hub has accepted any that is not expired.</summary>
    public bool HasAny
    {
        get
        {
            lock (_gate) return _accepted.Count > 0;
        }
    }

    /// <summary>Lets a bearer in whose token the hub has accepted, or accepts now.</summary>
    /// <param name="token">Token; it covers the device.</param>
    /// <param name="place">Where the device's connection is.</param>
    /// <param name="cancellationToken">Ends the wait of this bearer; the question goes on for others.</param>
    public async ValueTask<HubFault?> AdmitAsync(SasToken token, PooledConnection place, CancellationToken cancellationToken)
    {
        var now = services.Time.GetUtcNow();
        if (token.IsExpired(now)) return new HubFault(HubFaultKind.Unauthorised, "expired", "the token is expired");
        Task<HubFault?> asking;
        lock (_gate)
        {
            if (_accepted.Any(known => known.Fingerprint == token.Fingerprint)) return null;
            if (services.Refusals.IsOpen(deviceId, token.Fingerprint, out var kind))
                return new HubFault(kind, "refused-before", "the hub has refused this token several times; it is not asked again for a while");
            if (!_asking.TryGetValue(token.Fingerprint, out asking!))
                _asking[token.Fingerprint] = asking = Task.Run(() => AskAsync(token, place), CancellationToken.None);
        }

        try
        {
            return await asking.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return HubFault.Late("the hub did not answer about the token in time", unknown: false);
        }
    }

    /// <summary>Authorises the device on a connection that does not know it yet.</summary>
    public async ValueTask<HubFault?> EnsureAsync(LiveConnection live, PooledConnection place, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _authorisedOn) == live.Generation) return null;
        await _serial.WaitAsync(cancellationToken);
        try
        {
            if (_authorisedOn == live.Generation) return null;
            if (Current is not { } token) return new HubFault(HubFaultKind.Unauthorised, "no-token", "the device has no valid token any more");
            await place.Pace.WaitAsync(cancellationToken);
            var fault = await PutAsync(live, token, cancellationToken);
            services.Metrics.CountRenewal(fault is null);
            return fault;
        }
        finally
        {
            _serial.Release();
        }
    }

    /// <summary>Forgets tokens that are expired, and says whether one is left.</summary>
    public bool Expire(DateTimeOffset now)
    {
        lock (_gate)
        {
            _accepted.RemoveAll(token => token.IsExpired(now));
            if (_current is not null && _current.IsExpired(now)) Volatile.Write(ref _current, null);
            return _accepted.Count > 0;
        }
    }

    /// <summary>Forgets all: the hub has cut the device's links for its credential.</summary>
    public void Revoke()
    {
        lock (_gate)
        {
            _accepted.Clear();
            Volatile.Write(ref _current, null);
            Volatile.Write(ref _authorisedOn, 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _serial.Dispose();

    private async Task<HubFault?> AskAsync(SasToken token, PooledConnection place)
    {
        try
        {
            using var limit = new CancellationTokenSource(services.Options.OperationTimeout, services.Time);
            return await AskAsync(token, place, limit.Token);
        }
        catch (OperationCanceledException)
        {
            return HubFault.Late("the hub did not answer about the token in time", unknown: false);
        }
        finally
        {
            lock (_gate) _asking.Remove(token.Fingerprint);
        }
    }

    private async Task<HubFault?> AskAsync(SasToken token, PooledConnection place, CancellationToken cancellationToken)
    {
        var ready = await place.WaitAsync(cancellationToken);
        if (ready.Value is not { } live) return ready.Fault;
        await _serial.WaitAsync(cancellationToken);
        try
        {
            await place.Pace.WaitAsync(cancellationToken);
            var fault = await PutAsync(live, token, cancellationToken);
            if (fault is not null)
            {
                // A device that the hub does not know is as much trouble as one with a wrong token.
                if (fault.Kind is HubFaultKind.Unauthorised or HubFaultKind.NotFound) services.Refusals.Refuse(deviceId, token.Fingerprint, fault.Kind);
                services.Log.CredentialRefused(deviceId, fault.Message, token.Fingerprint);
                return fault;
            }

            services.Refusals.Accept(deviceId, token.Fingerprint);
            SasToken? longer;
            lock (_gate)
            {
                longer = _current is { } current && current.Expiry > token.Expiry ? current : null;
                if (longer is null) Volatile.Write(ref _current, token);
                if (_accepted.Count == MostAccepted) _accepted.Remove(_accepted.MinBy(static known => known.Expiry)!);
                _accepted.Add(token);
            }

            // The hub goes by the last token it was given: give it back the one that lasts longer (spec section 9.4 item 3).
            return longer is null ? null : await PutAsync(live, longer, cancellationToken);
        }
        finally
        {
            _serial.Release();
        }
    }

    private async Task<HubFault?> PutAsync(LiveConnection live, SasToken token, CancellationToken cancellationToken)
    {
        string audience = $"{services.Options.HubHostName}/devices/{Uri.EscapeDataString(deviceId)}";
        var fault = await live.Hub.PutTokenAsync(audience, token.Text, cancellationToken);
        services.Metrics.CountPutToken(fault is null);
        if (fault is null) Volatile.Write(ref _authorisedOn, live.Generation);
        return fault;
    }
}
