using System.Collections.Concurrent;
using System.Text.Json;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Features.Documents;
using Fairlead.Features.Lifecycle;

namespace Fairlead.Features.Connections;

/// <summary>
/// What is remembered of clients' connections: of those that are connected, and for a while of those that have left. It lies in memory;
/// changes are written a moment later, several of one client as one, so that a client that comes and goes costs no more than one that
/// stays. A crash may lose the last second.
/// </summary>
internal sealed class PresenceTable : IDocumentTable
{
    /// <summary>Clients remembered after they have left; the oldest are forgotten first.</summary>
    public const int MostAbsent = 100_000;

    private const int MostWritten = 2_000;
    private static readonly long NumberLife = (long)TimeSpan.FromHours(1).TotalMilliseconds;
    private readonly FeatureContext _context;
    private readonly Predicate<ClientPresence> _isKept;
    private readonly ConcurrentDictionary<string, ClientPresence> _clients = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _unwritten = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string ClientId, long LeftAt)> _absent = new();
    private int _absentCount;

    /// <summary>Makes the table; before documents are loaded.</summary>
    /// <param name="context">Store and clock.</param>
    /// <param name="isKept">Whether a client's last state is kept however long it is away: that of a thing is.</param>
    public PresenceTable(FeatureContext context, Predicate<ClientPresence> isKept)
    {
        _context = context;
        _isKept = isKept;
        context.Documents.Add(this);
    }

    /// <inheritdoc/>
    public string Collection => "presence";

    /// <summary>Everything that is remembered.</summary>
    public IEnumerable<ClientPresence> All => _clients.Select(static pair => pair.Value);

    /// <summary>The state of a client; null when nothing is remembered.</summary>
    public ClientPresence? Find(string clientId) => _clients.GetValueOrDefault(clientId);

    /// <inheritdoc/>
    public void Load(string key, ReadOnlySpan<byte> body)
    {
        var presence = JsonSerializer.Deserialize(body, PresenceJson.Default.ClientPresence)
            ?? throw new StoreException($"the record {key} of {Collection} in the store is empty");
        // Nobody was there to see the end of what was open when the hub stopped.
        if (presence.IsConnected) presence = presence with { DisconnectedAt = _context.Now, Reason = DisconnectReasons.Unknown };
        _clients[key] = presence;
        Remember(presence);
    }

    /// <summary>A client has connected.</summary>
    public ClientPresence OnConnected(in ConnectionEvent connection)
    {
        var before = Find(connection.ClientId);
        var presence = new ClientPresence(
            connection.ClientId,
            connection.SessionPresent && before is not null ? before.SessionIdentifier : NewIdentifier(),
            before is null || IsStale(before, connection.ConnectedAt) ? 0 : before.Version + 1,
            connection.ConnectedAt)
        {
            KeepAlive = connection.KeepAlive,
            SessionExpiry = connection.SessionExpiry,
            CertificateId = connection.Transport.CertificateId,
        };
        if (before is { IsConnected: false }) Interlocked.Decrement(ref _absentCount);
        Put(presence);
        return presence;
    }

    /// <summary>A client has left.</summary>
    public ClientPresence OnDisconnected(in ConnectionEvent connection, string reason)
    {
        var before = Find(connection.ClientId) ?? new ClientPresence(connection.ClientId, NewIdentifier(), 0, connection.ConnectedAt);
        var presence = before with { DisconnectedAt = _context.Now, Reason = reason, SessionExpiry = connection.SessionExpiry };
        Put(presence);
        Remember(presence);
        return presence;
    }

    /// <summary>Writes what has changed, some at a time. Returns whether there is more.</summary>
    public bool Write()
    {
        if (_unwritten.IsEmpty || !_context.Documents.IsHealthy) return false;
        lock (_context.Documents.Gate) _context.Documents.InOne(WriteSome);
        return !_unwritten.IsEmpty;
    }

    /// <summary>Forgets clients that have been away for so long that nothing of them is told any more.</summary>
    public void Prune()
    {
        var now = _context.Now;
        foreach (var (_, presence) in _clients)
        {
            if (presence.IsConnected || !IsStale(presence, now) || _isKept(presence)) continue;
            Forget(presence);
        }
    }

    // A number starts again an hour after the client has left; that of a stored Session not before the Session has ended.
    private static bool IsStale(ClientPresence presence, long now) =>
        !presence.IsConnected && presence.SessionExpiry != uint.MaxValue
        && now - presence.DisconnectedAt > Math.Max(NumberLife, presence.SessionExpiry * 1000L);

    private static Guid NewIdentifier() => Guid.NewGuid();

    private void Put(ClientPresence presence)
    {
        _clients[presence.ClientId] = presence;
        _unwritten[presence.ClientId] = 0;
    }

    private void Remember(ClientPresence presence)
    {
        Interlocked.Increment(ref _absentCount);
        _absent.Enqueue((presence.ClientId, presence.DisconnectedAt));
        // Clients that have come back since leave entries behind that stand for nothing.
        while ((Volatile.Read(ref _absentCount) > MostAbsent || _absent.Count > 2 * MostAbsent) && _absent.TryDequeue(out var oldest))
        {
            if (Find(oldest.ClientId) is { IsConnected: false } absent && absent.DisconnectedAt == oldest.LeftAt) Forget(absent);
        }
    }

    private void Forget(ClientPresence presence)
    {
        if (!_clients.TryRemove(KeyValuePair.Create(presence.ClientId, presence))) return;
        Interlocked.Decrement(ref _absentCount);
        _unwritten[presence.ClientId] = 0;
    }

    private void WriteSome()
    {
        var left = MostWritten;
        foreach (var (clientId, _) in _unwritten)
        {
            if (left-- == 0) return;
            _unwritten.TryRemove(clientId, out _);
            if (Find(clientId) is { } presence)
            {
                var body = JsonSerializer.SerializeToUtf8Bytes(presence, PresenceJson.Default.ClientPresence);
                _context.Documents.Append(StoreChangeKind.DocumentSaved, new Document(Collection, clientId, body));
            }
            else
            {
                _context.Documents.Append(StoreChangeKind.DocumentRemoved, new Document(Collection, clientId, default));
            }
        }
    }
}
