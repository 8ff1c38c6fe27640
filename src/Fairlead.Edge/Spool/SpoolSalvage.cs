using System.Buffers.Binary;
using Fairlead.Sqlite;

namespace Fairlead.Edge.Spool;

/// <summary>
/// Brings what can be read of a damaged file into a new one. The damaged file is renamed first and deleted last, so that a crash in
/// between starts the work anew.
/// </summary>
internal sealed class SpoolSalvage(string path)
{
    private const string DamagedSuffix = ".damaged";
    private const string NewSuffix = ".new";
    private const string LogSuffix = "-wal";
    private const int AtPageCount = 28;
    private const int AtChangeCounter = 24;
    private const int AtValidFor = 92;
    private const int PageBytes = 4096;
    private const int MostGaps = 100_000;

    private readonly string _damaged = path + DamagedSuffix;
    private readonly string _new = path + NewSuffix;
    private readonly SpoolState _state = new();
    private readonly long[] _saved = new long[(int)MessageClass.Telemetry + 1];
    private readonly long[] _bad = new long[(int)MessageClass.Telemetry + 1];
    private int _gaps;

    /// <summary>Renames a file that turned out to be damaged.</summary>
    public static void MarkDamaged(string path)
    {
        if (!File.Exists(path)) return;
        Move(path, path + DamagedSuffix);
        Move(path + LogSuffix, path + DamagedSuffix + LogSuffix);
    }

    /// <summary>Whether a damaged file waits; one that was salvaged already is cleared away.</summary>
    public static bool IsDue(string path)
    {
        if (!File.Exists(path + DamagedSuffix)) return false;
        if (!File.Exists(path)) return true;
        Delete(path + DamagedSuffix);
        return false;
    }

    /// <summary>Does it.</summary>
    /// <returns>Messages in the new file, and messages that are lost as far as is known.</returns>
    /// <exception cref="SqliteFailure">The new file cannot be written.</exception>
    public (long Saved, long Lost) Run()
    {
        Delete(_new);
        File.WriteAllBytes(_new, []);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_new, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        long lost;
        using (var target = Database.Open(_new))
        {
            target.Execute("PRAGMA locking_mode = EXCLUSIVE");
            SpoolSchema.Ensure(target);
            target.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            var hasState = false;
            using (var source = TryOpen() ?? TryOpenWithNewHead())
            {
                target.Execute("BEGIN IMMEDIATE");
                if (source is not null) hasState = Copy(source, target);
            }

            lost = CountLost(target, hasState);
            SaveState(target);
            target.Execute("COMMIT");
            target.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        Move(_new, path);
        Delete(_damaged);
        return (_saved.Sum(), lost);
    }

    private static void Move(string from, string to)
    {
        if (File.Exists(from)) File.Move(from, to, overwrite: true);
        else File.Delete(to); // a log that is gone must not be taken for the other file's
    }

    private static void Delete(string file)
    {
        File.Delete(file);
        File.Delete(file + LogSuffix);
    }

    private Database? TryOpen()
    {
        Database? source = null;
        try
        {
            source = Database.Open(_damaged);
            source.Execute("PRAGMA locking_mode = EXCLUSIVE");
            SpoolSchema.Ensure(source);
            return source;
        }
        catch (SqliteFailure)
        {
            source?.Dispose(); // its first page is beyond use: see below
            return null;
        }
    }

    /// <summary>The first page of every spool says the same: where each table begins. A new file's replaces a damaged one.</summary>
    private Database? TryOpenWithNewHead()
    {
        var length = new FileInfo(_damaged).Length;
        if (length <= PageBytes) return null;
        var page = new byte[PageBytes];
        using (var template = File.OpenRead(_new)) template.ReadExactly(page);
        BinaryPrimitives.WriteInt32BigEndian(page.AsSpan(AtPageCount), (int)(length / PageBytes));
        page.AsSpan(AtChangeCounter, sizeof(int)).CopyTo(page.AsSpan(AtValidFor));
        using (var file = File.OpenWrite(_damaged)) file.Write(page);
        return TryOpen();
    }

    private bool Copy(Database source, Database target)
    {
        var hasState = false;
        Try(() =>
        {
            using var rows = source.Prepare("SELECT body FROM state WHERE id = 0");
            hasState = rows.Read() && _state.TryRead(rows.GetBlob(0));
        });
        Try(() =>
        {
            using var rows = source.Prepare("SELECT number, name FROM links");
            using var insert = target.Prepare("INSERT OR IGNORE INTO links(number, name) VALUES(?1, ?2)");
            while (rows.Read()) insert.Bind(1, rows.GetInt64(0)).Bind(2, rows.GetText(1)).Run();
        });
        foreach (var messageClass in Enum.GetValues<MessageClass>()) CopyTable(source, target, messageClass);
        Try(() => CopyDeadLetters(source, target));
        return hasState;
    }

    /// <summary>Reads on behind each gap: where reading fails, the nearest place is looked for from which it goes on.</summary>
    private void CopyTable(Database source, Database target, MessageClass messageClass)
    {
        using var table = new SpoolTable(target, messageClass);
        Statement? rows = null;
        try
        {
            rows = source.Prepare($"SELECT seq, links, arrived, COALESCE(expires, 0), body FROM {SpoolTable.NameOf(messageClass)} WHERE seq > ?1 ORDER BY seq");
            var after = 0L;
            while (!TryCopyRows(rows, table, ref after))
            {
                if (++_gaps > MostGaps || !TryLeap(rows, ref after)) return;
            }
        }
        catch (SqliteFailure failure) when (SpoolRules.IsDamage(failure))
        {
            // Not even the table is there: all of it counts as lost.
        }
        finally
        {
            rows?.Dispose();
        }
    }

    /// <returns>Whether the end was reached.</returns>
    private bool TryCopyRows(Statement rows, SpoolTable table, ref long after)
    {
        rows.Bind(1, after);
        while (true)
        {
            try
            {
                if (!rows.Read()) return true;
            }
            catch (SqliteFailure failure) when (SpoolRules.IsDamage(failure))
            {
                rows.Reset();
                return false;
            }

            after = rows.GetInt64(0);
            var body = rows.GetBlob(4);
            if (RecordCodec.IsWhole(body) && RecordCodec.ReadHead(body).Sequence == after)
            {
                table.Insert(after, rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3), body);
                _saved[(int)table.Class]++;
            }
            else
            {
                _bad[(int)table.Class]++;
            }
        }
    }

    private static bool TryLeap(Statement rows, ref long after)
    {
        var step = 1L;
        while (!CanRead(rows, after + step))
        {
            step *= 2;
            if (step > long.MaxValue / 4) return false;
        }

        var (low, high) = (after + (step / 2), after + step);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (CanRead(rows, middle)) high = middle;
            else low = middle;
        }

        after = high;
        return true;
    }

    private static bool CanRead(Statement rows, long after)
    {
        try
        {
            rows.Bind(1, after).Read();
            rows.Reset();
            return true;
        }
        catch (SqliteFailure failure) when (SpoolRules.IsDamage(failure))
        {
            rows.Reset();
            return false;
        }
    }

    private static void CopyDeadLetters(Database source, Database target)
    {
        const string Columns = "refused_at, link, reason, detail, class, arrived_at, local_topic, remote_topic, content_type, payload, bytes";
        using var rows = source.Prepare($"SELECT {Columns} FROM dead_letters ORDER BY id");
        using var insert = target.Prepare($"INSERT INTO dead_letters({Columns}) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, COALESCE(?10, zeroblob(0)), ?11)");
        while (rows.Read())
        {
            insert.Bind(1, rows.GetInt64(0)).Bind(2, rows.GetText(1)).Bind(3, rows.GetText(2)).Bind(4, rows.GetText(3)).Bind(5, rows.GetText(4))
                .Bind(6, rows.GetInt64(5)).Bind(7, rows.GetText(6)).Bind(8, rows.GetText(7)).Bind(9, rows.GetText(8))
                .BindBlob(10, rows.GetBlob(9)).Bind(11, rows.GetInt64(10)).Run();
        }
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (SqliteFailure failure) when (SpoolRules.IsDamage(failure))
        {
            // What was read so far stays; the messages matter more.
        }
    }

    /// <summary>What should have been there, less what is; without the old state, the records seen and found bad.</summary>
    private long CountLost(Database target, bool hasState)
    {
        var lost = 0L;
        foreach (var messageClass in Enum.GetValues<MessageClass>())
        {
            var missing = hasState ? Math.Max(0, _state.MessagesOf(messageClass) - _saved[(int)messageClass]) : _bad[(int)messageClass];
            _state.Dropped.Add(messageClass, DropReason.Damaged, missing);
            lost += missing;
        }

        SpoolCount.Recount(target, _state);
        return lost;
    }

    private void SaveState(Database target)
    {
        var blob = new byte[SpoolState.Bytes];
        _state.Write(blob);
        using var save = target.Prepare("INSERT OR REPLACE INTO state(id, body) VALUES(0, ?1)");
        save.BindBlob(1, blob).Run();
    }
}
