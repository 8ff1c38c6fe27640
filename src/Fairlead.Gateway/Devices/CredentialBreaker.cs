using System.Collections.Concurrent;
using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Devices;

/// <summary>
/// Remembers tokens that the hub refused, and those of devices that it does not know: after three refusals in a row the same token is refused
/// here for a while, without asking (spec section 9.4 item 9, checklist 80).
/// </summary>
/// <param name="pause">For how long.</param>
/// <param name="time">Clock.</param>
internal sealed class CredentialBreaker(TimeSpan pause, TimeProvider time)
{
    private const int MostRefusals = 3;
    private const int MostEntries = 20_000;

    private readonly ConcurrentDictionary<(string Device, string Fingerprint), (int Count, long Last, HubFaultKind Kind)> _refused = new();

    /// <summary>Entries in memory.</summary>
    public int Count => _refused.Count;

    /// <summary>Whether a token is refused without asking, and as what: the hub's last answer.</summary>
    public bool IsOpen(string device, string fingerprint, out HubFaultKind kind)
    {
        kind = default;
        if (!_refused.TryGetValue((device, fingerprint), out var entry) || entry.Count < MostRefusals) return false;
        kind = entry.Kind;
        if (pause > time.GetElapsedTime(entry.Last)) return true;
        _refused.TryRemove((device, fingerprint), out _);
        return false;
    }

    /// <summary>Takes a refusal. When too many are remembered already, this one is not: the hub is asked again then.</summary>
    public void Refuse(string device, string fingerprint, HubFaultKind kind)
    {
        if (_refused.Count >= MostEntries) Sweep();
        if (_refused.Count >= MostEntries) return;
        long now = time.GetTimestamp();
        _refused.AddOrUpdate(
            (device, fingerprint), static (_, last) => (1, last.Now, last.Kind), static (_, entry, last) => (entry.Count + 1, last.Now, last.Kind), (Now: now, Kind: kind));
    }

    /// <summary>Takes a success.</summary>
    public void Accept(string device, string fingerprint) => _refused.TryRemove((device, fingerprint), out _);

    /// <summary>Forgets what is over.</summary>
    public void Sweep()
    {
        foreach (var (key, entry) in _refused)
        {
            if (time.GetElapsedTime(entry.Last) > pause) _refused.TryRemove(key, out _);
        }
    }
}
