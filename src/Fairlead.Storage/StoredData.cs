using Fairlead.Broker.Durability;
using Fairlead.Sqlite;
using Fairlead.Storage.Events;
using Fairlead.Storage.Sqlite;
using SQLitePCL;

namespace Fairlead.Storage;

/// <summary>The databases of a data directory that no hub uses. While it is open no hub can start there.</summary>
public sealed class StoredData : IDisposable
{
    private const int StepPages = 1024;

    private readonly Database _store;
    private readonly string _events;

    private StoredData(Database store, string events, int storeFormat) => (_store, _events, StoreFormat) = (store, events, storeFormat);

    /// <summary>Names of the databases in a data directory.</summary>
    public static IReadOnlyList<string> Names => [StoreFile.Name, EventFile.Name];

    /// <summary>Newest format of <c>fairlead.db</c> that this program reads, and the one that it writes.</summary>
    public static int StoreVersion => Schema.CurrentVersion;

    /// <summary>The same of <c>events.db</c>.</summary>
    public static int EventsVersion => EventFile.CurrentVersion;

    /// <summary>Format that the store has.</summary>
    public int StoreFormat { get; }

    /// <summary>Version of the system's SQLite.</summary>
    /// <exception cref="StoreException">There is none.</exception>
    public static string LibraryVersion()
    {
        try
        {
            SqliteLibrary.Bind();
            return raw.sqlite3_libversion().utf8_to_string();
        }
        catch (DllNotFoundException missing)
        {
            throw new StoreException(missing.Message, missing);
        }
    }

    /// <summary>Opens the databases of a directory.</summary>
    /// <param name="directory">Data directory.</param>
    /// <exception cref="StoreException">There is no store, it is in use, or from a newer version.</exception>
    public static StoredData Open(string directory)
    {
        var path = Path.Combine(directory, StoreFile.Name);
        if (!File.Exists(path)) throw new StoreException($"{directory} holds no {StoreFile.Name}: name the data directory of a hub");
        Database? database = null;
        try
        {
            SqliteLibrary.Bind();
            database = Database.Open(path);
            database.Execute("PRAGMA locking_mode = EXCLUSIVE");
            var version = Schema.Check(database, path);
            database.Execute("BEGIN EXCLUSIVE");
            database.Execute("COMMIT");
            return new StoredData(database, Path.Combine(directory, EventFile.Name), version);
        }
        catch (SqliteFailure failure)
        {
            database?.Dispose();
            throw StoreFile.Explain(path, failure);
        }
        catch (DllNotFoundException missing)
        {
            throw new StoreException(missing.Message, missing);
        }
        catch (StoreException)
        {
            database?.Dispose();
            throw;
        }
    }

    /// <summary>Whether a running hub, or another process, uses the databases of a directory.</summary>
    /// <exception cref="StoreException">That cannot be found out.</exception>
    public static bool IsInUse(string directory)
    {
        if (!File.Exists(Path.Combine(directory, StoreFile.Name))) return false;
        try
        {
            Open(directory).Dispose();
            return false;
        }
        catch (StoreException exception) when (exception.InnerException is SqliteFailure { Code: raw.SQLITE_BUSY or raw.SQLITE_LOCKED })
        {
            return true;
        }
    }

    /// <summary>What SQLite's own check finds in the databases: a line for each, null for nothing.</summary>
    /// <exception cref="StoreException">One of them cannot be read.</exception>
    public IEnumerable<(string Name, string? Finding)> Check()
    {
        yield return (StoreFile.Name, Finding(_store));
        if (!File.Exists(_events)) yield break;
        string? finding;
        try
        {
            using var events = Database.Open(_events);
            finding = Finding(events);
        }
        catch (SqliteFailure failure)
        {
            throw StoreFile.Explain(_events, failure);
        }

        yield return (EventFile.Name, finding);
    }

    /// <summary>Copies a database into an empty file.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="target">The file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">It cannot be copied.</exception>
    public void Copy(string name, string target, CancellationToken cancellationToken)
    {
        if (name == EventFile.Name)
        {
            EventFile.Copy(_events, target, cancellationToken);
            return;
        }

        try
        {
            using var copy = _store.CopyTo(target);
            while (!copy.Step(StepPages)) cancellationToken.ThrowIfCancellationRequested();
        }
        catch (SqliteFailure failure)
        {
            throw new IOException($"{name} cannot be copied: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    private static string? Finding(Database database) => database.ReadText("PRAGMA quick_check(1)") is { } text && text != "ok" ? text.ReplaceLineEndings(" ") : null;
}
