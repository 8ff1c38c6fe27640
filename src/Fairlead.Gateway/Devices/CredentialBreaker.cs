using System.Collections.Concurrent;

namespace Fairlead.Gateway.Devices;

/// <summary>
/// Remembers tokens that the hub refused: after three refusals in a row the same token is refused here for a while, without asking
/// (spec section 9.4 item 9, checklist 80).
/// </summary>
/// <param name="pause">For how long.</param>
/// <param name="time">Clock.</param>
internal sealed class CredentialBreaker(TimeSpan pause, TimeProvider time)
{
    private const int MostRefusals = 3;
    private const int MostEntries = 20_000;

    private readonly ConcurrentDictionary<(string Device, string Fingerprint), (int Count, long Last)> _refused = new();

    /// <summary>Entries in memory.</summary>
    public int Count => _refused.Count;

    /// <summary>Whether a token is refused without asking, and for how long still.</summary>
    public bool IsOpen(string device, string fingerprint, out TimeSpan left)
    {
        left = TimeSpan.Zero;
        if (!_refused.TryGetValue((device, fingerprint), out var entry) || entry.Count < MostRefusals) return false;
        left = pause - time.GetElapsedTime(entry.Last);
        if (left > TimeSpan.Zero) return true;
        _refused.TryRemove((device, fingerprint), out _);
        return false;
    }

    /// <summary>Takes a refusal. When too many are remembered already, this one is not: the hub is asked again then.</summary>
    public void Refuse(string device, string fingerprint)
    {
        if (_refused.Count >= MostEntries) Sweep();
        if (_refused.Count >= MostEntries) return;
        long now = time.GetTimestamp();
        _refused.AddOrUpdate((device, fingerprint), static (_, now) => (1, now), static (_, entry, now) => (entry.Count + 1, now), now);
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
