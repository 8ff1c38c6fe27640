using System.Collections.Concurrent;
using Fairlead.Gateway.Hosting;
using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Devices;

/// <summary>A device let in for one request; dispose of it at the end.</summary>
internal readonly struct DeviceUse(HubDevice device) : IDisposable, IEquatable<DeviceUse>
{
    /// <summary>The device.</summary>
    public HubDevice Device { get; } = device;

    /// <inheritdoc/>
    public void Dispose() => Device.Unpin();

    /// <inheritdoc/>
    public bool Equals(DeviceUse other) => Device == other.Device;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DeviceUse other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Device.GetHashCode();
}

/// <summary>The devices that the gateway serves now; those that are not used for long go (spec section 1.8 numbers 2, 3 and 9).</summary>
/// <param name="services">What devices use.</param>
/// <param name="onAdded">Told of each new device.</param>
internal sealed class DeviceTable(DeviceServices services, Action<HubDevice> onAdded)
{
    private readonly ConcurrentDictionary<(bool ByPolicy, string Id), HubDevice> _devices = new();

    /// <summary>Devices with an entry.</summary>
    public int Count => _devices.Count;

    /// <summary>All of them.</summary>
    public IEnumerable<HubDevice> All => _devices.Select(static entry => entry.Value);

    /// <summary>Lets a bearer in and keeps the device for its request.</summary>
    /// <param name="id">Device id, of the right shape.</param>
    /// <param name="token">Its token; null in policy mode.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<(DeviceUse Use, HubFault? Fault)> EnterAsync(string id, SasToken? token, CancellationToken cancellationToken)
    {
        if (Pin(id, token is null) is not { } device)
            return (default, HubFault.NoConnection($"{services.Options.MaximumDevices} devices have an entry already: raise MaximumDevices", TimeSpan.FromSeconds(30)));
        var use = new DeviceUse(device);
        if (await device.AdmitAsync(token, cancellationToken) is not { } fault) return (use, null);
        use.Dispose();
        // Nobody may fill the table with names for which there is no valid token.
        if (device.Credentials is { HasAny: false }) await DropAsync(device);
        return (default, fault);
    }

    /// <summary>A device that is there already; null when it is not.</summary>
    public HubDevice? Find(string id, bool byPolicy) => _devices.GetValueOrDefault((byPolicy, id));

    /// <summary>Gives a device of the policy an entry without a request: it has a webhook.</summary>
    public void Stand(string id) => Pin(id, byPolicy: true)?.Unpin();

    /// <summary>Once a second: lets devices go and looks after the others.</summary>
    public void Sweep()
    {
        var now = services.Time.GetUtcNow();
        foreach (var (key, device) in _devices)
        {
            if (device.TryRetire(now))
            {
                _devices.TryRemove(key, out _);
                services.Metrics.CountRetired();
                _ = CloseAsync(device);
            }
            else
            {
                device.Sweep();
            }
        }
    }

    /// <summary>Closes all of them; the gateway ends.</summary>
    public async Task CloseAsync()
    {
        var all = _devices.Values.ToArray();
        _devices.Clear();
        await Parallel.ForEachAsync(all, async (device, _) => await CloseAsync(device));
    }

    private HubDevice? Pin(string id, bool byPolicy)
    {
        while (true)
        {
            if (!_devices.TryGetValue((byPolicy, id), out var device))
            {
                if (_devices.Count >= services.Options.MaximumDevices) return null;
                var fresh = new HubDevice(id, byPolicy, services);
                device = _devices.GetOrAdd((byPolicy, id), fresh);
                if (device == fresh) onAdded(fresh);
                else fresh.Credentials?.Dispose();
            }

            if (device.TryPin()) return device;
            // On its way out: its successor takes its place in the table as soon as it is gone from there.
            _devices.TryRemove(new KeyValuePair<(bool, string), HubDevice>((byPolicy, id), device));
        }
    }

    private async Task DropAsync(HubDevice device)
    {
        if (!device.TryRetireNow()) return;
        _devices.TryRemove(new KeyValuePair<(bool, string), HubDevice>((device.ByPolicy, device.Id), device));
        await CloseAsync(device);
    }

    private async Task CloseAsync(HubDevice device)
    {
        try
        {
            await device.CloseAsync();
        }
        catch (Exception exception)
        {
            services.Log.LoopFailed(exception);
        }
    }
}
