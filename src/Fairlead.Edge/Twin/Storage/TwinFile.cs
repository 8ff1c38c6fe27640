using System.Globalization;
using Fairlead.Sqlite;
using SQLitePCL;

namespace Fairlead.Edge.Twin.Storage;

/// <summary>Opens the file of the local twin for one process alone.</summary>
internal static class TwinFile
{
    /// <summary>"FRLT": tells the file from other people's.</summary>
    private const int ApplicationId = 0x46524C54;
    private const int CurrentVersion = 2;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Opens the file, or makes it. One that is damaged is moved aside and a new one begun.</summary>
    /// <param name="path">The file; its directory is made when it is missing.</param>
    /// <param name="now">Time, for the name of a damaged file.</param>
    /// <param name="setAside">Where a damaged file went; null when none did.</param>
    /// <exception cref="IOException">It cannot be used: which file, why, and what to do.</exception>
    public static Database Open(string path, DateTimeOffset now, out string? setAside)
    {
        setAside = null;
        try
        {
            SqliteLibrary.Bind();
            Create(path);
            return Prepare(path);
        }
        catch (SqliteFailure failure) when (failure.Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            setAside = path + ".damaged-" + now.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        }
        catch (SqliteFailure failure)
        {
            throw Explain(path, failure);
        }
        catch (Exception failure) when (failure is DllNotFoundException or UnauthorizedAccessException)
        {
            throw new IOException($"{path} cannot be used ({failure.Message})", failure);
        }

        File.Move(path, setAside, overwrite: true);
        File.Delete(path + "-wal");
        try
        {
            Create(path);
            return Prepare(path);
        }
        catch (SqliteFailure failure)
        {
            throw Explain(path, failure);
        }
    }

    private static IOException Explain(string path, SqliteFailure failure) => failure.Code switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new IOException($"{path} is in use by another process: stop that one, or choose another directory", failure),
        raw.SQLITE_FULL => new IOException($"{path} cannot be written, the disk is full: make room", failure),
        _ => new IOException($"{path} cannot be opened ({failure.Message}): give this user read and write access to it and its directory", failure),
    };

    private static void Create(string path)
    {
        string? directory = Path.GetDirectoryName(Path.GetFullPath(path));
        if (directory is not null && !Directory.Exists(directory))
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
            else Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        }

        if (File.Exists(path)) return;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly; // the write-ahead log inherits it
        new FileStream(path, options).Dispose();
    }

    private static Database Prepare(string path)
    {
        var database = Database.Open(path);
        try
        {
            database.Execute("PRAGMA locking_mode = EXCLUSIVE");
            long application = database.ReadInt64("PRAGMA application_id");
            long version = database.ReadInt64("PRAGMA user_version");
            if (application != ApplicationId && database.ReadInt64("SELECT COUNT(*) FROM sqlite_master") > 0)
                throw new IOException($"{path} belongs to another program: move it away, or choose another directory");
            if (version > CurrentVersion)
                throw new IOException($"{path} was written by a newer program (version {version}): start that one, or choose another directory");
            database.Execute("PRAGMA journal_mode = WAL");
            database.Execute("PRAGMA synchronous = NORMAL");
            if (database.ReadText("PRAGMA quick_check(1)") is { } finding && finding != "ok") throw new SqliteFailure(raw.SQLITE_CORRUPT, finding.ReplaceLineEndings(" "));
            if (version == CurrentVersion) return database;
            if (version == 1)
            {
                database.Execute($"BEGIN IMMEDIATE; ALTER TABLE shadows ADD COLUMN edits TEXT; PRAGMA user_version = {CurrentVersion}; COMMIT");
                return database;
            }

            database.Execute(
                $"""
                BEGIN IMMEDIATE;
                CREATE TABLE shadows(
                    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, child TEXT NOT NULL, feature TEXT, flags INTEGER NOT NULL,
                    version INTEGER NOT NULL, event_version INTEGER NOT NULL, reported TEXT, desired TEXT, local_reported TEXT,
                    local_desired TEXT, desired_base TEXT, desired_doubt TEXT, edits TEXT);
                PRAGMA application_id = {ApplicationId};
                PRAGMA user_version = {CurrentVersion};
                COMMIT;
                """);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}
