using Fairlead.Sqlite;
using SQLitePCL;

namespace Fairlead.Edge.Spool;

/// <summary>The tables: one for each class, the state, the links and the dead letters.</summary>
internal static class SpoolSchema
{
    /// <summary>"FRSP": tells our files from other people's.</summary>
    public const int ApplicationId = 0x46525350;

    /// <summary>Version that this program writes.</summary>
    public const int Version = 1;

    /// <summary>Checks an existing file and fills an empty one.</summary>
    /// <exception cref="SqliteFailure">Damaged, or of a newer version, which only that version can read.</exception>
    public static void Ensure(Database database)
    {
        var isEmpty = database.ReadInt64("SELECT COUNT(*) FROM sqlite_master") == 0;
        if (isEmpty)
        {
            Make(database);
            return;
        }

        if (database.ReadInt64("PRAGMA application_id") != ApplicationId) throw new SqliteFailure(raw.SQLITE_NOTADB, "it is not a spool");
        var version = database.ReadInt64("PRAGMA user_version");
        if (version > Version) throw new SqliteFailure(raw.SQLITE_MISMATCH, $"it has version {version}, this program knows version {Version}");
    }

    private static void Make(Database database)
    {
        database.Execute("PRAGMA page_size = 4096");
        database.Execute("PRAGMA auto_vacuum = INCREMENTAL");
        database.Execute("PRAGMA journal_mode = WAL");
        database.Execute("BEGIN EXCLUSIVE");
        foreach (var messageClass in Enum.GetValues<MessageClass>())
        {
            var name = SpoolTable.NameOf(messageClass);
            database.Execute(
                $"""
                CREATE TABLE {name}(seq INTEGER PRIMARY KEY, links INTEGER NOT NULL, arrived INTEGER NOT NULL, expires INTEGER, body BLOB NOT NULL);
                CREATE INDEX {name}_expires ON {name}(expires) WHERE expires IS NOT NULL;
                """);
        }

        database.Execute(
            """
            CREATE TABLE state(id INTEGER PRIMARY KEY, body BLOB NOT NULL);
            CREATE TABLE links(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
            CREATE TABLE dead_letters(
                id INTEGER PRIMARY KEY, refused_at INTEGER NOT NULL, link TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, class TEXT NOT NULL,
                arrived_at INTEGER NOT NULL, local_topic TEXT NOT NULL, remote_topic TEXT, content_type TEXT, payload BLOB NOT NULL, bytes INTEGER NOT NULL);
            """);
        database.Execute($"PRAGMA application_id = {ApplicationId}");
        database.Execute($"PRAGMA user_version = {Version}");
        database.Execute("COMMIT");
    }
}
