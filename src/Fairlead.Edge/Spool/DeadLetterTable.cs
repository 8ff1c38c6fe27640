using System.Text;
using Fairlead.Sqlite;

namespace Fairlead.Edge.Spool;

/// <summary>
/// Messages that could not be sent, in plain columns: `sqlite3 spool.db "SELECT local_topic, reason, detail FROM dead_letters"` shows them
/// while the connector is stopped.
/// </summary>
internal sealed class DeadLetterTable(Database database) : IDisposable
{
    private const int RowBytes = 64;

    private readonly Statement _insert = database.Prepare(
        """
        INSERT INTO dead_letters(refused_at, link, reason, detail, class, arrived_at, local_topic, remote_topic, content_type, payload, bytes)
        VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, COALESCE(?10, zeroblob(0)), ?11)
        """);

    private readonly Statement _oldest = database.Prepare("SELECT id, bytes FROM dead_letters ORDER BY id LIMIT 1");
    private readonly Statement _delete = database.Prepare("DELETE FROM dead_letters WHERE id = ?1");

    /// <summary>Stores one and makes room by the oldest.</summary>
    /// <returns>Bytes that the store holds more or, when negative, less.</returns>
    public long Add(in Settlement settlement, string link, long now, long held, long limit)
    {
        var message = settlement.Message;
        var bytes = RowBytes + Encoding.UTF8.GetByteCount(message.LocalTopic) + Encoding.UTF8.GetByteCount(settlement.Detail) + message.Payload.Length;
        var change = 0L;
        while (held + change + bytes > limit && _oldest.Read())
        {
            var (id, freed) = (_oldest.GetInt64(0), _oldest.GetInt64(1));
            _oldest.Reset();
            _delete.Bind(1, id).Run();
            change -= freed;
        }

        if (held + change + bytes > limit) return change; // larger than the whole store: counted and logged, not kept
        _insert.Bind(1, now).Bind(2, link).Bind(3, settlement.Reason.ToString()).Bind(4, settlement.Detail).Bind(5, message.Class.ToString())
            .Bind(6, message.ArrivedAt).Bind(7, message.LocalTopic).Bind(8, message.RemoteTopic).Bind(9, message.ContentType)
            .BindBlob(10, message.Payload.Span).Bind(11, bytes).Run();
        return change + bytes;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _oldest.Dispose();
        _delete.Dispose();
    }
}
