using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Features.Api;

namespace Fairlead.Server.WebConsole;

/// <summary>
/// Who is signed in to the console, and the links that sign in once. Both are secrets of 256 bits of which only the hash is kept; sessions
/// outlive a restart, links do not.
/// </summary>
internal sealed class ConsoleSessions : IDisposable
{
    private const int MostSessions = 1_000;
    private const int MostLinks = 100;
    private static readonly TimeSpan SessionLife = TimeSpan.FromHours(12);
    private static readonly TimeSpan LinkLife = TimeSpan.FromMinutes(15);
    private readonly ConcurrentDictionary<string, ConsoleSession> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (HubRole Role, DateTimeOffset Expires)> _links = new(StringComparer.Ordinal);
    private readonly Lock _saving = new();
    private readonly SessionFile _file;
    private readonly TimeProvider _time;

    /// <summary>Takes up who was signed in.</summary>
    public ConsoleSessions(SessionFile file, TimeProvider time)
    {
        _file = file;
        _time = time;
        foreach (var (hash, session) in file.Read()) _sessions[hash] = session;
    }

    /// <summary>Makes a link.</summary>
    /// <returns>Its token, and when it stops working.</returns>
    public (string Token, DateTimeOffset Expires) MakeLink(HubRole role)
    {
        Sweep();
        if (_links.Count >= MostLinks) throw ApiException.LimitExceeded($"{MostLinks} links wait to be followed already: they end after {LinkLife.TotalMinutes:0} minutes");
        var token = NewSecret();
        var expires = _time.GetUtcNow() + LinkLife;
        _links[HashOf(token)] = (role, expires);
        return (token, expires);
    }

    /// <summary>Takes a link's role; null when it is unknown, used or too old.</summary>
    public HubRole? UseLink(string token) =>
        _links.TryRemove(HashOf(token), out var link) && link.Expires > _time.GetUtcNow() ? link.Role : null;

    /// <summary>Signs somebody in.</summary>
    /// <param name="user">Who.</param>
    /// <param name="isByLink">Whether a link did.</param>
    /// <returns>What the cookie holds.</returns>
    public string Begin(ConsoleUser user, bool isByLink)
    {
        Sweep();
        // Whoever has been there longest goes: nobody can keep others out by signing in again and again.
        while (_sessions.Count >= MostSessions && _sessions.MinBy(static pair => pair.Value.Expires) is { Key: { } oldest }) End(oldest, isHash: true);
        var secret = NewSecret();
        _sessions[HashOf(secret)] = new ConsoleSession(user, isByLink, _time.GetUtcNow() + SessionLife);
        Save();
        return secret;
    }

    /// <summary>Finds a session by its cookie; null when there is none.</summary>
    public ConsoleSession? Find(string? secret)
    {
        if (string.IsNullOrEmpty(secret) || !_sessions.TryGetValue(HashOf(secret), out var session)) return null;
        if (session.Expires > _time.GetUtcNow()) return session;
        End(secret);
        return null;
    }

    /// <summary>Signs out.</summary>
    public void End(string secret) => End(secret, isHash: false);

    /// <summary>Signs a user out everywhere: removed, or with another password or role.</summary>
    public void EndAll(string userName)
    {
        foreach (var (hash, session) in _sessions)
            if (session.User.Name == userName) End(hash, isHash: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, session) in _sessions) session.Dispose();
        _sessions.Clear();
    }

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private void End(string secret, bool isHash)
    {
        if (!_sessions.TryRemove(isHash ? secret : HashOf(secret), out var session)) return;
        session.Dispose();
        Save();
    }

    private void Save()
    {
        lock (_saving) _file.Write(_sessions);
    }

    private void Sweep()
    {
        var now = _time.GetUtcNow();
        foreach (var (hash, session) in _sessions)
            if (session.Expires <= now) End(hash, isHash: true);
        foreach (var (hash, link) in _links)
            if (link.Expires <= now) _links.TryRemove(hash, out _);
    }
}
