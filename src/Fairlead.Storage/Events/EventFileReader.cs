using Fairlead.Sqlite;

namespace Fairlead.Storage.Events;

/// <summary>Reads blocks back over a connection of its own, so that nobody who reads holds up the writer. Thread-safe, one read at a time.</summary>
internal sealed class EventFileReader : IDisposable
{
    private const int EnoughBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Database _database;
    private readonly Statement _from;
    private readonly Statement _before;

    public EventFileReader(Database database)
    {
        _database = database;
        database.Execute("PRAGMA query_only = 1");
        _from = database.Prepare("SELECT first, count, last_time, body FROM blocks WHERE partition = ?1 AND first >= ?2 ORDER BY first");
        _before = database.Prepare("SELECT first, last_time FROM blocks WHERE partition = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1");
    }

    /// <summary>The block with an event, or the next one when that event is gone; small blocks that follow are put together with it.</summary>
    /// <returns>Null when there is no such event and none behind it.</returns>
    /// <exception cref="SqliteFailure">The file cannot be read.</exception>
    public EventBlock? Read(int partition, long sequence)
    {
        lock (_gate)
        {
            var start = Before(partition, sequence)?.First ?? sequence;
            _from.Bind(1, partition).Bind(2, start);
            EventBlock? result = null;
            MemoryStream? joined = null;
            while (_from.Read())
            {
                var first = _from.GetInt64(0);
                var count = (int)_from.GetInt64(1);
                if (first + count <= sequence) continue;
                if (result is not null && first != result.Next) break;
                var body = _from.GetBlob(3);
                if (result is null)
                {
                    result = new EventBlock(first, count, _from.GetInt64(2), body.ToArray());
                }
                else
                {
                    joined ??= Begin(result.Body);
                    joined.Write(body);
                    result = new EventBlock(result.First, result.Count + count, _from.GetInt64(2), result.Body);
                }

                if ((joined?.Length ?? result.Body.Length) >= EnoughBytes) break;
            }

            _from.Reset();
            return joined is null ? result : result! with { Body = joined.GetBuffer().AsMemory(0, (int)joined.Length) };
        }
    }

    /// <summary>Number of the first block with an event of that time or later; null when all are older.</summary>
    /// <param name="partition">Partition.</param>
    /// <param name="time">Milliseconds of the Unix epoch.</param>
    /// <param name="first">Oldest event.</param>
    /// <param name="next">Number behind the newest.</param>
    /// <exception cref="SqliteFailure">The file cannot be read.</exception>
    public long? FindTime(int partition, long time, long first, long next)
    {
        lock (_gate)
        {
            // Times never go backwards, so the place is found by halving.
            var (low, high) = (first, next);
            while (low < high)
            {
                var middle = low + ((high - low) / 2);
                if (Before(partition, middle) is not { } block || block.LastTime < time) low = middle + 1;
                else high = middle;
            }

            return low >= next ? null : low;
        }
    }

    public void Dispose()
    {
        _from.Dispose();
        _before.Dispose();
        _database.Dispose();
    }

    private static MemoryStream Begin(ReadOnlyMemory<byte> first)
    {
        var stream = new MemoryStream(EnoughBytes + (EnoughBytes / 2));
        stream.Write(first.Span);
        return stream;
    }

    private (long First, long LastTime)? Before(int partition, long sequence)
    {
        if (!_before.Bind(1, partition).Bind(2, sequence).Read()) return null;
        var found = (_before.GetInt64(0), _before.GetInt64(1));
        _before.Reset();
        return found;
    }
}
