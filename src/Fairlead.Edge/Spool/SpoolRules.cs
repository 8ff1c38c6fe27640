using Fairlead.Sqlite;
using SQLitePCL;

namespace Fairlead.Edge.Spool;

/// <summary>What settings must be like, and what failures mean to people.</summary>
internal static class SpoolRules
{
    /// <summary>Refuses settings that make no sense.</summary>
    public static void Check(SpoolOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfZero(options.Links.Count, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Links.Count, SpoolOptions.MostLinks, nameof(options));
        if (options.Links.Select(static link => link.Name).Distinct(StringComparer.Ordinal).Count() != options.Links.Count)
            throw new ArgumentException("Two links have the same name.", nameof(options));
    }

    /// <summary>Whether the file itself is damaged, so that only salvaging helps.</summary>
    public static bool IsDamage(SqliteFailure failure) => failure.Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_FORMAT;

    /// <summary>Whether it may pass by itself: no room, or a disk that does not answer.</summary>
    public static bool MayPass(SqliteFailure failure) => failure.Code is raw.SQLITE_FULL or raw.SQLITE_IOERR;

    /// <summary>File, cause and cure in one line.</summary>
    public static IOException Explain(string path, SqliteFailure failure)
    {
        var detail = failure.Message;
        var text = failure.Code switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "is in use by another process: stop that one, or choose another spool directory",
            raw.SQLITE_MISMATCH => $"cannot be used ({detail}): start the newer program that wrote it, or choose another spool directory",
            raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_READONLY or raw.SQLITE_AUTH =>
                $"cannot be opened ({detail}): give this user read and write access to it and its directory",
            raw.SQLITE_FULL => "cannot be written, the disk is full: make room",
            _ => $"cannot be used ({detail}, SQLite code {failure.ExtendedCode}): check the disk, or choose another spool directory",
        };
        return new IOException($"{path} {text}", failure);
    }

    /// <summary>The cause alone, for the status message.</summary>
    public static string Describe(SqliteFailure failure) => failure.Code == raw.SQLITE_FULL ? "no room on the disk" : failure.Message;
}
