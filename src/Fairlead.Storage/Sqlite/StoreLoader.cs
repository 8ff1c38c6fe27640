using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fairlead.Broker.Durability;
using Fairlead.Protocols.Mqtt;
using Fairlead.Sqlite;
using Fairlead.Storage.Sqlite.Journal;
using SQLitePCL;

namespace Fairlead.Storage.Sqlite;

/// <summary>Reads tables and journal back. Journal rows are played in order; bodies are looked up at the end, for one may have moved behind its entries.</summary>
internal sealed class StoreLoader(Database database)
{
    private readonly LiveIndex _index = new();
    private readonly SortedDictionary<long, SessionParts> _sessions = [];
    private readonly Dictionary<long, LoadedBody> _bodies = [];
    private readonly Dictionary<long, LoadedEntry> _entries = [];
    private long _lastId;
    private long _lastMessageId;

    /// <exception cref="SqliteFailure">The file is damaged or cannot be read.</exception>
    public LoadedStore Load()
    {
        RemoveOrphans();
        _lastId = database.ReadInt64("SELECT value FROM counters WHERE name = 'last_id'");
        ReadSessions();
        ReadSubscriptions();
        ReadWills();
        var retained = ReadRetained();
        ReadJournal();
        PlaceEntries();
        PlaceInbound();
        var sessions = new List<StoredSession>(_sessions.Count);
        foreach (var parts in _sessions.Values)
        {
            sessions.Add(new StoredSession(parts.Record, parts.Subscriptions, parts.Queue, [.. parts.Inbound.Keys], parts.Will));
        }

        return new LoadedStore(new StoredState(sessions, retained, _lastId, ReadDocuments()), _index, _lastMessageId);
    }

    /// <summary>A Will or subscription announced just after its Session ended belongs to nobody.</summary>
    private void RemoveOrphans()
    {
        database.Execute("DELETE FROM subscriptions WHERE session_id NOT IN (SELECT id FROM sessions)");
        database.Execute("DELETE FROM wills WHERE session_id NOT IN (SELECT id FROM sessions)");
        database.Execute("DELETE FROM counters WHERE name = 'probe'");
    }

    private void ReadSessions()
    {
        using var rows = database.Prepare("SELECT id, client_id, version, expiry, disconnected_at, epoch, principal FROM sessions");
        while (rows.Read())
        {
            var record = new SessionRecord(
                rows.GetInt64(0), rows.GetText(1)!, (ProtocolVersion)rows.GetInt64(2), (uint)rows.GetInt64(3), rows.GetInt64(4),
                rows.GetInt64(5), rows.GetText(6));
            _sessions.Add(record.Id, new SessionParts(record));
            _index.AddSession(record.Id);
            _lastId = Math.Max(_lastId, record.Id);
        }
    }

    private void ReadSubscriptions()
    {
        using var rows = database.Prepare(
            "SELECT session_id, filter, qos, no_local, retain_as_published, retain_handling, identifier FROM subscriptions");
        while (rows.Read())
        {
            if (!_sessions.TryGetValue(rows.GetInt64(0), out var session)) continue;
            session.Subscriptions.Add(new SubscriptionRecord(
                rows.GetText(1)!, (QualityOfService)rows.GetInt64(2), rows.GetInt64(3) != 0, rows.GetInt64(4) != 0,
                (RetainHandling)rows.GetInt64(5), (uint)rows.GetInt64(6)));
        }
    }

    private void ReadWills()
    {
        using var rows = database.Prepare("SELECT session_id, delay, due_at, message FROM wills");
        while (rows.Read())
        {
            if (!_sessions.TryGetValue(rows.GetInt64(0), out var session)) continue;
            session.Will = new WillRecord(Decode(rows.GetBlob(3), "will"), (uint)rows.GetInt64(1), rows.GetInt64(2));
        }
    }

    private List<Message> ReadRetained()
    {
        var retained = new List<Message>();
        using var rows = database.Prepare("SELECT message FROM retained");
        while (rows.Read()) retained.Add(Decode(rows.GetBlob(0), "retained message"));
        return retained;
    }

    private List<Document> ReadDocuments()
    {
        var documents = new List<Document>();
        var collections = new Dictionary<string, string>(StringComparer.Ordinal);
        using var rows = database.Prepare("SELECT collection, key, body FROM documents");
        while (rows.Read())
        {
            var name = rows.GetText(0)!;
            if (!collections.TryGetValue(name, out var collection)) collections.Add(name, collection = name);
            documents.Add(new Document(collection, rows.GetText(1)!, rows.GetBlob(2).ToArray()));
        }

        return documents;
    }

    private static Message Decode(ReadOnlySpan<byte> blob, string what)
    {
        if (!RowReader.TryOpen(blob, out var reader) || !reader.TryRead(out var record) || record.Kind != RecordKind.Body) throw Damaged(what);
        return record.ToMessage();
    }

    private void ReadJournal()
    {
        using var rows = database.Prepare("SELECT seq, body FROM journal ORDER BY seq");
        while (rows.Read())
        {
            var seq = rows.GetInt64(0);
            var row = rows.GetBlob(1);
            if (_index.Rows.Count == 0) _index.Rows.StartAt(seq);
            if (seq != _index.Rows.Next) throw Damaged($"journal: row {_index.Rows.Next} is missing");
            _index.Rows.Append(row.Length);
            if (!RowReader.TryOpen(row, out var reader)) throw Damaged($"journal row {seq}");
            _lastId = Math.Max(_lastId, reader.LastId);
            while (reader.TryRead(out var record)) Play(ref record, seq);
            if (!reader.AtEnd) throw Damaged($"journal row {seq}");
        }
    }

    private void Play(ref Record record, long seq)
    {
        switch (record.Kind)
        {
            case RecordKind.Body:
                _bodies[record.Id] = new LoadedBody(record.ToMessage(), seq, record.Raw.Length);
                _lastMessageId = Math.Max(_lastMessageId, record.Id);
                break;
            case RecordKind.Entry:
                _entries[record.Id] = new LoadedEntry(
                    record.SessionId, record.BodyId, seq, record.Raw.Length, record.ToIdentifiers(), record.ToShareFilter(), record.QoS, record.Retain)
                {
                    PacketId = record.PacketId,
                    Released = record.Released,
                };
                _lastId = Math.Max(_lastId, record.Id);
                break;
            case RecordKind.PacketId:
                ref var assigned = ref CollectionsMarshal.GetValueRefOrNullRef(_entries, record.Id);
                if (!Unsafe.IsNullRef(ref assigned)) assigned.PacketId = record.PacketId;
                break;
            case RecordKind.Released:
                ref var released = ref CollectionsMarshal.GetValueRefOrNullRef(_entries, record.Id);
                if (!Unsafe.IsNullRef(ref released)) released.Released = true;
                break;
            case RecordKind.Settled:
                _entries.Remove(record.Id);
                break;
            case RecordKind.InboundReceived:
                if (_sessions.TryGetValue(record.Id, out var receiver)) receiver.Inbound[record.PacketId] = seq;
                break;
            case RecordKind.InboundReleased:
                if (_sessions.TryGetValue(record.Id, out var releaser)) releaser.Inbound.Remove(record.PacketId);
                break;
        }
    }

    private void PlaceEntries()
    {
        var ids = new List<long>(_entries.Count);
        foreach (var (id, entry) in _entries)
        {
            if (_sessions.ContainsKey(entry.SessionId)) ids.Add(id);
        }

        ids.Sort();
        var held = new List<long>();
        foreach (var id in ids)
        {
            var entry = _entries[id];
            if (!_bodies.TryGetValue(entry.BodyId, out var body)) throw Damaged($"journal: message {entry.BodyId} is missing");
            if (!_index.HasBody(entry.BodyId))
            {
                _index.AddBody(entry.BodyId, body.Row, body.Bytes);
                held.Add(entry.BodyId);
            }

            _index.AddEntry(id, entry.SessionId, entry.BodyId, entry.Row, entry.Bytes, entry.PacketId, entry.Released);
            _sessions[entry.SessionId].Queue.Add(
                new QueuedMessage(id, body.Message, entry.QoS, entry.Retain, entry.Identifiers, Persistence.Written)
                {
                    PacketId = entry.PacketId,
                    Released = entry.Released,
                    SentBefore = entry.PacketId != 0,
                    ShareFilter = entry.ShareFilter,
                });
        }

        foreach (var id in held) _index.ReleaseBody(id);
    }

    private void PlaceInbound()
    {
        foreach (var (sessionId, session) in _sessions)
        {
            foreach (var (packetId, row) in session.Inbound) _index.AddInbound(sessionId, packetId, row);
        }
    }

    private static SqliteFailure Damaged(string what) => new(raw.SQLITE_CORRUPT, $"{what} is damaged");

    private readonly record struct LoadedBody(Message Message, long Row, int Bytes);

    private record struct LoadedEntry(
        long SessionId, long BodyId, long Row, int Bytes, uint[] Identifiers, string? ShareFilter, QualityOfService QoS, bool Retain)
    {
        public ushort PacketId { get; set; }

        public bool Released { get; set; }
    }

    private sealed class SessionParts(SessionRecord record)
    {
        public SessionRecord Record { get; } = record;

        public List<SubscriptionRecord> Subscriptions { get; } = [];

        public List<QueuedMessage> Queue { get; } = [];

        public SortedDictionary<ushort, long> Inbound { get; } = [];

        public WillRecord? Will { get; set; }
    }
}
