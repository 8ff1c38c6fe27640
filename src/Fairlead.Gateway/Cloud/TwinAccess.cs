using System.Text.Json;
using Fairlead.Gateway.Devices;
using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Cloud;

/// <summary>The twin of one device: read, report, and changes of desired properties for whoever listens (spec section 2.8).</summary>
internal sealed class TwinAccess
{
    private const int QuarrelAt = 4;
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(30);

    private readonly HubDevice _device;
    private readonly ExclusiveLink<ITwinLink> _link;
    private readonly Lock _gate = new();
    private readonly List<IDesiredConsumer> _consumers = [];
    private long _seen;
    private bool _missed;

    /// <summary>Makes it; nothing is attached.</summary>
    public TwinAccess(HubDevice device)
    {
        _device = device;
        _link = new ExclusiveLink<ITwinLink>(
            device, "twin", Linger, (hub, onDetached, token) => hub.OpenTwinAsync(device.Id, OnDesired, onDetached, token), link => _ = SubscribeAsync(link), OnLost);
    }

    /// <summary>Whether the links stand.</summary>
    public bool IsAttached => _link.Current is not null;

    /// <summary>Whether somebody listens to desired properties.</summary>
    public bool HasConsumers
    {
        get
        {
            lock (_gate) return _consumers.Count > 0;
        }
    }

    /// <summary>Reads it.</summary>
    public async ValueTask<HubResult<TwinDocument>> GetAsync(CancellationToken cancellationToken)
    {
        var link = await _link.GetAsync(cancellationToken);
        return link.Value is null ? link.Fault! : await link.Value.GetAsync(cancellationToken);
    }

    /// <summary>Changes reported properties.</summary>
    public async ValueTask<HubResult<TwinVersion>> PatchReportedAsync(ReadOnlyMemory<byte> patch, long? version, CancellationToken cancellationToken)
    {
        var link = await _link.GetAsync(cancellationToken);
        return link.Value is null ? link.Fault! : await link.Value.PatchReportedAsync(patch, version, cancellationToken);
    }

    /// <summary>Adds a listener.</summary>
    public void Add(IDesiredConsumer consumer)
    {
        lock (_gate) _consumers.Add(consumer);
        var link = _link.Current;
        _link.Want(arrival: !consumer.IsStanding);
        if (link is not null) _ = SubscribeAsync(link);
    }

    /// <summary>Removes a listener.</summary>
    public void Remove(IDesiredConsumer consumer)
    {
        lock (_gate)
        {
            if (!_consumers.Remove(consumer) || _consumers.Count > 0) return;
        }

        _link.Leave();
    }

    /// <summary>There is a new connection.</summary>
    public void Resume() => _link.Resume();

    /// <summary>Once a second.</summary>
    public void Sweep() => _link.Sweep();

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

    private IDesiredConsumer[] Consumers()
    {
        lock (_gate) return [.. _consumers];
    }

    // Subscribed first, then read: what changes in between comes twice rather than never (spec section 6.1).
    private async Task SubscribeAsync(ITwinLink link)
    {
        if (!HasConsumers) return;
        using var limit = new CancellationTokenSource(_device.Services.Options.OperationTimeout, _device.Services.Time);
        if (await link.SubscribeAsync(limit.Token) is not null) return;
        bool missed;
        lock (_gate)
        {
            missed = _missed;
            _missed = false;
        }

        if (!missed || (await link.GetAsync(limit.Token)).Value is not { } twin) return;
        using var json = JsonDocument.Parse(twin.Json);
        if (!json.RootElement.TryGetProperty("desired", out var desired)) return;
        byte[] text = System.Text.Encoding.UTF8.GetBytes(desired.GetRawText());
        if (VersionOf(text) is var version && version != 0 && version <= Interlocked.Read(ref _seen)) return;
        Interlocked.Exchange(ref _seen, version);
        foreach (var consumer in Consumers()) consumer.OnDesired(text, whole: true);
    }

    private void OnDesired(ReadOnlyMemory<byte> json)
    {
        Interlocked.Exchange(ref _seen, VersionOf(json));
        foreach (var consumer in Consumers()) consumer.OnDesired(json, whole: false);
    }

    private void OnLost(HubFault fault)
    {
        lock (_gate) _missed = _missed || _consumers.Count > 0;
        // A single read elsewhere takes the link for a moment; one who keeps taking it is where the device is now.
        if (ConsumerEnds.After(fault) is not { } why || (why == ConsumerEnd.Moved && _link.Steals < QuarrelAt)) return;
        ConsumerEnds.End(Consumers().Where(static consumer => !consumer.IsStanding), why, Remove);
    }

    private static long VersionOf(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("$version", out var version) &&
                version.ValueKind == JsonValueKind.Number && version.TryGetInt64(out long number) ? number : 0;
        }
        catch (JsonException)
        {
            return 0;
        }
    }
}
