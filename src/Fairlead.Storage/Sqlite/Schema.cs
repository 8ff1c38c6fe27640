using Fairlead.Broker.Durability;
using Fairlead.Sqlite;

namespace Fairlead.Storage.Sqlite;

/// <summary>
/// The tables and how they came to be. What changes slowly has a table of its own; the traffic of the queues goes into
/// <c>journal</c>, one compact row for each commit (see <see cref="Journal.RowWriter"/>).
/// </summary>
internal static class Schema
{
    /// <summary>"FRLD": tells our files from other people's.</summary>
    public const int ApplicationId = 0x46524C44;

    /// <summary>Migration n leads from version n to version n + 1. Published ones are never changed, new ones are added at the end.</summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE counters(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO counters(name, value) VALUES('last_id', 0);
        CREATE TABLE sessions(
            id INTEGER PRIMARY KEY, client_id TEXT NOT NULL, version INTEGER NOT NULL, expiry INTEGER NOT NULL,
            disconnected_at INTEGER NOT NULL, epoch INTEGER NOT NULL, principal TEXT);
        CREATE TABLE subscriptions(
            session_id INTEGER NOT NULL, filter TEXT NOT NULL, qos INTEGER NOT NULL, no_local INTEGER NOT NULL,
            retain_as_published INTEGER NOT NULL, retain_handling INTEGER NOT NULL, identifier INTEGER NOT NULL,
            PRIMARY KEY(session_id, filter)) WITHOUT ROWID;
        CREATE TABLE wills(session_id INTEGER PRIMARY KEY, delay INTEGER NOT NULL, due_at INTEGER NOT NULL, message BLOB NOT NULL);
        CREATE TABLE retained(topic TEXT NOT NULL UNIQUE, message BLOB NOT NULL);
        CREATE TABLE journal(seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
        """,
        """
        CREATE TABLE documents(
            id INTEGER PRIMARY KEY, collection TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, UNIQUE(collection, key));
        """,
    ];

    /// <summary>Version that this program writes.</summary>
    public static int CurrentVersion => Migrations.Length;

    /// <summary>Looks at the file without changing it.</summary>
    /// <returns>Its schema version; 0 for an empty file.</returns>
    /// <exception cref="StoreException">Another program's file, or from a newer version.</exception>
    public static int Check(Database database, string path)
    {
        var application = database.ReadInt64("PRAGMA application_id");
        var version = database.ReadInt64("PRAGMA user_version");
        var isEmpty = database.ReadInt64("SELECT COUNT(*) FROM sqlite_master") == 0;
        if (application != ApplicationId && !(isEmpty && application == 0))
        {
            throw new StoreException($"{path} belongs to another program: move it away, or choose another data directory");
        }

        if (version > CurrentVersion)
        {
            throw new StoreException(
                $"{path} has schema version {version}, this program knows versions up to {CurrentVersion}: start the newer program that wrote it, or choose another data directory");
        }

        return (int)version;
    }

    /// <summary>Brings the file to <see cref="CurrentVersion"/> in one transaction.</summary>
    public static void Migrate(Database database, int version)
    {
        if (version == CurrentVersion) return;
        database.Execute("BEGIN IMMEDIATE");
        for (var step = version; step < CurrentVersion; step++) database.Execute(Migrations[step]);
        database.Execute($"PRAGMA application_id = {ApplicationId}");
        database.Execute($"PRAGMA user_version = {CurrentVersion}");
        database.Execute("COMMIT");
    }
}
