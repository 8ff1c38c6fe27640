using Fairlead.Broker.Durability;
using Fairlead.Sqlite;
using Fairlead.Storage.Sqlite.Journal;

namespace Fairlead.Storage.Sqlite;

/// <summary>Statements over the tables of slowly changing things.</summary>
internal sealed class Tables : IDisposable
{
    private readonly RowWriter _message = new();
    private readonly Statement _saveSession;
    private readonly Statement[] _removeSession;
    private readonly Statement _saveSubscription;
    private readonly Statement _removeSubscription;
    private readonly Statement _saveRetained;
    private readonly Statement _removeRetained;
    private readonly Statement _saveWill;
    private readonly Statement _removeWill;
    private readonly Statement _saveLastId;
    private readonly Statement _saveDocument;
    private readonly Statement _removeDocument;

    public Tables(Database database)
    {
        _saveSession = database.Prepare(
            """
            INSERT OR REPLACE INTO sessions(id, client_id, version, expiry, disconnected_at, epoch, principal)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """);
        _removeSession =
        [
            database.Prepare("DELETE FROM sessions WHERE id = ?1"),
            database.Prepare("DELETE FROM subscriptions WHERE session_id = ?1"),
            database.Prepare("DELETE FROM wills WHERE session_id = ?1"),
        ];
        _saveSubscription = database.Prepare(
            """
            INSERT OR REPLACE INTO subscriptions(session_id, filter, qos, no_local, retain_as_published, retain_handling, identifier)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """);
        _removeSubscription = database.Prepare("DELETE FROM subscriptions WHERE session_id = ?1 AND filter = ?2");
        _saveRetained = database.Prepare("INSERT OR REPLACE INTO retained(topic, message) VALUES(?1, ?2)");
        _removeRetained = database.Prepare("DELETE FROM retained WHERE topic = ?1");
        _saveWill = database.Prepare("INSERT OR REPLACE INTO wills(session_id, delay, due_at, message) VALUES(?1, ?2, ?3, ?4)");
        _removeWill = database.Prepare("DELETE FROM wills WHERE session_id = ?1");
        _saveLastId = database.Prepare("UPDATE counters SET value = ?1 WHERE name = 'last_id'");
        _saveDocument = database.Prepare(
            """
            INSERT INTO documents(collection, key, body) VALUES(?1, ?2, ?3)
            ON CONFLICT(collection, key) DO UPDATE SET body = excluded.body
            """);
        _removeDocument = database.Prepare("DELETE FROM documents WHERE collection = ?1 AND key = ?2");
    }

    public void SaveSession(SessionRecord session) =>
        _saveSession.Bind(1, session.Id).Bind(2, session.ClientId).Bind(3, (long)session.Version).Bind(4, session.ExpiryInterval)
            .Bind(5, session.DisconnectedAt).Bind(6, session.Epoch).Bind(7, session.Principal).Run();

    public void RemoveSession(long id)
    {
        foreach (var statement in _removeSession) statement.Bind(1, id).Run();
    }

    public void SaveSubscription(long sessionId, SubscriptionRecord subscription) =>
        _saveSubscription.Bind(1, sessionId).Bind(2, subscription.Filter).Bind(3, (long)subscription.QoS)
            .Bind(4, subscription.NoLocal ? 1 : 0).Bind(5, subscription.RetainAsPublished ? 1 : 0)
            .Bind(6, (long)subscription.RetainHandling).Bind(7, subscription.Identifier).Run();

    public void RemoveSubscription(long sessionId, string filter) => _removeSubscription.Bind(1, sessionId).Bind(2, filter).Run();

    public void SaveRetained(Message message) =>
        _saveRetained.BindText(1, message.Topic).BindBlob(2, Encode(message)).Run();

    public void RemoveRetained(string topic) => _removeRetained.Bind(1, topic).Run();

    public void SaveWill(long sessionId, WillRecord will) =>
        _saveWill.Bind(1, sessionId).Bind(2, will.DelayInterval).Bind(3, will.DueAt).BindBlob(4, Encode(will.Message)).Run();

    public void RemoveWill(long sessionId) => _removeWill.Bind(1, sessionId).Run();

    public void SaveDocument(Document document) =>
        _saveDocument.Bind(1, document.Collection).Bind(2, document.Key).BindBlob(3, document.Body.Span).Run();

    public void RemoveDocument(Document document) => _removeDocument.Bind(1, document.Collection).Bind(2, document.Key).Run();

    public void SaveLastId(long lastId) => _saveLastId.Bind(1, lastId).Run();

    public void Dispose()
    {
        foreach (var statement in _removeSession) statement.Dispose();
        _saveSession.Dispose();
        _saveSubscription.Dispose();
        _removeSubscription.Dispose();
        _saveRetained.Dispose();
        _removeRetained.Dispose();
        _saveWill.Dispose();
        _removeWill.Dispose();
        _saveLastId.Dispose();
        _saveDocument.Dispose();
        _removeDocument.Dispose();
    }

    private ReadOnlySpan<byte> Encode(Message message)
    {
        _message.Clear();
        _message.WriteBody(0, message);
        return _message.Seal(0);
    }
}
