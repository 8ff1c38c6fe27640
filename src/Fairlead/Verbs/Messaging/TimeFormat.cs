using System.Globalization;

namespace Fairlead.Verbs.Messaging;

/// <summary>strftime's letters in local time, and three of our own: nanoseconds, ISO 8601 and Unix time.</summary>
internal static class TimeFormat
{
    /// <summary>The letters known behind <c>@</c>.</summary>
    public const string Letters = "@aAbBcCdDeFgGhHIjklmMnNpPrRsStTuUVwWxXyYzZ%";

    /// <summary>The time in the form of a letter.</summary>
    /// <param name="utc">The time.</param>
    /// <param name="letter">strftime's letter, or with <paramref name="extended"/> <c>I</c> (ISO 8601) or <c>U</c> (Unix).</param>
    /// <param name="extended">Whether the letter is one of <c>%</c> instead of strftime's.</param>
    public static string Format(DateTimeOffset utc, char letter, bool extended = false)
    {
        var time = utc.ToLocalTime();
        if (extended)
            return letter == 'I' ? Custom(time, "yyyy-MM-ddTHH:mm:ss") + Zone(time) : $"{utc.ToUnixTimeSeconds()}.{Nanoseconds(utc)}";
        return letter switch
        {
            '@' or '%' => letter.ToString(),
            'a' => Custom(time, "ddd"),
            'A' => Custom(time, "dddd"),
            'b' or 'h' => Custom(time, "MMM"),
            'B' => Custom(time, "MMMM"),
            'c' => $"{Custom(time, "ddd MMM")} {time.Day,2} {Custom(time, "HH:mm:ss yyyy")}",
            'C' => (time.Year / 100).ToString("00", CultureInfo.InvariantCulture),
            'd' => Custom(time, "dd"),
            'D' or 'x' => Custom(time, "MM/dd/yy"),
            'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'F' => Custom(time, "yyyy-MM-dd"),
            'g' => (ISOWeek.GetYear(time.DateTime) % 100).ToString("00", CultureInfo.InvariantCulture),
            'G' => ISOWeek.GetYear(time.DateTime).ToString(CultureInfo.InvariantCulture),
            'N' => Nanoseconds(time),
            's' => utc.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            'n' => "\n",
            't' => "\t",
            'z' => Zone(time),
            'Z' => time.Offset == TimeSpan.Zero ? "UTC" : Zone(time),
            _ => Numbers(time, letter),
        };
    }

    private static string Numbers(DateTimeOffset time, char letter) => letter switch
    {
        'H' => Custom(time, "HH"),
        'I' => Custom(time, "hh"),
        'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'k' => time.Hour.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'l' => (((time.Hour + 11) % 12) + 1).ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'm' => Custom(time, "MM"),
        'M' => Custom(time, "mm"),
        'p' => time.Hour < 12 ? "AM" : "PM",
        'P' => time.Hour < 12 ? "am" : "pm",
        'r' => Custom(time, "hh:mm:ss ") + (time.Hour < 12 ? "AM" : "PM"),
        'R' => Custom(time, "HH:mm"),
        'S' => Custom(time, "ss"),
        'T' or 'X' => Custom(time, "HH:mm:ss"),
        'u' => (time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'U' => Week(time, DayOfWeek.Sunday),
        'V' => ISOWeek.GetWeekOfYear(time.DateTime).ToString("00", CultureInfo.InvariantCulture),
        'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'W' => Week(time, DayOfWeek.Monday),
        'y' => Custom(time, "yy"),
        _ => Custom(time, "yyyy"),
    };

    private static string Custom(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);

    private static string Zone(DateTimeOffset time) => Custom(time, "zzz").Replace(":", "", StringComparison.Ordinal);

    private static string Nanoseconds(DateTimeOffset time) => (time.Ticks % TimeSpan.TicksPerSecond * 100).ToString("000000000", CultureInfo.InvariantCulture);

    private static string Week(DateTimeOffset time, DayOfWeek first) =>
        ((time.DayOfYear + 6 - (((int)time.DayOfWeek - (int)first + 7) % 7)) / 7).ToString("00", CultureInfo.InvariantCulture);
}
