using Fairlead.Broker.Durability;
using Fairlead.Sqlite;

namespace Fairlead.Storage.Events;

/// <summary>
/// The file of an <see cref="EventStore"/>: one row a block, and one row a partition with what would be dear to count. One connection writes,
/// for the writer's thread; another reads, for one thread at a time.
/// </summary>
internal sealed class EventFile : IDisposable
{
    /// <summary>Name in the data directory.</summary>
    public const string Name = "events.db";

    /// <summary>"FREV": tells our files from other people's.</summary>
    private const int ApplicationId = 0x46524556;

    /// <summary>Version that this program writes.</summary>
    public const int CurrentVersion = 1;

    private const int CopyPages = 1024;
    private const int CheckpointPages = 1024;
    private const int ProbeBytes = 64 * 1024;
    private const int LargestKeptLog = 16 * 1024 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Database _writing;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _insert;
    private readonly Statement _savePartition;
    private readonly Statement _oldest;
    private readonly Statement _delete;

    private EventFile(string path, Database writing)
    {
        Path = path;
        _writing = writing;
        _begin = writing.Prepare("BEGIN IMMEDIATE");
        _commit = writing.Prepare("COMMIT");
        _insert = writing.Prepare("INSERT INTO blocks(partition, first, count, last_time, body) VALUES(?1, ?2, ?3, ?4, ?5)");
        _savePartition = writing.Prepare("UPDATE partitions SET first = ?2, next = ?3, bytes = ?4, last_time = ?5 WHERE id = ?1");
        _oldest = writing.Prepare("SELECT first, count, last_time, length(body) FROM blocks WHERE partition = ?1 ORDER BY first LIMIT ?2");
        _delete = writing.Prepare("DELETE FROM blocks WHERE partition = ?1 AND first < ?2");
        Reader = new EventFileReader(Database.Open(path));
    }

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>What reads blocks back.</summary>
    public EventFileReader Reader { get; }

    /// <summary>Opens the file; makes it when it is missing.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="partitions">Its partitions, as many as it was made with.</param>
    /// <exception cref="StoreException">It cannot be used.</exception>
    public static EventFile Open(EventStoreOptions options, out PartitionState[] partitions)
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetFullPath(options.Directory), Name);
        Database? database = null;
        try
        {
            SqliteLibrary.Bind();
            Create(options.Directory, path);
            database = Database.Open(path);
            Check(database, path);
            database.Execute("PRAGMA journal_mode = WAL");
            database.Execute(options.Durability == Sqlite.Durability.Commit ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            database.Execute($"PRAGMA wal_autocheckpoint = {CheckpointPages}");
            database.Execute($"PRAGMA journal_size_limit = {LargestKeptLog}");
            Make(database, options.Partitions);
            partitions = LoadPartitions(database, options.TailBytes);
            return new EventFile(path, database);
        }
        catch (SqliteFailure failure)
        {
            database?.Dispose();
            throw Sqlite.StoreFile.Explain(path, failure);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DllNotFoundException)
        {
            database?.Dispose();
            throw new StoreException($"{path} cannot be used ({exception.Message.TrimEnd('.')}): give this user write access to the directory", exception);
        }
        catch (StoreException)
        {
            database?.Dispose();
            throw;
        }
    }

    /// <summary>Copies a file that may be in use, as it is at one moment, over a connection of its own.</summary>
    /// <exception cref="IOException">It could not be copied, or is from a newer version.</exception>
    public static void Copy(string path, string target, CancellationToken cancellationToken)
    {
        try
        {
            using var database = Database.Open(path);
            Check(database, path);
            // One reading transaction for all steps: what is written meanwhile stays out, and makes no step begin anew.
            database.Execute("BEGIN");
            _ = database.ReadInt64("SELECT COUNT(*) FROM sqlite_master");
            using (var copy = database.CopyTo(target))
            {
                while (!copy.Step(CopyPages)) cancellationToken.ThrowIfCancellationRequested();
            }

            database.Execute("COMMIT");
        }
        catch (Exception exception) when (exception is SqliteFailure or StoreException)
        {
            throw new IOException($"{path} cannot be copied: {exception.Message}", exception);
        }
    }

    /// <summary>Writes blocks in one transaction.</summary>
    /// <param name="blocks">For each partition that has some; numbered on from its <see cref="PartitionState.Next"/>.</param>
    /// <exception cref="SqliteFailure">Nothing of it was written.</exception>
    public void Write(IEnumerable<(PartitionState Partition, List<EventBlock> Blocks)> blocks)
    {
        Transact(() =>
        {
            foreach (var (partition, list) in blocks)
            {
                var bytes = partition.Bytes;
                foreach (var block in list)
                {
                    _insert.Bind(1, partition.Index).Bind(2, block.First).Bind(3, block.Count).Bind(4, block.LastTime).BindBlob(5, block.Body.Span).Run();
                    bytes += block.Body.Length;
                }

                Save(partition.Index, partition.First, list[^1].Next, bytes, list[^1].LastTime);
            }
        });
    }

    /// <summary>The blocks at the front of a partition whose events all came before a time; the one at the front alone when it is younger.</summary>
    /// <param name="partition">Partition.</param>
    /// <param name="before">Time, in milliseconds of the Unix epoch.</param>
    /// <param name="most">At most so many blocks.</param>
    /// <returns>Number behind them, events in them, time of the newest event of the first of them, and their bytes; null when the partition is empty.</returns>
    public (long Next, long Count, long LastTime, long Bytes)? Front(int partition, long before, int most)
    {
        (long Next, long Count, long LastTime, long Bytes)? front = null;
        _oldest.Bind(1, partition).Bind(2, most);
        while (_oldest.Read())
        {
            var (first, count, lastTime, bytes) = (_oldest.GetInt64(0), _oldest.GetInt64(1), _oldest.GetInt64(2), _oldest.GetInt64(3));
            if (front is null) front = (first + count, count, lastTime, bytes);
            else if (lastTime < before) front = (first + count, front.Value.Count + count, front.Value.LastTime, front.Value.Bytes + bytes);
            if (lastTime < before) continue;
            _oldest.Reset();
            break;
        }

        return front;
    }

    /// <summary>Removes the blocks at the front of a partition.</summary>
    /// <param name="partition">Partition.</param>
    /// <param name="next">Number behind them.</param>
    /// <param name="bytes">Their bytes.</param>
    /// <exception cref="SqliteFailure">They are still there.</exception>
    public void Remove(PartitionState partition, long next, long bytes)
    {
        Transact(() =>
        {
            _delete.Bind(1, partition.Index).Bind(2, next).Run();
            Save(partition.Index, next, partition.Next, partition.Bytes - bytes, partition.LastTime);
        });
    }

    /// <summary>Tries whether there is room: writes a row beside the partitions, commits it, and takes it away again.</summary>
    /// <exception cref="SqliteFailure">The file cannot be written.</exception>
    public void Probe()
    {
        Transact(() => _writing.Execute($"INSERT OR REPLACE INTO blocks(partition, first, count, last_time, body) VALUES(-1, 0, 0, 0, zeroblob({ProbeBytes}))"));
        Transact(() => _writing.Execute("DELETE FROM blocks WHERE partition = -1"));
    }

    /// <summary>Leaves no write-ahead log behind.</summary>
    public void Tidy() => _writing.Execute("PRAGMA wal_checkpoint(TRUNCATE)");

    public void Dispose()
    {
        Reader.Dispose();
        foreach (var statement in (Statement[])[_begin, _commit, _insert, _savePartition, _oldest, _delete]) statement.Dispose();
        _writing.Dispose();
    }

    private void Transact(Action work)
    {
        _begin.Run();
        var committed = false;
        try
        {
            work();
            _commit.Run();
            committed = true;
        }
        finally
        {
            if (!committed) _writing.RollBack();
        }
    }

    private void Save(int partition, long first, long next, long bytes, long lastTime) =>
        _savePartition.Bind(1, partition).Bind(2, first).Bind(3, next).Bind(4, bytes).Bind(5, lastTime).Run();

    private static PartitionState[] LoadPartitions(Database database, int tailBytes)
    {
        var partitions = new List<PartitionState>();
        using var rows = database.Prepare("SELECT first, next, bytes, last_time FROM partitions ORDER BY id");
        while (rows.Read())
        {
            var partition = new PartitionState(partitions.Count, tailBytes);
            partition.Load(rows.GetInt64(0), rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3));
            partitions.Add(partition);
        }

        return [.. partitions];
    }

    private static void Make(Database database, int partitions)
    {
        if (database.ReadInt64("PRAGMA user_version") == CurrentVersion) return;
        database.Execute("BEGIN IMMEDIATE");
        database.Execute(
            """
            CREATE TABLE blocks(
                partition INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, last_time INTEGER NOT NULL, body BLOB NOT NULL,
                PRIMARY KEY(partition, first));
            CREATE TABLE partitions(
                id INTEGER PRIMARY KEY, first INTEGER NOT NULL, next INTEGER NOT NULL, bytes INTEGER NOT NULL, last_time INTEGER NOT NULL);
            """);
        for (var i = 0; i < partitions; i++) database.Execute($"INSERT INTO partitions(id, first, next, bytes, last_time) VALUES({i}, 0, 0, 0, 0)");
        database.Execute($"PRAGMA application_id = {ApplicationId}");
        database.Execute($"PRAGMA user_version = {CurrentVersion}");
        database.Execute("COMMIT");
    }

    private static void Check(Database database, string path)
    {
        var application = database.ReadInt64("PRAGMA application_id");
        var isEmpty = database.ReadInt64("SELECT COUNT(*) FROM sqlite_master") == 0;
        if (application != ApplicationId && !(isEmpty && application == 0))
            throw new StoreException($"{path} belongs to another program: move it away, or choose another data directory");
        var version = database.ReadInt64("PRAGMA user_version");
        if (version > CurrentVersion)
            throw new StoreException($"{path} has schema version {version}, this program knows versions up to {CurrentVersion}: start the newer program that wrote it");
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
}
