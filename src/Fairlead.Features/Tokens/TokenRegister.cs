using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Features.Api;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Tokens;

/// <summary>The tokens in force, by the hash of their text: looking one up takes no lock.</summary>
internal sealed class TokenRegister
{
    /// <summary>What each token begins with, so that people and scanners for secrets know one.</summary>
    public const string Prefix = "flt_";

    private const string Scheme = "Bearer ";
    private readonly ConcurrentDictionary<string, (TokenHolder Holder, CancellationTokenSource Revoked)> _byHash = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;

    /// <summary>Makes the register.</summary>
    public TokenRegister(DocumentStore store, TimeProvider time)
    {
        _time = time;
        Table = new RecordTable<ApiToken>(store, "api-tokens", TokenJson.Default.ApiToken);
        Table.Changed += OnChanged;
    }

    /// <summary>Tokens by name.</summary>
    public RecordTable<ApiToken> Table { get; }

    /// <summary>A new text: 256 bits that nobody guesses.</summary>
    public static string NewText() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is kept of a text.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Whether an <c>Authorization</c> header carries a token of this kind, in force or not.</summary>
    public static bool IsToken(string? authorization) => TextOf(authorization) is not null;

    /// <summary>Who shows the token of an <c>Authorization</c> header; null when it is none, has expired or was revoked.</summary>
    public TokenHolder? Find(string? authorization)
    {
        if (TextOf(authorization) is not { } text || !_byHash.TryGetValue(HashOf(text), out var live)) return null;
        return live.Holder.ExpiresAt is { } end && end <= _time.GetUtcNow() ? null : live.Holder;
    }

    private static string? TextOf(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;
        string text = authorization[Scheme.Length..].Trim();
        return text.StartsWith(Prefix, StringComparison.Ordinal) ? text : null;
    }

    // Under the gate of the documents: one at a time.
    private void OnChanged(string name, ApiToken? before, ApiToken? after)
    {
        // Not under the gate: what ends then may want it.
        if (before is not null && _byHash.TryRemove(before.Hash, out var ended)) _ = Task.Run(ended.Revoked.Cancel);
        if (after is null || RoleRights.Parse(after.Role) is not { } role) return;
        var revoked = new CancellationTokenSource();
        DateTimeOffset? expires = after.ExpiresAt is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null;
        _byHash[after.Hash] = (new TokenHolder(new ConsoleUser($"token {name}", role), expires, revoked.Token), revoked);
    }
}
