using System.Collections.Frozen;

namespace Fairlead.Features.Rules.Sql.Functions.Time;

/// <summary>Time zones by their IANA id, and by offsets such as <c>+02:00</c>.</summary>
internal static class TimeZones
{
    private const int LongestId = 64;

    /// <summary>
    /// Short names where the zone data do not tell: standard time and summer time. Used for zones whose data are not of the usual form.
    /// </summary>
    private static readonly FrozenDictionary<string, (string Standard, string Summer)> ShortNames = new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["UTC"] = ("UTC", "UTC"), ["Etc/UTC"] = ("UTC", "UTC"), ["GMT"] = ("GMT", "GMT"),
        ["America/New_York"] = ("EST", "EDT"), ["America/Toronto"] = ("EST", "EDT"), ["America/Detroit"] = ("EST", "EDT"),
        ["America/Chicago"] = ("CST", "CDT"), ["America/Denver"] = ("MST", "MDT"), ["America/Phoenix"] = ("MST", "MST"),
        ["America/Los_Angeles"] = ("PST", "PDT"), ["America/Vancouver"] = ("PST", "PDT"), ["America/Anchorage"] = ("AKST", "AKDT"),
        ["America/Halifax"] = ("AST", "ADT"), ["Pacific/Honolulu"] = ("HST", "HST"),
        ["Europe/London"] = ("GMT", "BST"), ["Europe/Dublin"] = ("GMT", "IST"), ["Europe/Lisbon"] = ("WET", "WEST"),
        ["Europe/Berlin"] = ("CET", "CEST"), ["Europe/Paris"] = ("CET", "CEST"), ["Europe/Madrid"] = ("CET", "CEST"), ["Europe/Rome"] = ("CET", "CEST"),
        ["Europe/Vienna"] = ("CET", "CEST"), ["Europe/Zurich"] = ("CET", "CEST"), ["Europe/Amsterdam"] = ("CET", "CEST"),
        ["Europe/Brussels"] = ("CET", "CEST"), ["Europe/Prague"] = ("CET", "CEST"), ["Europe/Warsaw"] = ("CET", "CEST"),
        ["Europe/Stockholm"] = ("CET", "CEST"), ["Europe/Oslo"] = ("CET", "CEST"), ["Europe/Copenhagen"] = ("CET", "CEST"),
        ["Europe/Budapest"] = ("CET", "CEST"), ["Europe/Athens"] = ("EET", "EEST"), ["Europe/Helsinki"] = ("EET", "EEST"),
        ["Europe/Kiev"] = ("EET", "EEST"), ["Europe/Kyiv"] = ("EET", "EEST"), ["Europe/Bucharest"] = ("EET", "EEST"), ["Europe/Moscow"] = ("MSK", "MSK"),
        ["Africa/Johannesburg"] = ("SAST", "SAST"), ["Africa/Cairo"] = ("EET", "EEST"), ["Africa/Nairobi"] = ("EAT", "EAT"), ["Africa/Lagos"] = ("WAT", "WAT"),
        ["Asia/Tokyo"] = ("JST", "JST"), ["Asia/Seoul"] = ("KST", "KST"), ["Asia/Shanghai"] = ("CST", "CST"), ["Asia/Hong_Kong"] = ("HKT", "HKT"),
        ["Asia/Kolkata"] = ("IST", "IST"), ["Asia/Calcutta"] = ("IST", "IST"), ["Asia/Karachi"] = ("PKT", "PKT"), ["Asia/Manila"] = ("PST", "PST"),
        ["Asia/Jerusalem"] = ("IST", "IDT"), ["Australia/Sydney"] = ("AEST", "AEDT"), ["Australia/Melbourne"] = ("AEST", "AEDT"),
        ["Australia/Brisbane"] = ("AEST", "AEST"), ["Australia/Adelaide"] = ("ACST", "ACDT"), ["Australia/Perth"] = ("AWST", "AWST"),
        ["Pacific/Auckland"] = ("NZST", "NZDT"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

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

    /// <summary>A short name to the zone it is usually meant for; null when it is none.</summary>
    public static TimeSpan? OffsetOf(string shortName)
    {
        foreach (var (id, names) in ShortNames)
        {
            bool isSummer = string.Equals(names.Summer, shortName, StringComparison.OrdinalIgnoreCase);
            if (!isSummer && !string.Equals(names.Standard, shortName, StringComparison.OrdinalIgnoreCase)) continue;
            if (Find(id) is not { } zone) continue;
            return zone.BaseUtcOffset + (isSummer && !string.Equals(names.Summer, names.Standard, StringComparison.Ordinal) ? TimeSpan.FromHours(1) : TimeSpan.Zero);
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
