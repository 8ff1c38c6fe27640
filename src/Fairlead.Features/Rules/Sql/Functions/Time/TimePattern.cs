using System.Text;

namespace Fairlead.Features.Rules.Sql.Functions.Time;

/// <summary>A part of a date pattern: letters of one kind, or text.</summary>
/// <param name="Letter">The letter; NUL for text.</param>
/// <param name="Count">How often it is repeated.</param>
/// <param name="Text">The text.</param>
internal readonly record struct TimePart(char Letter, int Count, string Text);

/// <summary>
/// Takes date patterns apart. Joda-Time and java.time agree on the form: ASCII letters mean fields, text between apostrophes and all other
/// characters stand for themselves, two apostrophes for one. They differ in what the letters mean.
/// </summary>
internal static class TimePattern
{
    private const int Longest = 256;
    private const int LongestField = 32;

    /// <summary>The parts; null when an apostrophe is not closed or the pattern is too long.</summary>
    public static TimePart[]? Parse(string pattern)
    {
        if (pattern.Length is 0 or > Longest) return null;
        var parts = new List<TimePart>();
        var text = new StringBuilder();
        int at = 0;
        while (at < pattern.Length)
        {
            char letter = pattern[at];
            if (letter == '\'')
            {
                if (!TryQuoted(pattern, ref at, text)) return null;
                continue;
            }

            if (!char.IsAsciiLetter(letter))
            {
                text.Append(letter);
                at++;
                continue;
            }

            int start = at;
            while (at < pattern.Length && pattern[at] == letter) at++;
            if (at - start > LongestField) return null;
            Flush(text, parts);
            parts.Add(new TimePart(letter, at - start, ""));
        }

        Flush(text, parts);
        return [.. parts];
    }

    private static bool TryQuoted(string pattern, ref int at, StringBuilder text)
    {
        at++;
        if (at < pattern.Length && pattern[at] == '\'')
        {
            text.Append('\'');
            at++;
            return true;
        }

        while (at < pattern.Length)
        {
            if (pattern[at] != '\'')
            {
                text.Append(pattern[at++]);
                continue;
            }

            at++;
            if (at == pattern.Length || pattern[at] != '\'') return true;
            text.Append('\'');
            at++;
        }

        return false;
    }

    private static void Flush(StringBuilder text, List<TimePart> parts)
    {
        if (text.Length == 0) return;
        parts.Add(new TimePart('\0', 0, text.ToString()));
        text.Clear();
    }
}
