using Fairlead.Sqlite;

namespace Fairlead.Edge.Spool;

/// <summary>Statements over the table of one class. A class has a table of its own, so that its head and its order need no index.</summary>
internal sealed class SpoolTable : IDisposable
{
    private static readonly string[] Names = ["responses", "events", "shadows", "telemetry"];

    private readonly Database _database;
    private readonly Statement _insert;
    private readonly Statement _delete;
    private readonly Statement _clear;
    private readonly Statement _deleteIfDone;
    private readonly Statement _head;
    private readonly Statement _headFor;
    private readonly Statement _one;
    private readonly Statement _read;
    private readonly Statement _expired;
    private readonly Statement _last;

    public SpoolTable(Database database, MessageClass messageClass)
    {
        _database = database;
        Class = messageClass;
        var name = NameOf(messageClass);
        _insert = database.Prepare($"INSERT INTO {name}(seq, links, arrived, expires, body) VALUES(?1, ?2, ?3, NULLIF(?4, 0), ?5)");
        _delete = database.Prepare($"DELETE FROM {name} WHERE seq = ?1");
        _clear = database.Prepare($"UPDATE {name} SET links = links & ~?2 WHERE seq = ?1 AND links & ?2");
        _deleteIfDone = database.Prepare($"DELETE FROM {name} WHERE seq = ?1 AND links = 0");
        _head = database.Prepare($"SELECT seq, links, arrived, length(body) FROM {name} WHERE seq > ?1 ORDER BY seq LIMIT 1");
        _headFor = database.Prepare($"SELECT seq, links, arrived, length(body) FROM {name} WHERE seq > ?1 AND links & ?2 ORDER BY seq LIMIT 1");
        _one = database.Prepare($"SELECT seq, links, arrived, length(body) FROM {name} WHERE seq = ?1");
        _read = database.Prepare($"SELECT seq, links, body FROM {name} WHERE seq > ?1 AND links & ?2 ORDER BY seq LIMIT ?3");
        _expired = database.Prepare($"SELECT seq FROM {name} WHERE expires <= ?1 ORDER BY expires LIMIT ?2");
        _last = database.Prepare($"SELECT seq FROM {name} ORDER BY seq DESC LIMIT 1");
    }

    /// <summary>Class whose messages it holds.</summary>
    public MessageClass Class { get; }

    /// <summary>Name of a class' table.</summary>
    public static string NameOf(MessageClass messageClass) => Names[(int)messageClass];

    public void Insert(long sequence, long links, long arrivedAt, long expiresAt, ReadOnlySpan<byte> body) =>
        _insert.Bind(1, sequence).Bind(2, links).Bind(3, arrivedAt).Bind(4, expiresAt).BindBlob(5, body).Run();

    /// <summary>False when it is not there.</summary>
    public bool Delete(long sequence)
    {
        _delete.Bind(1, sequence).Run();
        return _database.Changes > 0;
    }

    /// <summary>Takes links from the mask. False when the row is not there or has none of them.</summary>
    public bool ClearLinks(long sequence, long links)
    {
        _clear.Bind(1, sequence).Bind(2, links).Run();
        return _database.Changes > 0;
    }

    /// <summary>Deletes the row if no link wants it any more.</summary>
    public bool DeleteIfDone(long sequence)
    {
        _deleteIfDone.Bind(1, sequence).Run();
        return _database.Changes > 0;
    }

    /// <summary>First row behind a sequence.</summary>
    public bool TryGetHead(long after, out SpoolRow row) => TryGet(_head.Bind(1, after), out row);

    /// <summary>First row behind a sequence that a link of the mask wants.</summary>
    public bool TryGetHeadFor(long after, long links, out SpoolRow row) => TryGet(_headFor.Bind(1, after).Bind(2, links), out row);

    /// <summary>The row with that sequence.</summary>
    public bool TryGetRow(long sequence, out SpoolRow row) => TryGet(_one.Bind(1, sequence), out row);

    /// <summary>Highest sequence; 0 when empty.</summary>
    public long LastSequence()
    {
        var last = _last.Read() ? _last.GetInt64(0) : 0;
        _last.Reset();
        return last;
    }

    /// <summary>Sequences whose own expiry has come, those due first.</summary>
    public void ReadExpired(long now, int atMost, List<long> target)
    {
        _expired.Bind(1, now).Bind(2, atMost);
        while (_expired.Read()) target.Add(_expired.GetInt64(0));
    }

    /// <summary>Reads rows for a link until the batch has enough.</summary>
    /// <returns>Whether the table has been read to its end.</returns>
    public bool Read(long after, long link, ReadBatch batch)
    {
        _read.Bind(1, after).Bind(2, link).Bind(3, batch.MaximumMessages);
        while (_read.Read())
        {
            if (batch.Add(_read.GetInt64(0), _read.GetInt64(1), _read.GetBlob(2))) continue;
            _read.Reset();
            return false;
        }

        return batch.Rows < batch.MaximumMessages;
    }

    public void Dispose()
    {
        foreach (var statement in (Statement[])[_insert, _delete, _clear, _deleteIfDone, _head, _headFor, _one, _read, _expired, _last]) statement.Dispose();
    }

    private static bool TryGet(Statement statement, out SpoolRow row)
    {
        var found = statement.Read();
        row = found
            ? new SpoolRow(statement.GetInt64(0), statement.GetInt64(1), statement.GetInt64(2), (int)statement.GetInt64(3) + RecordCodec.RowBytes)
            : default;
        statement.Reset();
        return found;
    }
}
