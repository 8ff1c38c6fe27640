namespace Fairlead.Targets.Tables;

/// <summary>Names of tables and columns as they stand in SQL: what templates and payloads give is quoted, never trusted.</summary>
internal static class TableName
{
    private const int LongestName = 63;

    /// <summary>Quotes <c>TABLE</c> or <c>SCHEMA.TABLE</c>; null when it cannot be the name of a table.</summary>
    public static string? Quote(string name)
    {
        var parts = name.Split('.');
        if (parts.Length > 2 || parts.Any(static part => part.Length is 0 or > LongestName || part.Contains('\0', StringComparison.Ordinal))) return null;
        return string.Join('.', parts.Select(Identifier));
    }

    /// <summary>Quotes one name.</summary>
    public static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
