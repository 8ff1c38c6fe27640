using System.Collections.Concurrent;

namespace Fairlead.Features.Api.Signing;

/// <summary>
/// Signing keys that were derived already. A caller signs thousands of requests with the one of the day; deriving it costs more than
/// everything else about a signature. Safe for many threads.
/// </summary>
internal sealed class SigningKeys
{
    // More than a hub has callers in a day; then it starts anew, which costs one derivation each.
    private const int Most = 1024;
    private readonly ConcurrentDictionary<Scope, byte[]> _keys = new();

    /// <summary>The key for a day, region and service; see <see cref="SignatureText.DeriveKey"/>.</summary>
    public byte[] Of(string secret, string day, string region, string service)
    {
        var scope = new Scope(secret, day, region, service);
        if (_keys.TryGetValue(scope, out var known)) return known;
        var derived = SignatureText.DeriveKey(secret, day, region, service);
        if (_keys.Count >= Most) _keys.Clear();
        _keys[scope] = derived;
        return derived;
    }

    // By the secret itself: a key that is imported again with another secret must not be known by its old one.
    private readonly record struct Scope(string Secret, string Day, string Region, string Service);
}
