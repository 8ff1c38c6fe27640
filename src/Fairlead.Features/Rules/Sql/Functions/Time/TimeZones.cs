using System.Collections.Frozen;

namespace Fairlead.Features.Rules.Sql.Functions.Time;

/// <summary>Time zones by their IANA id, and by offsets such as <c>+02:00</c>.</summary>
internal static class TimeZones
{
    private const int LongestId = 64;

    /// <summary>
    /// Short names of standard time and of summer time; the first row that has a name says what it means when a text is read.
    /// </summary>
    private static readonly (string Standard, string Summer, string[] Ids)[] Table =
    [
        ("UTC", "UTC", ["UTC", "Etc/UTC"]),
        ("GMT", "GMT", ["GMT"]),
        ("EST", "EDT", ["America/New_York", "America/Toronto", "America/Detroit"]),
        ("CST", "CDT", ["America/Chicago"]),
        ("MST", "MDT", ["America/Denver"]),
        ("MST", "MST", ["America/Phoenix"]),
        ("PST", "PDT", ["America/Los_Angeles", "America/Vancouver"]),
        ("AKST", "AKDT", ["America/Anchorage"]),
        ("AST", "ADT", ["America/Halifax"]),
        ("HST", "HST", ["Pacific/Honolulu"]),
        ("IST", "IST", ["Asia/Kolkata", "Asia/Calcutta"]),
        ("GMT", "BST", ["Europe/London"]),
        ("GMT", "IST", ["Europe/Dublin"]),
        ("WET", "WEST", ["Europe/Lisbon"]),
        ("CET", "CEST",
        [
            "Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Rome", "Europe/Vienna", "Europe/Zurich", "Europe/Amsterdam",
            "Europe/Brussels", "Europe/Prague", "Europe/Warsaw", "Europe/Stockholm", "Europe/Oslo", "Europe/Copenhagen", "Europe/Budapest",
        ]),
        ("EET", "EEST", ["Europe/Athens", "Europe/Helsinki", "Europe/Kiev", "Europe/Kyiv", "Europe/Bucharest", "Africa/Cairo"]),
        ("MSK", "MSK", ["Europe/Moscow"]),
        ("SAST", "SAST", ["Africa/Johannesburg"]),
        ("EAT", "EAT", ["Africa/Nairobi"]),
        ("WAT", "WAT", ["Africa/Lagos"]),
        ("JST", "JST", ["Asia/Tokyo"]),
        ("KST", "KST", ["Asia/Seoul"]),
        ("CST", "CST", ["Asia/Shanghai"]),
        ("HKT", "HKT", ["Asia/Hong_Kong"]),
        ("PKT", "PKT", ["Asia/Karachi"]),
        ("PST", "PST", ["Asia/Manila"]),
        ("IST", "IDT", ["Asia/Jerusalem"]),
        ("AEST", "AEDT", ["Australia/Sydney", "Australia/Melbourne"]),
        ("AEST", "AEST", ["Australia/Brisbane"]),
        ("ACST", "ACDT", ["Australia/Adelaide"]),
        ("AWST", "AWST", ["Australia/Perth"]),
        ("NZST", "NZDT", ["Pacific/Auckland"]),
    ];

    private static readonly FrozenDictionary<string, (string Standard, string Summer)> ShortNames = Table
        .SelectMany(static row => row.Ids.Select(id => (Id: id, Names: (row.Standard, row.Summer))))
        .ToFrozenDictionary(static row => row.Id, static row => row.Names, StringComparer.Ordinal);

    /// <summary>A zone by its id; null when there is none.</summary>
    public static TimeZoneInfo? Find(string id)
    {
        if (id.Length is 0 or > LongestId || !IsClean(id)) return null;
        if (id is "UTC" or "Z") return TimeZoneInfo.Utc;
        if (id[0] is '+' or '-')
        {
            int at = 0;
            return TimeReader.TryOffset(id, ref at, hasColon: true, allowsZulu: false, out var offset) && at == id.Length
                ? TimeZoneInfo.CreateCustomTimeZone(id, offset, id, id)
                : null;
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId ? zone : null;
    }

    /// <summary>Short name of a zone at a time, such as <c>CET</c>; the offset where there is none.</summary>
    public static string ShortName(TimeZoneInfo zone, DateTimeOffset local)
    {
        if (ShortNames.TryGetValue(zone.Id, out var names)) return zone.IsDaylightSavingTime(local) ? names.Summer : names.Standard;
        return Offset(local.Offset, hasColon: true);
    }

    /// <summary>The offset that a short name usually means; null when it is none.</summary>
    public static TimeSpan? OffsetOf(string shortName)
    {
        foreach (var (standard, summer, ids) in Table)
        {
            bool isStandard = string.Equals(standard, shortName, StringComparison.OrdinalIgnoreCase);
            bool isSummer = !isStandard && string.Equals(summer, shortName, StringComparison.OrdinalIgnoreCase);
            if ((isStandard || isSummer) && Find(ids[0]) is { } zone) return zone.BaseUtcOffset + TimeSpan.FromHours(isSummer ? 1 : 0);
        }

        return null;
    }

    /// <summary>An offset as <c>+01:00</c> or <c>+0100</c>.</summary>
    public static string Offset(TimeSpan offset, bool hasColon)
    {
        var size = offset.Duration();
        return $"{(offset < TimeSpan.Zero ? '-' : '+')}{size.Hours:00}{(hasColon ? ":" : "")}{size.Minutes:00}";
    }

    private static bool IsClean(string id)
    {
        foreach (char letter in id)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('/' or '_' or '-' or '+' or ':')) return false;
        }

        return id[0] != '/';
    }
}
