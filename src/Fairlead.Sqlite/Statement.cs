using SQLitePCL;

namespace Fairlead.Sqlite;

/// <summary>A prepared statement. Parameters and columns are counted from 1 and from 0, as in SQLite.</summary>
internal sealed class Statement(Database database, sqlite3_stmt handle) : IDisposable
{
    public Statement Bind(int parameter, long value)
    {
        database.Check(raw.sqlite3_bind_int64(handle, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, string? value)
    {
        database.Check(value is null ? raw.sqlite3_bind_null(handle, parameter) : raw.sqlite3_bind_text(handle, parameter, value));
        return this;
    }

    public Statement BindText(int parameter, ReadOnlySpan<byte> utf8)
    {
        database.Check(raw.sqlite3_bind_text(handle, parameter, utf8));
        return this;
    }

    public Statement BindBlob(int parameter, ReadOnlySpan<byte> value)
    {
        database.Check(raw.sqlite3_bind_blob(handle, parameter, value));
        return this;
    }

    /// <summary>Runs it to its end and makes it ready for the next run.</summary>
    public void Run()
    {
        var code = raw.sqlite3_step(handle);
        var message = code is raw.SQLITE_DONE or raw.SQLITE_ROW ? null : database.LastMessage;
        raw.sqlite3_reset(handle); // repeats the code of a failed step
        if (message is not null) throw new SqliteFailure(code, message);
    }

    /// <summary>Goes to the next row; at the end it resets itself and says false.</summary>
    public bool Read()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW) return true;
        var message = code == raw.SQLITE_DONE ? null : database.LastMessage;
        raw.sqlite3_reset(handle);
        return message is null ? false : throw new SqliteFailure(code, message);
    }

    /// <summary>Ends reading before the last row.</summary>
    public void Reset() => raw.sqlite3_reset(handle);

    public long GetInt64(int column) => raw.sqlite3_column_int64(handle, column);

    public string? GetText(int column) =>
        raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL ? null : raw.sqlite3_column_text(handle, column).utf8_to_string();

    /// <summary>Valid until the next row or <see cref="Reset"/>.</summary>
    public ReadOnlySpan<byte> GetBlob(int column) => raw.sqlite3_column_blob(handle, column);

    public void Dispose() => handle.Dispose();
}
