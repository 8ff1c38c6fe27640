using Fairlead.Sqlite;

namespace Fairlead.Edge.Spool;

/// <summary>Gives links their numbers, the bits of the masks, and keeps them over restarts.</summary>
internal static class SpoolLinks
{
    /// <summary>Bits that a mask may have.</summary>
    public const long All = (1L << SpoolOptions.MostLinks) - 1;

    /// <summary>Finds or gives each link its number; links that are gone give up what waits for them.</summary>
    public static int[] Map(Database database, IReadOnlyList<string> names, SpoolState state, Action<SpoolState> save)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        using (var rows = database.Prepare("SELECT number, name FROM links"))
        {
            while (rows.Read()) known[rows.GetText(1)!] = (int)rows.GetInt64(0);
        }

        var gone = known.Where(link => !names.Contains(link.Key, StringComparer.Ordinal)).ToList();
        if (gone.Count == 0 && names.All(known.ContainsKey)) return [.. names.Select(name => known[name])];
        database.Execute("BEGIN IMMEDIATE");
        try
        {
            foreach (var (name, number) in gone)
            {
                Remove(database, number, state);
                known.Remove(name);
            }

            if (gone.Count > 0) SpoolCount.Recount(database, state);
            using var insert = database.Prepare("INSERT INTO links(number, name) VALUES(?1, ?2)");
            foreach (var name in names)
            {
                if (known.ContainsKey(name)) continue;
                var number = Enumerable.Range(0, SpoolOptions.MostLinks).First(free => !known.ContainsValue(free));
                insert.Bind(1, number).Bind(2, name).Run();
                known.Add(name, number);
            }

            save(state);
            database.Execute("COMMIT");
        }
        catch
        {
            database.RollBack();
            throw;
        }

        return [.. names.Select(name => known[name])];
    }

    private static void Remove(Database database, int number, SpoolState state)
    {
        var mask = 1L << number;
        foreach (var messageClass in Enum.GetValues<MessageClass>())
        {
            var table = SpoolTable.NameOf(messageClass);
            database.Execute($"UPDATE {table} SET links = links & ~{mask} WHERE links & {mask}");
            database.Execute($"DELETE FROM {table} WHERE links = 0");
            state.Dropped.Add(messageClass, DropReason.LinkRemoved, database.Changes);
        }

        database.Execute($"DELETE FROM links WHERE number = {number}");
    }
}
