using Fairlead.Broker.Durability;
using Fairlead.Sqlite;
using SQLitePCL;

namespace Fairlead.Storage.Sqlite;

/// <summary>Opens the file for one process alone, and says in one line why it cannot.</summary>
internal static class StoreFile
{
    public const string Name = "fairlead.db";

    private const int CheckpointPages = 1024; // 4 MiB of write-ahead log: a checkpoint holds the writer up, better often and briefly

    private const int LargestKeptLog = 16 * 1024 * 1024; // after a huge transaction the log shrinks to this

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <exception cref="StoreException">It cannot be used.</exception>
    public static Database Open(SqliteStoreOptions options, string path)
    {
        Bind();
        Create(options.Directory, path);
        Database? database = null;
        try
        {
            database = Database.Open(path);
            database.Execute("PRAGMA locking_mode = EXCLUSIVE"); // for the life of the process, and no shared memory file
            var version = Schema.Check(database, path); // before anything is changed: it may be another program's file
            Configure(database, options);
            Schema.Migrate(database, version);
            return database;
        }
        catch (SqliteFailure failure)
        {
            database?.Dispose();
            throw Explain(path, failure);
        }
        catch (StoreException)
        {
            database?.Dispose();
            throw;
        }
    }

    public static StoreException Explain(string path, SqliteFailure failure)
    {
        var detail = failure.Message;
        var text = failure.Code switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "is in use by another process: stop that one, or choose another data directory",
            raw.SQLITE_NOTADB => "is not a database: move it away, or choose another data directory",
            raw.SQLITE_CORRUPT => $"is damaged ({detail}): restore it from a backup, or move it and its -wal file away to start empty",
            raw.SQLITE_FULL => "cannot be written, the disk is full: make room",
            raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_READONLY or raw.SQLITE_AUTH =>
                $"cannot be opened ({detail}): give this user read and write access to it and its directory",
            raw.SQLITE_IOERR => $"cannot be read or written ({detail}): check the disk",
            _ => $"cannot be used ({detail}, SQLite code {failure.ExtendedCode}): restore it from a backup, or choose another data directory",
        };
        return new StoreException($"{path} {text}", failure);
    }

    private static void Bind()
    {
        try
        {
            SqliteLibrary.Bind();
        }
        catch (DllNotFoundException missing)
        {
            throw new StoreException(missing.Message, missing);
        }
    }

    private static void Create(string directory, string path)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
            else Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
            if (File.Exists(path)) return;
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly; // the write-ahead log inherits it
            new FileStream(path, options).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                $"{path} cannot be made ({exception.Message.TrimEnd('.')}): give this user write access to the directory, or choose another data directory", exception);
        }
    }

    private static void Configure(Database database, SqliteStoreOptions options)
    {
        database.Execute("PRAGMA journal_mode = WAL");
        database.Execute(options.Durability == Durability.Commit ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
        database.Execute($"PRAGMA wal_autocheckpoint = {CheckpointPages}");
        database.Execute($"PRAGMA journal_size_limit = {LargestKeptLog}");
        database.Execute("PRAGMA cache_size = -8192");
        if (options.MaximumFileSize is { } bytes)
        {
            database.Execute($"PRAGMA max_page_count = {Math.Max(1, bytes / database.ReadInt64("PRAGMA page_size"))}");
        }

        database.Execute("BEGIN EXCLUSIVE");
        database.Execute("COMMIT");
        if (database.ReadText("PRAGMA quick_check(1)") is { } finding && !string.Equals(finding, "ok", StringComparison.Ordinal))
        {
            throw new SqliteFailure(raw.SQLITE_CORRUPT, finding.ReplaceLineEndings(" "));
        }
    }

    /// <summary>Leaves a small file behind: no write-ahead log, and no free pages if there are many and little else.</summary>
    /// <exception cref="SqliteFailure">Not enough room; the file is whole all the same.</exception>
    public static void Tidy(Database database)
    {
        const int WorthIt = 256;
        const int LargestCopy = 16 * 1024;
        var free = database.ReadInt64("PRAGMA freelist_count");
        var used = database.ReadInt64("PRAGMA page_count") - free;
        if (free > WorthIt && free > used && used < LargestCopy) database.Execute("VACUUM");
        database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
}
