using SQLitePCL;

namespace Fairlead.Sqlite;

/// <summary>
/// One connection to one file, for one thread at a time. A thin skin over the C interface: blobs go in and out as spans, and a failed
/// call is a <see cref="SqliteFailure"/>. (ADO.NET would want an array of exact size for each blob and a boxed value for each parameter.)
/// </summary>
internal sealed class Database : IDisposable
{
    private readonly sqlite3 _handle;

    private Database(sqlite3 handle) => _handle = handle;

    public string LastMessage => raw.sqlite3_errmsg(_handle).utf8_to_string();

    /// <summary>Opens an existing file, empty or not.</summary>
    public static Database Open(string path)
    {
        var code = raw.sqlite3_open_v2(path, out var handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new Database(handle);
        if (code == raw.SQLITE_OK)
        {
            raw.sqlite3_extended_result_codes(handle, 1);
            return database;
        }

        using (database) throw new SqliteFailure(code, handle.IsInvalid ? "out of memory" : database.LastMessage);
    }

    /// <summary>Rows that the last statement inserted, updated or deleted.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    public Statement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_handle, sql, out var statement));
        return new Statement(this, statement);
    }

    /// <summary>Runs statements that need neither parameters nor results.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>The first column of the first row.</summary>
    public long ReadInt64(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Read() ? statement.GetInt64(0) : 0;
    }

    /// <summary>The first column of the first row.</summary>
    public string? ReadText(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Read() ? statement.GetText(0) : null;
    }

    /// <summary>Begins a copy of the whole database into an empty file.</summary>
    public DatabaseCopy CopyTo(string path) => DatabaseCopy.Begin(_handle, path);

    /// <summary>Ends the open transaction, if SQLite has not ended it by itself (it does after a full disk or an I/O error).</summary>
    public void RollBack()
    {
        if (raw.sqlite3_get_autocommit(_handle) == 0) raw.sqlite3_exec(_handle, "ROLLBACK");
    }

    public void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw new SqliteFailure(code, LastMessage);
    }

    public void Dispose() => _handle.Dispose();
}
