using Fairlead.Sqlite;

namespace Fairlead.Edge.Spool;

/// <summary>The open file: its tables and what is said to it. For the writer's thread.</summary>
internal sealed class SpoolFile : IDisposable
{
    /// <summary>Name in the spool's directory.</summary>
    public const string Name = "spool.db";

    private const int CheckpointPages = 512; // 2 MiB of write-ahead log
    private const int PageBytes = 4096;
    private const int VacuumPages = 128; // what one step gives back, half a megabyte: new messages wait no longer than that takes
    private const int SlackPages = 256; // free pages that are never worth the work
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Database _database;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _saveState;
    private readonly SpoolTable[] _tables;
    private readonly byte[] _committed = new byte[SpoolState.Bytes];
    private readonly byte[] _blob = new byte[SpoolState.Bytes];
    private readonly SpoolSync _sync;
    private bool _syncs;

    private SpoolFile(string path, Database database, SpoolSync sync)
    {
        Path = path;
        _database = database;
        _sync = sync;
        _syncs = sync == SpoolSync.Always;
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _saveState = database.Prepare("INSERT OR REPLACE INTO state(id, body) VALUES(0, ?1)");
        _tables = [.. Enum.GetValues<MessageClass>().Select(messageClass => new SpoolTable(database, messageClass))];
        DeadLetters = new DeadLetterTable(database);
    }

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>The dead-letter store.</summary>
    public DeadLetterTable DeadLetters { get; }

    /// <summary>Opens the file, makes it when it is missing, and reads the state.</summary>
    /// <exception cref="SqliteFailure">SQLite cannot: in use, damaged, no room, ...</exception>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be used.</exception>
    public static SpoolFile Open(SpoolOptions options, SpoolState state)
    {
        SqliteLibrary.Bind();
        var path = System.IO.Path.Combine(System.IO.Path.GetFullPath(options.Directory), Name);
        Create(options.Directory, path);
        var database = Database.Open(path);
        try
        {
            database.Execute("PRAGMA locking_mode = EXCLUSIVE"); // for the life of the process, and no shared memory file
            SpoolSchema.Ensure(database);
            Configure(database, options);
            var file = new SpoolFile(path, database, options.Sync);
            file.LoadState(state);
            return file;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Table of a class.</summary>
    public SpoolTable this[MessageClass messageClass] => _tables[(int)messageClass];

    /// <summary>Finds or gives each link its number and forgets links that are not configured any more.</summary>
    /// <param name="names">The links.</param>
    /// <param name="state">Gets the drops of what nobody wants any more.</param>
    /// <returns>Numbers in the order of the names.</returns>
    public int[] MapLinks(IReadOnlyList<string> names, SpoolState state)
    {
        var numbers = SpoolLinks.Map(_database, names, state, SaveState);
        state.Write(_committed);
        return numbers;
    }

    /// <summary>Puts messages back that were found in the damaged end of the write-ahead log.</summary>
    /// <returns>How many were not there.</returns>
    public int Restore(IReadOnlyCollection<byte[]> records, long links, SpoolState state)
    {
        var count = 0;
        var last = state.LastSequence;
        Begin(promises: true);
        foreach (var record in records)
        {
            var (sequence, messageClass, arrivedAt, expiresAt) = RecordCodec.ReadHead(record);
            if (sequence <= last) continue;
            this[messageClass].Insert(sequence, links, arrivedAt, expiresAt, record);
            state.Count(messageClass, record.Length + RecordCodec.RowBytes, 1);
            state.CountLinks(links, record.Length + RecordCodec.RowBytes, 1);
            state.LastSequence = Math.Max(state.LastSequence, sequence);
            count++;
        }

        Commit(state);
        return count;
    }

    /// <summary>Opens a transaction.</summary>
    /// <param name="promises">Whether somebody waits for it to be durable.</param>
    public void Begin(bool promises)
    {
        var syncs = _sync == SpoolSync.Always && promises;
        if (_sync == SpoolSync.Always && syncs != _syncs)
        {
            _database.Execute(syncs ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"); // an acknowledgment lost costs a duplicate, no message
            _syncs = syncs;
        }

        _begin.Run();
    }

    /// <summary>Saves the state and commits.</summary>
    public void Commit(SpoolState state)
    {
        SaveState(state);
        _commit.Run();
        _blob.CopyTo(_committed, 0);
    }

    /// <summary>Gives a failed transaction up and reads the state back.</summary>
    public void RollBack(SpoolState state)
    {
        _database.RollBack();
        state.TryRead(_committed);
    }

    /// <summary>Moves the write-ahead log into the file, so that the log's room is free for the next try; when it fails, so will that.</summary>
    public void TryCheckpoint()
    {
        try
        {
            _database.Execute("PRAGMA wal_checkpoint(PASSIVE)");
        }
        catch (SqliteFailure)
        {
            // The disk is as full as it was; the caller reports it when the next try fails.
        }
    }

    /// <summary>Gives a few free pages back to the file system.</summary>
    /// <returns>Whether more is worth it.</returns>
    public bool Shrink()
    {
        var free = _database.ReadInt64("PRAGMA freelist_count");
        if (free <= SlackPages || free <= _database.ReadInt64("PRAGMA page_count") / 2) return false;
        _database.Execute($"PRAGMA incremental_vacuum({VacuumPages})");
        if (free - VacuumPages > SlackPages) return true;
        _database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        return false;
    }

    /// <summary>Leaves a small file and no log behind.</summary>
    public void Tidy()
    {
        while (Shrink())
        {
        }

        _database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    public void Dispose()
    {
        foreach (var table in _tables) table.Dispose();
        DeadLetters.Dispose();
        _begin.Dispose();
        _commit.Dispose();
        _saveState.Dispose();
        _database.Dispose();
    }

    private static void Create(string directory, string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        if (File.Exists(path)) return;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly; // the write-ahead log inherits it
        new FileStream(path, options).Dispose();
    }

    private static void Configure(Database database, SpoolOptions options)
    {
        database.Execute(options.Sync switch
        {
            SpoolSync.Always => "PRAGMA synchronous = FULL",
            SpoolSync.Interval => "PRAGMA synchronous = NORMAL",
            _ => "PRAGMA synchronous = OFF",
        });
        database.Execute($"PRAGMA wal_autocheckpoint = {CheckpointPages}");
        database.Execute($"PRAGMA journal_size_limit = {CheckpointPages * PageBytes}");
        database.Execute("PRAGMA cache_size = -2048");
        database.Execute("PRAGMA secure_delete = OFF");
        if (options.MaximumFileSize is { } bytes) database.Execute($"PRAGMA max_page_count = {Math.Max(1, bytes / PageBytes)}");
        database.Execute("BEGIN EXCLUSIVE");
        database.Execute("COMMIT");
    }

    private void LoadState(SpoolState state)
    {
        using (var rows = _database.Prepare("SELECT body FROM state WHERE id = 0"))
        {
            if (!rows.Read() || !state.TryRead(rows.GetBlob(0))) SpoolCount.Recount(_database, state);
        }

        foreach (var table in _tables) state.LastSequence = Math.Max(state.LastSequence, table.LastSequence());
        state.Write(_committed);
    }

    private void SaveState(SpoolState state)
    {
        state.Write(_blob);
        _saveState.BindBlob(1, _blob).Run();
    }
}
