using System.Diagnostics;

namespace Fairlead.Storage.Sqlite.Journal;

/// <summary>
/// What is alive in each journal row. Rows leave from the head alone, oldest first: a row may hold the end of an entry that lies in an
/// older row, and must not go before it. So rows are numbered without gaps.
/// </summary>
internal sealed class RowLedger
{
    private Row[] _rows = new Row[64];
    private int _first;

    /// <summary>Number of the oldest row, and of the next to be written when there is none.</summary>
    public long Head { get; private set; } = 1;

    public int Count { get; private set; }

    /// <summary>Number of the next row to be written.</summary>
    public long Next => Head + Count;

    /// <summary>Bytes of all rows.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>Bytes of the records that are alive.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Sets the number of the first row; before any row was added.</summary>
    public void StartAt(long seq)
    {
        Debug.Assert(Count == 0, "only while empty");
        Head = seq;
    }

    public void Append(int bytes)
    {
        if (Count == _rows.Length) Grow();
        _rows[(_first + Count) & (_rows.Length - 1)] = new Row { Bytes = bytes };
        Count++;
        TotalBytes += bytes;
    }

    public void RemoveHead()
    {
        ref var row = ref At(Head);
        Debug.Assert(row.Live == 0, "a row leaves when nothing in it is alive");
        TotalBytes -= row.Bytes;
        _first = (_first + 1) & (_rows.Length - 1);
        Head++;
        Count--;
    }

    public int BytesOf(long seq) => At(seq).Bytes;

    public bool IsDead(long seq) => At(seq).Live == 0;

    public void AddLive(long seq, int bytes)
    {
        At(seq).Live++;
        LiveBytes += bytes;
    }

    public void RemoveLive(long seq, int bytes)
    {
        At(seq).Live--;
        LiveBytes -= bytes;
    }

    private ref Row At(long seq)
    {
        var index = seq - Head;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Count);
        return ref _rows[(_first + (int)index) & (_rows.Length - 1)];
    }

    private void Grow()
    {
        var rows = new Row[_rows.Length * 2];
        for (var i = 0; i < Count; i++) rows[i] = _rows[(_first + i) & (_rows.Length - 1)];
        _rows = rows;
        _first = 0;
    }

    private struct Row
    {
        public int Bytes;
        public int Live;
    }
}
