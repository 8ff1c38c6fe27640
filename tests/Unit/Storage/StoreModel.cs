using System.Text;
using Fairlead.Broker.Durability;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Unit.Storage;

/// <summary>Makes random changes, gives them to a store and does the same to plain dictionaries.</summary>
internal sealed class StoreModel(int seed)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<long, Session> _sessions = [];
    private readonly Dictionary<string, Message> _retained = new(StringComparer.Ordinal);
    private readonly List<Message> _messages = [];
    private readonly Dictionary<(string Collection, string Key), Document> _documents = [];
    private long _lastId;

    public long LastId => _lastId;

    public void Step(IBrokerStore store)
    {
        if (_sessions.Count == 0 || (_random.Next(150) == 0 && _sessions.Count < 12)) AddSession(store);
        var session = _sessions.Values.ElementAt(_random.Next(_sessions.Count));
        switch (_random.Next(105))
        {
            case >= 100: SaveDocuments(store); break;
            case < 35: Queue(store, session); break;
            case < 45: Assign(store, session); break;
            case < 52: Release(store, session); break;
            case < 78: Settle(store, session); break;
            case < 83: Receive(store, session); break;
            case < 88: ReleaseInbound(store, session); break;
            case < 90: Subscribe(store, session); break;
            case < 92: Unsubscribe(store, session); break;
            case < 95: Retain(store); break;
            case < 97: Unretain(store); break;
            case 97: SaveWill(store, session); break;
            case 98: RemoveWill(store, session); break;
            default:
                if (_random.Next(8) == 0) RemoveSession(store, session);
                else Update(store, session);
                break;
        }
    }

    /// <summary>The state that the store should load.</summary>
    public StoredState Expected() => new(
        [.. _sessions.Values.Select(session => new StoredSession(
            session.Record, [.. session.Subscriptions.Values], [.. session.Queue.Values], [.. session.Inbound], session.Will))],
        [.. _retained.Values],
        _lastId,
        [.. _documents.Values]);

    /// <summary>After a restart the broker works with the store's objects.</summary>
    public void Adopt(StoredState state)
    {
        foreach (var stored in state.Sessions)
        {
            var session = _sessions[stored.Record.Id];
            session.Queue.Clear();
            foreach (var entry in stored.Queue) session.Queue.Add(entry.Id, entry);
        }

        _messages.Clear();
    }

    private void AddSession(IBrokerStore store)
    {
        var session = new Session { Record = Changes.Session(++_lastId) };
        _sessions.Add(session.Record.Id, session);
        store.SaveSession(session.Record);
    }

    private void Update(IBrokerStore store, Session session)
    {
        session.Record = session.Record with { Epoch = session.Record.Epoch + 1, DisconnectedAt = _random.NextInt64(long.MaxValue), Principal = "p" };
        store.SaveSession(session.Record);
    }

    private void RemoveSession(IBrokerStore store, Session session)
    {
        _sessions.Remove(session.Record.Id);
        store.RemoveSession(session.Record.Id);
        if (_random.Next(2) == 0) store.Queue(session.Record.Id, Changes.Entry(++_lastId, AnyMessage())); // a publisher was faster
    }

    private void Queue(IBrokerStore store, Session session)
    {
        var message = AnyMessage();
        for (var copies = _random.Next(3); copies >= 0; copies--)
        {
            var entry = new QueuedMessage(
                ++_lastId, message, (QualityOfService)_random.Next(1, 3), _random.Next(2) == 0, _random.Next(3) == 0 ? [7, (uint)_random.Next(1, 268_435_456)] : [],
                Persistence.Pending)
            {
                ShareFilter = _random.Next(5) == 0 ? "$share/g/t/+" : null,
            };
            session.Queue.Add(entry.Id, entry);
            store.Queue(session.Record.Id, entry);
            session = _sessions.Values.ElementAt(_random.Next(_sessions.Count));
        }
    }

    private void Assign(IBrokerStore store, Session session)
    {
        if (Any(session) is { } entry) store.Assign(session.Record.Id, entry, (ushort)_random.Next(1, 65536));
    }

    private void Release(IBrokerStore store, Session session)
    {
        if (Any(session) is { } entry) store.ReleaseEntry(session.Record.Id, entry);
    }

    private void Settle(IBrokerStore store, Session session)
    {
        for (var count = _random.Next(1, 4); count > 0 && Any(session) is { } entry; count--)
        {
            session.Queue.Remove(entry.Id);
            store.Settle(session.Record.Id, entry);
        }
    }

    private void Receive(IBrokerStore store, Session session)
    {
        var packetId = (ushort)_random.Next(1, 50);
        session.Inbound.Add(packetId);
        store.Receive(session.Record.Id, packetId);
    }

    private void ReleaseInbound(IBrokerStore store, Session session)
    {
        var packetId = (ushort)_random.Next(1, 50);
        session.Inbound.Remove(packetId);
        store.ReleaseInbound(session.Record.Id, packetId);
    }

    private void Subscribe(IBrokerStore store, Session session)
    {
        var record = new SubscriptionRecord(
            $"f/{_random.Next(5)}/#", (QualityOfService)_random.Next(3), _random.Next(2) == 0, false, (RetainHandling)_random.Next(3), (uint)_random.Next(9));
        session.Subscriptions[record.Filter] = record;
        store.Save(session.Record.Id, record);
    }

    private void Unsubscribe(IBrokerStore store, Session session)
    {
        var filter = $"f/{_random.Next(5)}/#";
        session.Subscriptions.Remove(filter);
        store.Unsubscribe(session.Record.Id, filter);
    }

    private void Retain(IBrokerStore store)
    {
        var message = AnyMessage();
        _retained[message.TopicString] = message;
        store.Retain(message);
    }

    private void Unretain(IBrokerStore store)
    {
        var topic = $"t/{_random.Next(20)}";
        _retained.Remove(topic);
        store.Unretain(topic);
    }

    /// <summary>Sometimes two at once, which a crash must not part.</summary>
    private void SaveDocuments(IBrokerStore store)
    {
        var changes = new List<StoreChange>();
        for (var count = _random.Next(1, 3); count > 0; count--)
        {
            var key = ($"c{_random.Next(3)}", $"k{_random.Next(30)}");
            if (_random.Next(4) == 0)
            {
                _documents.Remove(key);
                changes.Add(new StoreChange { Kind = StoreChangeKind.DocumentRemoved, Subject = new Document(key.Item1, key.Item2, default) });
                continue;
            }

            var body = new byte[_random.Next(5) == 0 ? _random.Next(20_000) : _random.Next(200)];
            _random.NextBytes(body);
            var document = new Document(key.Item1, key.Item2, body);
            _documents[key] = document;
            changes.Add(new StoreChange { Kind = StoreChangeKind.DocumentSaved, Subject = document });
        }

        store.Append(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(changes));
    }

    private void SaveWill(IBrokerStore store, Session session)
    {
        session.Will = new WillRecord(AnyMessage(), (uint)_random.Next(), _random.NextInt64(long.MaxValue));
        store.Save(session.Record.Id, session.Will);
    }

    private void RemoveWill(IBrokerStore store, Session session)
    {
        session.Will = null;
        store.RemoveWill(session.Record.Id);
    }

    /// <summary>Old entries are settled less often than new ones, so that some outlive many rows.</summary>
    private QueuedMessage? Any(Session session)
    {
        if (session.Queue.Count == 0) return null;
        var fromEnd = Math.Min(_random.Next(session.Queue.Count), _random.Next(session.Queue.Count));
        return session.Queue.Values[session.Queue.Count - 1 - fromEnd];
    }

    /// <summary>Often one that was queued before, maybe long ago.</summary>
    private Message AnyMessage()
    {
        if (_messages.Count > 0 && _random.Next(3) == 0) return _messages[_random.Next(_messages.Count)];
        var payload = new byte[_random.Next(4) == 0 ? _random.Next(60_000) : _random.Next(2_000)];
        _random.NextBytes(payload);
        var message = new Message(
            Encoding.UTF8.GetBytes($"t/{_random.Next(20)}"), payload.AsSpan(0, Math.Min(payload.Length, 3)), payload, (QualityOfService)_random.Next(1, 3),
            _random.Next(2) == 0, _random.NextInt64(long.MaxValue), _random.Next(2) == 0 ? long.MaxValue : _random.NextInt64(long.MaxValue));
        _messages.Add(message);
        if (_messages.Count > 40) _messages.RemoveAt(0);
        return message;
    }

    private sealed class Session
    {
        public required SessionRecord Record { get; set; }

        public SortedList<long, QueuedMessage> Queue { get; } = [];

        public Dictionary<string, SubscriptionRecord> Subscriptions { get; } = new(StringComparer.Ordinal);

        public HashSet<ushort> Inbound { get; } = [];

        public WillRecord? Will { get; set; }
    }
}
