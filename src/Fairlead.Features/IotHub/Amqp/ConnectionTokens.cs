using System.Diagnostics.CodeAnalysis;
using Fairlead.Features.IotHub.Credentials;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>What one connection was granted, by scope (spec/azure-gateway, sections 2.3 and 2.10), and when that ends. Thread-safe.</summary>
internal sealed class ConnectionTokens : IDisposable
{
    /// <summary>Most tokens of a connection.</summary>
    public const int Most = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Scope, string? Policy, HubPermissions Permissions), TokenEntry> _entries = [];

    // Of the whole hub, and policies that signed for a part of it: as many as a hub has policies, which is few.
    private readonly List<TokenEntry> _ofHub = [];
    private readonly HashSet<string> _policies = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly Action<IReadOnlyList<TokenEntry>> _ended;
    private readonly ITimer _timer;
    private DateTimeOffset _due = DateTimeOffset.MaxValue;
    private bool _disposed;

    /// <param name="time">Clock.</param>
    /// <param name="ended">Told what has expired; on a thread of the pool.</param>
    public ConnectionTokens(TimeProvider time, Action<IReadOnlyList<TokenEntry>> ended)
    {
        _time = time;
        _ended = ended;
        _timer = time.CreateTimer(static state => ((ConnectionTokens)state!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _entries.Count;
        }
    }

    /// <summary>Adds a grant, or renews the one of the same scope.</summary>
    /// <param name="audience">What it was put for.</param>
    /// <param name="grant">What it allows.</param>
    /// <param name="entry">Where it lies now.</param>
    /// <returns>False when there are too many.</returns>
    public bool TryPut(string audience, HubGrant grant, [NotNullWhen(true)] out TokenEntry? entry)
    {
        // Tokens of one policy for parts of the service allow less than one for the hub, and do not replace it.
        var key = (grant.Scope?.Key ?? "", grant.PolicyName, grant.Scope is null ? grant.Permissions : HubPermissions.None);
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out entry))
            {
                entry.Renew(audience, grant);
            }
            else
            {
                if (_entries.Count >= Most) return false;
                _entries.Add(key, entry = new TokenEntry(audience, grant));
                if (grant.Scope is null) _ofHub.Add(entry);
                else if (grant.PolicyName is { } policy) _policies.Add(policy);
            }

            Schedule(grant.AcceptedUntil);
            return true;
        }
    }

    /// <summary>Removes what was put for an audience (<c>delete-token</c>).</summary>
    public IReadOnlyList<TokenEntry> Delete(string audience) => Take(entry => entry.Audience == audience);

    /// <summary>Removes what an identity's own credential granted.</summary>
    public IReadOnlyList<TokenEntry> DeleteOwn(IdentityName identity) => Take(entry => entry.Grant.PolicyName is null && entry.Grant.Scope == identity);

    /// <summary>Entries that may cover an identity, the narrowest first.</summary>
    public IReadOnlyList<TokenEntry> Covering(IdentityName identity)
    {
        var found = new List<TokenEntry>(2);
        lock (_gate)
        {
            if (_entries.TryGetValue((identity.Key, null, HubPermissions.None), out var own)) found.Add(own);
            foreach (var policy in _policies)
            {
                if (_entries.TryGetValue((identity.Key, policy, HubPermissions.None), out var scoped)) found.Add(scoped);
                if (identity.ModuleId is not null && _entries.TryGetValue((identity.DeviceId, policy, HubPermissions.None), out var device)) found.Add(device);
            }

            found.AddRange(_ofHub);
        }

        return found;
    }

    /// <summary>An entry of the whole hub that allows something; null when there is none.</summary>
    public TokenEntry? OfHub(HubPermissions needed)
    {
        lock (_gate) return _ofHub.Find(entry => entry.Grant.Allows(needed));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate) _disposed = true;
        _timer.Dispose();
    }

    private List<TokenEntry> Take(Func<TokenEntry, bool> wanted)
    {
        lock (_gate)
        {
            var taken = _entries.Where(pair => wanted(pair.Value)).ToList();
            foreach (var (key, entry) in taken)
            {
                _entries.Remove(key);
                _ofHub.Remove(entry);
            }

            return [.. taken.Select(static pair => pair.Value)];
        }
    }

    private void Expire()
    {
        var now = _time.GetUtcNow();
        lock (_gate) _due = DateTimeOffset.MaxValue;
        var ended = Take(entry => entry.Grant.AcceptedUntil <= now);
        lock (_gate)
        {
            foreach (var entry in _entries.Values) Schedule(entry.Grant.AcceptedUntil);
        }

        if (ended.Count > 0) _ended(ended);
    }

    // Under the gate. Timers have a longest time; the next round of Expire goes on from there.
    private void Schedule(DateTimeOffset? until)
    {
        if (until is not { } end || end >= _due || _disposed) return;
        _due = end;
        var wait = end - _time.GetUtcNow() + TimeSpan.FromMilliseconds(1);
        _timer.Change(TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, TimeSpan.FromDays(10).Ticks)), Timeout.InfiniteTimeSpan);
    }
}
