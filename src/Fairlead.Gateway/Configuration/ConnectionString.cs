namespace Fairlead.Gateway.Configuration;

/// <summary>Connection strings of hubs (spec section 5.3).</summary>
internal static class ConnectionString
{
    /// <summary>Takes <c>Key=Value;Key=Value</c> apart; a value may hold <c>=</c>. Parts without one are left out.</summary>
    public static Dictionary<string, string> Parse(string text)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string part in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) parts[part[..equals].Trim()] = part[(equals + 1)..].Trim();
        }

        return parts;
    }
}
