using System.Globalization;

namespace Fairlead.Features.Rules.Sql.Functions.Time;

/// <summary>What has been read of a time, by the letters of java.time, and the point in time that it makes.</summary>
internal sealed class TimeFields
{
    private const long NanosOfSecond = 1_000_000_000;

    private readonly Dictionary<char, long> _values = [];

    /// <summary>Offset from UTC.</summary>
    public TimeSpan? Offset { get; set; }

    /// <summary>Time zone.</summary>
    public TimeZoneInfo? Zone { get; set; }

    /// <summary>Sets a field; false when it has been set to something else.</summary>
    public bool TrySet(char field, long value) => _values.TryAdd(field, value) || _values[field] == value;

    /// <summary>Milliseconds since 1970; null when a field is out of its range, the date does not exist or there is none.</summary>
    public long? ToMillis()
    {
        if (Date() is not { } date || !TryTimeOfDay(out long nanos)) return null;
        if (_values.TryGetValue('E', out long day) && TimeNames.Number(date.DayOfWeek) != day) return null;
        var local = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified).AddTicks(nanos / 100);
        var offset = Offset ?? (Zone is null ? TimeSpan.Zero : OffsetAt(Zone, local));
        return (local.Ticks - DateTime.UnixEpoch.Ticks - offset.Ticks) >= 0
            ? (local.Ticks - DateTime.UnixEpoch.Ticks - offset.Ticks) / TimeSpan.TicksPerMillisecond
            : FloorMillis(local.Ticks - DateTime.UnixEpoch.Ticks - offset.Ticks);
    }

    /// <summary>Of a time that there is twice the earlier, which has the larger offset.</summary>
    private static TimeSpan OffsetAt(TimeZoneInfo zone, DateTime local) =>
        zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);

    private static long FloorMillis(long ticks) => (ticks - TimeSpan.TicksPerMillisecond + 1) / TimeSpan.TicksPerMillisecond;

    private DateOnly? Date()
    {
        if (_values.TryGetValue('Y', out long weekYear)) return WeekDate(weekYear);
        if (!_values.TryGetValue('y', out long year)) return null;
        if (_values.TryGetValue('G', out long era) && era == 1) year = 1 - year;
        if (year is < 1 or > 9999) return null;
        if (_values.TryGetValue('D', out long dayOfYear))
            return dayOfYear >= 1 && dayOfYear <= (DateTime.IsLeapYear((int)year) ? 366 : 365) ? new DateOnly((int)year, 1, 1).AddDays((int)dayOfYear - 1) : null;
        if (!_values.TryGetValue('M', out long month) || !_values.TryGetValue('d', out long day) || month is < 1 or > 12) return null;
        return day >= 1 && day <= DateTime.DaysInMonth((int)year, (int)month) ? new DateOnly((int)year, (int)month, (int)day) : null;
    }

    private DateOnly? WeekDate(long year)
    {
        if (year is < 1 or > 9998 || !_values.TryGetValue('w', out long week) || week < 1 || week > ISOWeek.GetWeeksInYear((int)year)) return null;
        if (!_values.TryGetValue('E', out long day) && !_values.TryGetValue('e', out day)) return null;
        return day is < 1 or > 7 ? null : DateOnly.FromDateTime(ISOWeek.ToDateTime((int)year, (int)week, (DayOfWeek)(day % 7)));
    }

    private bool TryTimeOfDay(out long nanos)
    {
        nanos = 0;
        if (!TryHour(out long hour)) return false;
        if (!TryField('m', 59, out long minute) || !TryField('s', 59, out long second) || !TryField('n', NanosOfSecond - 1, out long fraction)) return false;
        if (_values.TryGetValue('A', out long milliOfDay))
        {
            nanos = milliOfDay * 1_000_000;
            return milliOfDay < 86_400_000;
        }

        nanos = (((((hour * 60) + minute) * 60) + second) * NanosOfSecond) + fraction;
        return true;
    }

    private bool TryHour(out long hour)
    {
        if (_values.TryGetValue('H', out hour)) return hour <= 23;
        if (_values.TryGetValue('k', out hour))
        {
            hour %= 24;
            return _values['k'] is >= 1 and <= 24;
        }

        bool isClock = _values.TryGetValue('h', out hour);
        if (!isClock && !_values.TryGetValue('K', out hour)) return true; // midnight
        if (hour > (isClock ? 12 : 11) || (isClock && hour == 0) || !_values.TryGetValue('a', out long half)) return false;
        hour = (hour % 12) + (12 * half);
        return true;
    }

    private bool TryField(char field, long most, out long value) => !_values.TryGetValue(field, out value) || value <= most;
}
