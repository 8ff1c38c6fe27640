namespace Fairlead.Features.Rules.Sql.Functions.Time;

/// <summary>
/// Reads a time by a pattern with the letters of java.time (section 5.5). The date must exist; without a time of day it is midnight,
/// without a zone UTC.
/// </summary>
internal sealed class TimeReader(string text, TimePart[] parts)
{
    private readonly TimeFields _fields = new();
    private int _at;

    /// <summary>Milliseconds since 1970; null when the text does not fit the pattern or the fields are no time.</summary>
    public long? Read()
    {
        for (int i = 0; i < parts.Length; i++)
        {
            // Fields that follow each other directly take as many digits as they have letters.
            bool isAdjacent = i + 1 < parts.Length && IsNumber(parts[i + 1]);
            if (!TryRead(parts[i], isAdjacent)) return null;
        }

        return _at == text.Length ? _fields.ToMillis() : null;
    }

    /// <summary>Reads an offset such as <c>+0100</c>, <c>+01:00</c>, <c>+01</c> or <c>Z</c>.</summary>
    public static bool TryOffset(string text, ref int at, bool hasColon, bool allowsZulu, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (at >= text.Length) return false;
        if (allowsZulu && text[at] == 'Z')
        {
            at++;
            return true;
        }

        if (text[at] is not ('+' or '-')) return false;
        int sign = text[at] == '-' ? -1 : 1;
        int end = at + 3;
        if (end > text.Length || !int.TryParse(text.AsSpan(at + 1, 2), System.Globalization.NumberStyles.None, null, out int hours)) return false;
        int minutes = 0;
        int from = end;
        if (hasColon && from < text.Length && text[from] == ':') from++;
        if (from + 2 <= text.Length && from - end == (hasColon ? 1 : 0) && int.TryParse(text.AsSpan(from, 2), System.Globalization.NumberStyles.None, null, out minutes))
            end = from + 2;
        if (hours > 14 || minutes > 59) return false;
        offset = sign * new TimeSpan(hours, minutes, 0);
        at = end;
        return offset.Duration() <= TimeSpan.FromHours(14);
    }

    private static bool IsNumber(TimePart part) => part.Letter switch
    {
        'y' or 'u' or 'Y' or 'd' or 'D' or 'H' or 'h' or 'k' or 'K' or 'm' or 's' or 'S' or 'n' or 'w' or 'A' => true,
        'M' or 'L' => part.Count <= 2,
        'e' or 'c' => part.Count <= 2,
        _ => false,
    };

    private bool TryRead(TimePart part, bool isAdjacent)
    {
        switch (part.Letter)
        {
            case '\0':
                bool fits = string.CompareOrdinal(text, _at, part.Text, 0, part.Text.Length) == 0;
                _at += part.Text.Length;
                return fits;
            case 'G':
                return TryWord(["AD", "BC"], out int era) && _fields.TrySet('G', era);
            case 'M' or 'L' when part.Count >= 3:
                return TryName(TimeNames.Months, part.Count, out int month) && _fields.TrySet('M', month + 1);
            case 'E' or 'e' or 'c' when part.Letter == 'E' || part.Count >= 3:
                return TryName(TimeNames.Days, part.Count, out int day) && _fields.TrySet('E', day + 1);
            case 'a':
                return TryWord(["AM", "PM"], out int half) && _fields.TrySet('a', half);
            case 'S':
                return TryFraction(part.Count);
            case 'Z' or 'X' or 'x':
                return TryOffsetField(part);
            case 'V' or 'z' or 'v' or 'O':
                return TryZone(part);
            case 'y' or 'u' or 'Y':
                return TryYear(part, isAdjacent);
            default:
                return IsNumber(part) && TryNumber(part, isAdjacent);
        }
    }

    private bool TryYear(TimePart part, bool isAdjacent)
    {
        bool isShort = part.Count == 2;
        bool isNegative = !isShort && part.Letter == 'u' && _at < text.Length && text[_at] == '-';
        if (isNegative) _at++;
        if (!TryDigits(part.Count, isShort || isAdjacent ? part.Count : 9, out long year)) return false;
        if (isShort) year += 2000;
        return _fields.TrySet(part.Letter == 'Y' ? 'Y' : 'y', isNegative ? -year : year);
    }

    private bool TryNumber(TimePart part, bool isAdjacent)
    {
        int most = part.Count == 1 && !isAdjacent ? (part.Letter is 'n' or 'A' ? 18 : 9) : part.Count;
        if (part.Letter == 'd' && part.Count == 1 && isAdjacent) most = 2;
        char field = part.Letter switch { 'L' => 'M', 'c' => 'e', _ => part.Letter };
        return TryDigits(part.Count, most, out long value) && _fields.TrySet(field, value);
    }

    private bool TryFraction(int count)
    {
        if (!TryDigits(count, count, out long value)) return false;
        for (int i = count; i < 9; i++) value *= 10;
        for (int i = count; i > 9; i--) value /= 10;
        return _fields.TrySet('n', value);
    }

    private bool TryDigits(int least, int most, out long value)
    {
        value = 0;
        int start = _at;
        while (_at < text.Length && _at - start < Math.Min(most, 18) && char.IsAsciiDigit(text[_at])) value = (value * 10) + text[_at++] - '0';
        return _at - start >= Math.Min(least, 18);
    }

    private bool TryOffsetField(TimePart part)
    {
        bool hasColon = part.Letter == 'Z' ? part.Count == 5 : part.Count is 3 or 5;
        bool allowsZulu = part.Letter == 'X' || (part.Letter == 'Z' && part.Count == 5);
        if (part.Letter == 'Z' && part.Count == 4) return TryZone(part);
        if (!TryOffset(text, ref _at, hasColon, allowsZulu, out var offset)) return false;
        _fields.Offset = offset;
        return true;
    }

    private bool TryZone(TimePart part)
    {
        int start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '/' or '_' or '+' or '-' or ':')) _at++;
        string name = text[start.._at];
        if (name.StartsWith("GMT", StringComparison.Ordinal) && name.Length > 3) name = name[3..];
        if (part.Letter is 'z' or 'v' && TimeZones.OffsetOf(name) is { } offset)
        {
            _fields.Offset = offset;
            return true;
        }

        _fields.Zone = TimeZones.Find(name);
        return _fields.Zone is not null;
    }

    private bool TryWord(ReadOnlySpan<string> words, out int index)
    {
        for (index = 0; index < words.Length; index++)
        {
            if (string.CompareOrdinal(text, _at, words[index], 0, words[index].Length) != 0) continue;
            _at += words[index].Length;
            return true;
        }

        return false;
    }

    private bool TryName(string[] names, int count, out int index)
    {
        for (index = 0; index < names.Length; index++)
        {
            string name = count >= 4 ? names[index] : TimeNames.Short(names[index]);
            if (string.CompareOrdinal(text, _at, name, 0, name.Length) != 0) continue;
            _at += name.Length;
            return true;
        }

        return false;
    }
}
