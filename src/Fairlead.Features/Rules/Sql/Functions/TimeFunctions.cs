using Fairlead.Features.Rules.Sql.Functions.Time;
using Fairlead.Features.Rules.Sql.Nodes;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Functions;

/// <summary>parse_time() and time_to_epoch() (section 5.5).</summary>
internal static class TimeFunctions
{
    private const long Largest = 253_402_300_799_999; // the last millisecond of the year 9999
    private const long Smallest = -62_135_596_800_000; // the first of the year 1

    /// <summary>The functions.</summary>
    public static IEnumerable<SqlFunction> All =>
    [
        new("parse_time", SqlVersion.V2016, 2, 3, ParseTime),
        new("time_to_epoch", SqlVersion.V2016, 2, 2, TimeToEpoch),
    ];

    private static SqlValue ParseTime(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        if (SqlConversion.ToText(arguments[0]) is not { } pattern || !SqlConversion.TryToWhole(arguments[1], out var millis)) return default;
        if (millis.Coefficient < Smallest || millis.Coefficient > Largest) return default;
        string id = "UTC";
        if (arguments.Length == 3)
        {
            if (SqlConversion.ToText(arguments[2]) is not { } text) return default;
            id = text;
        }

        if (TimePattern.Parse(pattern) is not { } parts || TimeZones.Find(id) is not { } zone) return default;
        return TimeFormatter.Format(parts, DateTimeOffset.FromUnixTimeMilliseconds((long)millis.Coefficient), zone) is { } formatted
            ? SqlValue.OfText(formatted)
            : default;
    }

    private static SqlValue TimeToEpoch(SqlFrame frame, ReadOnlySpan<SqlValue> arguments)
    {
        if (SqlConversion.ToText(arguments[0]) is not { } text || SqlConversion.ToText(arguments[1]) is not { } pattern) return default;
        return TimePattern.Parse(pattern) is { } parts && new TimeReader(text, parts).Read() is { } millis ? SqlValue.Of(millis) : default;
    }
}
