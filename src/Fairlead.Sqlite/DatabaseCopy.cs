using SQLitePCL;

namespace Fairlead.Sqlite;

/// <summary>
/// Copies a database into a new file while it is in use (SQLite's online backup), a number of pages at a time. What the source's own
/// connection commits between two steps goes into the copy too, so that the copy is the state at its last step.
/// </summary>
/// <remarks>For the thread of the source's connection alone. The file must exist, empty; it is not synced: whoever keeps it does that.</remarks>
internal sealed class DatabaseCopy : IDisposable
{
    private readonly sqlite3 _target;
    private readonly sqlite3_backup _backup;

    private DatabaseCopy(sqlite3 target, sqlite3_backup backup) => (_target, _backup) = (target, backup);

    /// <summary>Begins a copy.</summary>
    /// <exception cref="SqliteFailure">The file cannot be opened.</exception>
    public static DatabaseCopy Begin(sqlite3 source, string path)
    {
        var code = raw.sqlite3_open_v2(path, out var target, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null);
        // Neither a journal nor a sync: a copy that is not finished is thrown away.
        if (code == raw.SQLITE_OK) code = raw.sqlite3_exec(target, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
        var backup = code == raw.SQLITE_OK ? raw.sqlite3_backup_init(target, "main", source, "main") : null;
        if (backup is { IsInvalid: false }) return new DatabaseCopy(target, backup);
        using (target)
            throw new SqliteFailure(code == raw.SQLITE_OK ? raw.sqlite3_errcode(target) : code, target.IsInvalid ? "out of memory" : raw.sqlite3_errmsg(target).utf8_to_string());
    }

    /// <summary>Copies some pages; -1 for all that are left.</summary>
    /// <returns>Whether that were the last.</returns>
    /// <exception cref="SqliteFailure">It cannot be read or written.</exception>
    public bool Step(int pages)
    {
        var code = raw.sqlite3_backup_step(_backup, pages);
        return code switch
        {
            raw.SQLITE_DONE => true,
            raw.SQLITE_OK => false,
            _ => throw new SqliteFailure(code, raw.sqlite3_errstr(code).utf8_to_string()),
        };
    }

    public void Dispose()
    {
        _backup.Dispose();
        _target.Dispose();
    }
}
