using System.Globalization;
using System.Text;

namespace Fairlead.Features.Rules.Sql.Functions.Time;

/// <summary>Writes a time by a pattern with Joda-Time's letters (section 5.5).</summary>
internal static class TimeFormatter
{
    /// <summary>The text; null when the pattern has a letter that means nothing.</summary>
    public static string? Format(TimePart[] parts, DateTimeOffset time, TimeZoneInfo zone)
    {
        DateTimeOffset local;
        try
        {
            local = TimeZoneInfo.ConvertTime(time, zone);
        }
        catch (ArgumentOutOfRangeException)
        {
            return null; // the first and the last hours there are
        }

        var text = new StringBuilder();
        foreach (var part in parts)
        {
            if (part.Letter == '\0') text.Append(part.Text);
            else if (!TryDate(part, local, text) && !TryTime(part, local, text) && !TryZone(part, local, zone, text)) return null;
        }

        return text.ToString();
    }

    private static bool TryDate(TimePart part, DateTimeOffset local, StringBuilder text)
    {
        switch (part.Letter)
        {
            case 'G':
                text.Append("AD");
                return true;
            case 'y' or 'Y':
                Year(local.Year, part.Count, text);
                return true;
            case 'x':
                Year(ISOWeek.GetYear(local.Date), part.Count, text);
                return true;
            case 'C':
                Number(local.Year / 100, part.Count, text);
                return true;
            case 'w':
                Number(ISOWeek.GetWeekOfYear(local.Date), part.Count, text);
                return true;
            case 'e':
                Number(TimeNames.Number(local.DayOfWeek), part.Count, text);
                return true;
            case 'E':
                string day = TimeNames.Days[TimeNames.Number(local.DayOfWeek) - 1];
                text.Append(part.Count >= 4 ? day : TimeNames.Short(day));
                return true;
            case 'D':
                Number(local.DayOfYear, part.Count, text);
                return true;
            case 'M' when part.Count >= 3:
                string month = TimeNames.Months[local.Month - 1];
                text.Append(part.Count >= 4 ? month : TimeNames.Short(month));
                return true;
            case 'M':
                Number(local.Month, part.Count, text);
                return true;
            case 'd':
                Number(local.Day, part.Count, text);
                return true;
            default:
                return false;
        }
    }

    private static bool TryTime(TimePart part, DateTimeOffset local, StringBuilder text)
    {
        switch (part.Letter)
        {
            case 'a':
                text.Append(local.Hour < 12 ? "AM" : "PM");
                return true;
            case 'K':
                Number(local.Hour % 12, part.Count, text);
                return true;
            case 'h':
                Number(local.Hour % 12 == 0 ? 12 : local.Hour % 12, part.Count, text);
                return true;
            case 'H':
                Number(local.Hour, part.Count, text);
                return true;
            case 'k':
                Number(local.Hour == 0 ? 24 : local.Hour, part.Count, text);
                return true;
            case 'm':
                Number(local.Minute, part.Count, text);
                return true;
            case 's':
                Number(local.Second, part.Count, text);
                return true;
            case 'S':
                text.Append(local.Millisecond.ToString("000").PadRight(part.Count, '0'), 0, part.Count);
                return true;
            default:
                return false;
        }
    }

    private static bool TryZone(TimePart part, DateTimeOffset local, TimeZoneInfo zone, StringBuilder text)
    {
        switch (part.Letter)
        {
            case 'z':
                text.Append(TimeZones.ShortName(zone, local));
                return true;
            case 'Z' when part.Count >= 3:
                text.Append(zone.Id);
                return true;
            case 'Z':
                text.Append(TimeZones.Offset(local.Offset, hasColon: part.Count == 2));
                return true;
            default:
                return false;
        }
    }

    private static void Year(int year, int count, StringBuilder text) => Number(count == 2 ? year % 100 : year, count, text);

    private static void Number(int value, int digits, StringBuilder text) => text.Append(value.ToString().PadLeft(digits, '0'));
}
