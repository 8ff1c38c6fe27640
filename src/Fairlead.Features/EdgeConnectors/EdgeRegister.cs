using System.Collections.Concurrent;
using Fairlead.Broker.Extensions;
using Fairlead.Features.Documents;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.EdgeConnectors;

/// <summary>
/// The connectors that have reported, up or down by the events of their connections. It lies in memory and is changed on the packet path; what
/// outlives a restart is written a moment later.
/// </summary>
internal sealed class EdgeRegister : IConnectionObserver
{
    /// <summary>Connectors remembered; further ones are not listed.</summary>
    public const int Most = 10_000;

    private readonly FeatureContext _context;
    private readonly RecordTable<EdgeState> _table;
    private readonly ConcurrentDictionary<string, EdgeState> _edges = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _unwritten = new(StringComparer.Ordinal);

    /// <summary>Makes the register; before documents are loaded.</summary>
    public EdgeRegister(FeatureContext context)
    {
        _context = context;
        _table = new RecordTable<EdgeState>(context.Documents, "edge-connectors", EdgeJson.Default.EdgeState);
    }

    /// <summary>Connectors that are connected.</summary>
    public int Up => _edges.Count(static entry => entry.Value.Up);

    /// <summary>Connectors that are not.</summary>
    public int Down => _edges.Count(static entry => !entry.Value.Up);

    /// <summary>Messages that wait at all connectors, as each last reported.</summary>
    public long Buffered => _edges.Sum(static entry => entry.Value.Report.Buffered);

    /// <summary>Takes up what was remembered. Nobody was there to see the end of what was up when the hub stopped.</summary>
    public void Load()
    {
        lock (_context.Documents.Gate)
        {
            foreach (var (clientId, edge) in _table.After(null))
                _edges[clientId] = edge.Up ? edge with { Up = false, Since = _context.Now, Cause = "the hub was down" } : edge;
        }
    }

    /// <summary>Some connectors in the order of their names.</summary>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<EdgeState> List(string? after, int limit) =>
        [.. _edges.Values.Where(edge => after is null || string.CompareOrdinal(edge.ClientId, after) > 0).OrderBy(static edge => edge.ClientId, StringComparer.Ordinal).Take(limit)];

    /// <summary>A connector; null when it has never reported.</summary>
    public EdgeState? Find(string clientId) => _edges.GetValueOrDefault(clientId);

    /// <summary>Forgets a connector, until it reports again; false when there is none. Under the gate.</summary>
    public bool Forget(string clientId)
    {
        bool known = _edges.TryRemove(clientId, out _);
        _unwritten.TryRemove(clientId, out _);
        return _table.Remove(clientId) || known;
    }

    /// <summary>A connector reports. On the packet path.</summary>
    public void OnReport(string clientId, EdgeReport report)
    {
        long now = _context.Now;
        if (!_edges.ContainsKey(clientId) && _edges.Count >= Most) return;
        bool isNews = false;
        _edges.AddOrUpdate(
            clientId,
            id =>
            {
                isNews = true;
                return new EdgeState(id) { Up = true, Since = now, Report = report, ReportedAt = now };
            },
            (_, before) =>
            {
                var after = before with { Up = true, Cause = null, Report = report, ReportedAt = now, Rate = RateOf(before, report, now), AwaySince = 0 };
                // It can only come from a connection: one that was there when it was forgotten, for one.
                if (!before.Up) after = after with { Since = now };
                isNews = before.AwaySince > 0 || before.Report.Version != report.Version;
                return before.AwaySince > 0 ? after with { LastOutage = new EdgeOutage(before.AwaySince, before.Since, report.Buffered) } : after;
            });
        if (isNews) _unwritten[clientId] = 0;
    }

    /// <summary>Writes what has changed.</summary>
    public void Write()
    {
        if (_unwritten.IsEmpty) return;
        lock (_context.Documents.Gate)
        {
            foreach (var (clientId, _) in _unwritten)
            {
                if (_unwritten.TryRemove(clientId, out byte _) && _edges.TryGetValue(clientId, out var edge)) _table.Save(clientId, edge);
            }
        }
    }

    /// <inheritdoc/>
    public void OnConnected(in ConnectionEvent connection)
    {
        if (!_edges.TryGetValue(connection.ClientId, out var before)) return;
        long away = before.Up ? 0 : before.Since;
        Change(before, before with { Up = true, Cause = null, Since = _context.Now, ConnectionId = connection.ConnectionId, AwaySince = away, Rate = null });
    }

    /// <inheritdoc/>
    public void OnDisconnected(in ConnectionEvent connection, in DisconnectCause cause)
    {
        if (!_edges.TryGetValue(connection.ClientId, out var before)) return;
        // A connection that another one has taken over ends after that one has begun.
        if (before.ConnectionId != 0 && before.ConnectionId != connection.ConnectionId) return;
        Change(before, before with { Up = false, Since = _context.Now, Cause = cause.Reason, ConnectionId = 0, AwaySince = 0 });
    }

    /// <inheritdoc/>
    public void OnConnectRefused(in ConnectionEvent connection, string stage, ReasonCode code, string reason)
    {
        // It was down, and stays so.
    }

    /// <inheritdoc/>
    public void OnSubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters)
    {
        // Of no interest here.
    }

    /// <inheritdoc/>
    public void OnUnsubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters)
    {
        // Of no interest here.
    }

    private static double? RateOf(EdgeState before, EdgeReport report, long now)
    {
        if (!before.Up || before.AwaySince > 0 || before.ReportedAt == 0 || now <= before.ReportedAt || before.ReportedAt < before.Since) return null;
        return report.Sent < before.Report.Sent ? null : (report.Sent - before.Report.Sent) * 1000.0 / (now - before.ReportedAt);
    }

    private void Change(EdgeState before, EdgeState after)
    {
        // Whoever was forgotten in the same moment stays so; a report in between is followed by another.
        if (_edges.TryUpdate(before.ClientId, after, before)) _unwritten[before.ClientId] = 0;
        else if (_edges.TryGetValue(before.ClientId, out var other)) Change(other, other with { Up = after.Up, Since = after.Since, Cause = after.Cause, ConnectionId = after.ConnectionId, AwaySince = after.AwaySince });
    }
}
