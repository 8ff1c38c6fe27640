using System.Collections.Concurrent;

namespace Fairlead.Features.IotHub.Identities;

/// <summary>
/// Which identities are connected by the Azure dialect, over whatever transport: endpoints tell. It lies in memory; after a start nobody
/// is connected, and activity from before is not known any more.
/// </summary>
internal sealed class IdentityPresence(TimeProvider time)
{
    private static readonly IdentityActivity Nothing = new(0, 0, 0);
    private readonly ConcurrentDictionary<string, IdentityActivity> _identities = new(StringComparer.Ordinal);
    private int _connected;

    /// <summary>Called after the first connection of an identity has come and after the last has gone; must not block.</summary>
    public event Action<IdentityName, bool>? Changed;

    /// <summary>Devices and modules that are connected.</summary>
    public int Connected => Volatile.Read(ref _connected);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What is known of an identity.</summary>
    public IdentityActivity Of(IdentityName name) => _identities.GetValueOrDefault(name.Key, Nothing);

    /// <summary>An identity has one connection more. Each call is followed by one of <see cref="OnDisconnected"/>.</summary>
    public void OnConnected(IdentityName name)
    {
        long now = Now;
        var after = _identities.AddOrUpdate(
            name.Key, static (_, now) => new IdentityActivity(1, now, now),
            static (_, before, now) => new IdentityActivity(before.Connections + 1, before.Connections == 0 ? now : before.ChangedAt, now), now);
        if (after.Connections != 1) return;
        Interlocked.Increment(ref _connected);
        Changed?.Invoke(name, true);
    }

    /// <summary>An identity has one connection less.</summary>
    public void OnDisconnected(IdentityName name)
    {
        long now = Now;
        var after = _identities.AddOrUpdate(
            name.Key, static (_, now) => new IdentityActivity(0, now, now),
            static (_, before, now) => new IdentityActivity(Math.Max(0, before.Connections - 1), before.Connections == 1 ? now : before.ChangedAt, now), now);
        if (after.Connections != 0) return;
        Interlocked.Decrement(ref _connected);
        Changed?.Invoke(name, false);
    }

    /// <summary>An identity has sent or taken something.</summary>
    public void OnActivity(IdentityName name)
    {
        long now = Now;
        // Once a second is enough for whoever looks; the rest need not allocate.
        if (_identities.TryGetValue(name.Key, out var known) && now - known.ActiveAt < 1000) return;
        _identities.AddOrUpdate(name.Key, static (_, now) => new IdentityActivity(0, 0, now), static (_, before, now) => before with { ActiveAt = now }, now);
    }

    /// <summary>An identity is gone: nothing of it is remembered but what still is connected.</summary>
    public void Forget(IdentityName name)
    {
        if (_identities.TryGetValue(name.Key, out var known) && known.Connections == 0) _identities.TryRemove(new KeyValuePair<string, IdentityActivity>(name.Key, known));
    }
}

/// <summary>Connections and activity of an identity.</summary>
/// <param name="Connections">Connections that are open now.</param>
/// <param name="ChangedAt">When it became connected or disconnected, milliseconds since the Unix epoch; 0 for never.</param>
/// <param name="ActiveAt">When it last did anything; 0 for never.</param>
internal sealed record IdentityActivity(int Connections, long ChangedAt, long ActiveAt)
{
    /// <summary>Whether it is connected.</summary>
    public bool IsConnected => Connections > 0;
}
