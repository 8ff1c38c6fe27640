using Fairlead.Sqlite;

namespace Fairlead.Edge.Spool;

/// <summary>Counts the rows, when the numbers that were kept cannot be trusted.</summary>
internal static class SpoolCount
{
    /// <summary>Sets what waits, from the rows; drops keep the values they have.</summary>
    public static void Recount(Database database, SpoolState state)
    {
        state.ClearCounts();
        foreach (var messageClass in Enum.GetValues<MessageClass>())
        {
            using var rows = database.Prepare($"SELECT seq, links, length(body) FROM {SpoolTable.NameOf(messageClass)}");
            while (rows.Read())
            {
                var size = (int)rows.GetInt64(2) + RecordCodec.RowBytes;
                state.LastSequence = Math.Max(state.LastSequence, rows.GetInt64(0));
                state.Count(messageClass, size, 1);
                state.CountLinks(rows.GetInt64(1), size, 1);
            }
        }

        state.DeadLetterBytes = database.ReadInt64("SELECT COALESCE(SUM(bytes), 0) FROM dead_letters");
    }
}
