namespace Fairlead.Server.Configuration;

/// <summary>Finds what somebody meant to write.</summary>
public static class NearestName
{
    /// <summary>The known name with the fewest changed characters; null when none is near.</summary>
    /// <param name="name">What was written.</param>
    /// <param name="known">What could have been meant.</param>
    public static string? Find(string name, IEnumerable<string> known)
    {
        string? best = null;
        // Beyond half of the characters the likeness is chance.
        var fewest = (name.Length / 2) + 1;
        foreach (var candidate in known)
        {
            var distance = Distance(name, candidate);
            if (distance >= fewest) continue;
            fewest = distance;
            best = candidate;
        }

        return best;
    }

    // Levenshtein's distance with one row; case does not count.
    private static int Distance(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var j = 0; j < row.Length; j++) row[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]);
                var cost = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (same ? 0 : 1));
                diagonal = row[j];
                row[j] = cost;
            }
        }

        return row[right.Length];
    }
}
