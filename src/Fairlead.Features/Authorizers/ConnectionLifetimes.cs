using Fairlead.Broker.Extensions;
using Fairlead.Features.Policies;
using Fairlead.Protocols.Mqtt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Authorizers;

/// <summary>
/// Ends connections that an authorizer let in when its disconnect interval is over, with 0xA0 (CUSTOMAUTH_TTL_EXPIRATION). In between it
/// asks again whenever the refresh interval is over, and puts the new policies into force. One entry a connection, gone with it.
/// </summary>
internal sealed class ConnectionLifetimes : IConnectionObserver
{
    private const long RetryMilliseconds = 60_000;
    private const string Over = "the connection has reached the end of its life";

    private readonly FeatureContext _context;
    private readonly AuthorizerRecords _records;
    private readonly AuthorizerCalls _calls;
    private readonly AuthorizedSessions _sessions;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly SortedSet<(long DueAt, long ConnectionId)> _due = [];
    private readonly Dictionary<long, Life> _lives = [];
    private readonly ITimer _timer;

    /// <summary>Makes the table.</summary>
    public ConnectionLifetimes(
        FeatureContext context, AuthorizerRecords records, AuthorizerCalls calls, AuthorizedSessions sessions, ILogger<ConnectionLifetimes> log)
    {
        (_context, _records, _calls, _sessions, _log) = (context, records, calls, sessions, log);
        _timer = context.Time.CreateTimer(_ => OnTick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void OnConnected(in ConnectionEvent connection)
    {
        if (_sessions.Find(connection.Principal) is not { } session) return;
        var endsAt = _context.Now + (session.Grant.DisconnectAfterSeconds * 1000L);
        var life = new Life(connection.ConnectionId, connection.ClientId, endsAt, session, (DocumentPrincipal)connection.Principal)
        {
            RefreshAt = _context.Now + (session.Grant.RefreshAfterSeconds * 1000L),
        };
        lock (_lock)
        {
            _lives[life.ConnectionId] = life;
            Schedule(life);
        }
    }

    /// <inheritdoc/>
    public void OnDisconnected(in ConnectionEvent connection, in DisconnectCause cause)
    {
        lock (_lock)
        {
            if (_lives.Remove(connection.ConnectionId, out var life)) _due.Remove((life.DueAt, life.ConnectionId));
        }
    }

    /// <inheritdoc/>
    public void OnConnectRefused(in ConnectionEvent connection, string stage, ReasonCode code, string reason)
    {
        // It never began.
    }

    /// <inheritdoc/>
    public void OnSubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters)
    {
        // Subscriptions have no life of their own.
    }

    /// <inheritdoc/>
    public void OnUnsubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters)
    {
        // The same.
    }

    private void OnTick()
    {
        var now = _context.Now;
        var due = new List<Life>();
        lock (_lock)
        {
            while (_due.Count > 0 && _due.Min.DueAt <= now)
            {
                var first = _due.Min;
                _due.Remove(first);
                due.Add(_lives[first.ConnectionId]);
            }

            Arm();
        }

        foreach (var life in due)
        {
            if (now >= life.EndsAt) _context.Broker.DisconnectConnection(life.ConnectionId, ReasonCode.MaximumConnectTime, Over);
            else _ = RefreshAsync(life);
        }
    }

    private async Task RefreshAsync(Life life)
    {
        try
        {
            var session = life.Session;
            var verdict = _records.Authorizers.Find(session.AuthorizerName) is { } authorizer
                ? await _calls.AskAsync(authorizer, session.Request, CancellationToken.None).ConfigureAwait(false)
                : AuthorizerVerdict.Denied($"the authorizer {session.AuthorizerName} is gone");
            if (verdict.Kind is RefusalKind.Denied)
            {
                _log.AuthorizerRefused(session.AuthorizerName, life.ClientId, verdict.Reason);
                _context.Broker.DisconnectConnection(life.ConnectionId, ReasonCode.NotAuthorized, "refused by the authorizer");
                return;
            }

            // A function that is away for a moment must not cut off the whole fleet: the policies stay until it is there again, at most
            // until the disconnect interval is over.
            var wait = RetryMilliseconds;
            if (verdict.Grant is { } grant)
            {
                life.Principal.Replace(grant.PolicyDocuments);
                wait = grant.RefreshAfterSeconds * 1000L;
                _log.AuthorizerRefreshed(session.AuthorizerName, life.ClientId);
            }
            else
            {
                _log.AuthorizerFailed(session.AuthorizerName, life.ClientId, verdict.Reason);
            }

            lock (_lock)
            {
                life.RefreshAt = _context.Now + wait;
                if (_lives.ContainsKey(life.ConnectionId)) Schedule(life);
            }
        }
        catch (Exception exception)
        {
            _log.LifetimesFailed(exception);
        }
    }

    private void Schedule(Life life)
    {
        life.DueAt = Math.Min(life.EndsAt, life.RefreshAt);
        _due.Add((life.DueAt, life.ConnectionId));
        if (_due.Min.ConnectionId == life.ConnectionId) Arm();
    }

    private void Arm()
    {
        var wait = _due.Count == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Clamp(_due.Min.DueAt - _context.Now, 0, 86_400_000));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private sealed class Life(long connectionId, string clientId, long endsAt, AuthorizedSession session, DocumentPrincipal principal)
    {
        public long ConnectionId { get; } = connectionId;

        public string ClientId { get; } = clientId;

        public long EndsAt { get; } = endsAt;

        public AuthorizedSession Session { get; } = session;

        public DocumentPrincipal Principal { get; } = principal;

        public long RefreshAt { get; set; }

        public long DueAt { get; set; }
    }
}
