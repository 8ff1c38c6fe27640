using Fairlead.Sqlite;
using Fairlead.Storage.Sqlite.Journal;

namespace Fairlead.Storage.Sqlite;

/// <summary>
/// Keeps the journal within a small factor of what is alive: drops dead rows from the head, and when too much is dead behind a live
/// head, writes the head's survivors again at the end. A bounded part of that goes along with each transaction.
/// </summary>
internal sealed class Compaction(Database database, LiveIndex index) : IDisposable
{
    /// <summary>Journal bytes that are always allowed, however little is alive.</summary>
    public const int Slack = 1024 * 1024;

    /// <summary>How many times the live bytes the journal may hold beyond <see cref="Slack"/>.</summary>
    public const int Factor = 3;

    private const int SmallestStep = 256 * 1024;

    private readonly Statement _read = database.Prepare("SELECT body FROM journal WHERE seq = ?1");
    private readonly Statement _delete = database.Prepare("DELETE FROM journal WHERE seq <= ?1");
    private readonly List<Movement> _movements = [];
    private int _dropped;
    private long _bytesAtLastRun;

    /// <summary>Whether a transaction would shrink the journal.</summary>
    public bool IsUseful => index.Rows.Count > 0 && (index.Rows.IsDead(index.Rows.Head) || IsOverweight(index.Rows.TotalBytes));

    /// <summary>Does its part within the open transaction.</summary>
    /// <param name="target">Takes the survivors.</param>
    /// <param name="closeFullRow">Closes the target's row when it is full; says which row comes next.</param>
    /// <param name="mayMove">Whether survivors may be written again; else only dead rows go.</param>
    /// <returns>Number of rows dropped.</returns>
    public int Run(RowWriter target, Func<long> closeFullRow, bool mayMove)
    {
        var rows = index.Rows;
        var total = rows.TotalBytes;
        var budget = Math.Max(SmallestStep, 2 * (total - _bytesAtLastRun)); // keeps pace with what came meanwhile
        _bytesAtLastRun = total;
        _dropped = 0;
        while (_dropped < rows.Count)
        {
            var seq = rows.Head + _dropped;
            if (!rows.IsDead(seq))
            {
                if (!mayMove || budget <= 0 || !IsOverweight(total)) break;
                var before = target.Length;
                Move(seq, target, closeFullRow());
                var moved = target.Length - before;
                budget -= moved;
                total += moved;
            }

            total -= rows.BytesOf(seq);
            _dropped++;
        }

        if (_dropped > 0) _delete.Bind(1, rows.Head + _dropped - 1).Run();
        return _dropped;
    }

    /// <summary>After the commit.</summary>
    public void Apply()
    {
        foreach (var movement in _movements) index.Move(movement);
        for (; _dropped > 0; _dropped--) index.Rows.RemoveHead();
    }

    /// <summary>After the commit or instead of it.</summary>
    public void Forget()
    {
        _movements.Clear();
        _dropped = 0;
    }

    public void Dispose()
    {
        _read.Dispose();
        _delete.Dispose();
    }

    private bool IsOverweight(long totalBytes) => totalBytes > (Factor * index.Rows.LiveBytes) + Slack;

    private void Move(long seq, RowWriter target, long targetSeq)
    {
        _read.Bind(1, seq);
        try
        {
            if (!_read.Read() || !RowReader.TryOpen(_read.GetBlob(0), out var reader))
            {
                throw new SqliteFailure(SQLitePCL.raw.SQLITE_CORRUPT, $"journal row {seq} is damaged");
            }

            while (reader.TryRead(out var record))
            {
                if (!index.IsAlive(ref record, seq, out var packetId, out var released)) continue;
                if (record.Kind == RecordKind.Entry) target.WriteEntryAgain(record.Raw, packetId, released);
                else target.WriteAgain(record.Raw);
                _movements.Add(new Movement(record.Kind, record.Id, record.PacketId, targetSeq));
            }
        }
        finally
        {
            _read.Reset();
        }
    }
}
