using System.Globalization;

namespace Fairlead.Edge.Topics;

/// <summary>The properties at the end of a Hono topic, <c>/?k=v&amp;k2=v2</c>, URL-encoded (spec section 6.1).</summary>
internal static class PropertyBag
{
    /// <summary>Finds a property.</summary>
    /// <param name="bag">The bag with its slash and question mark; may be empty.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Its value, decoded; null when it is not there.</returns>
    public static string? Find(string bag, string name)
    {
        if (bag.Length < 3) return null;
        foreach (string pair in bag[2..].Split('&'))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && Uri.UnescapeDataString(pair[..equals]) == name) return Uri.UnescapeDataString(pair[(equals + 1)..]);
        }

        return null;
    }

    /// <summary><c>hono-ttl</c>; null when it is missing or no number of seconds.</summary>
    public static TimeSpan? TimeToLive(string bag) =>
        uint.TryParse(Find(bag, "hono-ttl"), NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds) ? TimeSpan.FromSeconds(seconds) : null;
}
