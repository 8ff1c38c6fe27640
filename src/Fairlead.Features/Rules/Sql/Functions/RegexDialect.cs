using System.Text;
using System.Text.RegularExpressions;

namespace Fairlead.Features.Rules.Sql.Functions;

/// <summary>
/// Java's regular expressions, in which rules are written, to those of the platform as far as the two differ in what is common [U34]:
/// ASCII meaning of <c>\d \w \s</c>, <c>\h</c>, <c>\Q..\E</c>, POSIX classes, and replacements.
/// </summary>
internal static class RegexDialect
{
    private const string Space = " \\t\\n\\x0B\\f\\r";
    private const string Blank = " \\t\\xA0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000";

    /// <summary>Translates a pattern; null when it uses what only Java has (intersections of classes).</summary>
    public static string? Translate(string pattern)
    {
        if (pattern.IndexOf('\\') < 0 && pattern.IndexOf('&') < 0) return pattern;
        var result = new StringBuilder(pattern.Length + 16);
        bool isInClass = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            char letter = pattern[i];
            if (letter == '\\')
            {
                if (i + 1 == pattern.Length) return null;
                i = Escape(pattern, i + 1, isInClass, result);
                continue;
            }

            if (letter == '[') isInClass = true;
            else if (letter == ']') isInClass = false;
            else if (isInClass && letter == '&' && i + 1 < pattern.Length && pattern[i + 1] == '&') return null;
            result.Append(letter);
        }

        return result.ToString();
    }

    /// <summary>
    /// Appends a replacement for a match: <c>$1</c> and <c>${name}</c> are groups, a backslash makes the next character a plain one. False
    /// when it names a group that is not there.
    /// </summary>
    public static bool TryReplace(Regex regex, Match match, string replacement, StringBuilder to)
    {
        for (int i = 0; i < replacement.Length; i++)
        {
            char letter = replacement[i];
            if (letter == '\\')
            {
                if (++i == replacement.Length) return false;
                to.Append(replacement[i]);
                continue;
            }

            if (letter != '$')
            {
                to.Append(letter);
                continue;
            }

            var group = Group(regex, match, replacement, ref i);
            if (group is null) return false;
            to.Append(group.ValueSpan);
            if (to.Length > SqlLimits.LongestText) return false;
        }

        return true;
    }

    private static Group? Group(Regex regex, Match match, string replacement, ref int at)
    {
        int start = at + 1;
        if (start == replacement.Length) return null;
        if (replacement[start] == '{')
        {
            int end = replacement.IndexOf('}', start);
            if (end < 0) return null;
            at = end;
            int named = regex.GroupNumberFromName(replacement[(start + 1)..end]);
            return named < 0 ? null : match.Groups[named];
        }

        if (!char.IsAsciiDigit(replacement[start])) return null;
        int number = replacement[start] - '0';
        if (number >= match.Groups.Count) return null;
        at = start;
        // Further digits belong to the number as long as there is such a group.
        while (at + 1 < replacement.Length && char.IsAsciiDigit(replacement[at + 1]))
        {
            int longer = (number * 10) + replacement[at + 1] - '0';
            if (longer >= match.Groups.Count) break;
            number = longer;
            at++;
        }

        return match.Groups[number];
    }

    /// <summary>Translates what stands behind a backslash; returns the position of its last character.</summary>
    private static int Escape(string pattern, int at, bool isInClass, StringBuilder to)
    {
        switch (pattern[at])
        {
            case 'd':
                to.Append(isInClass ? "0-9" : "[0-9]");
                return at;
            case 'D' when !isInClass:
                to.Append("[^0-9]");
                return at;
            case 'w':
                to.Append(isInClass ? "a-zA-Z_0-9" : "[a-zA-Z_0-9]");
                return at;
            case 'W' when !isInClass:
                to.Append("[^a-zA-Z_0-9]");
                return at;
            case 's':
                to.Append(isInClass ? Space : $"[{Space}]");
                return at;
            case 'S' when !isInClass:
                to.Append($"[^{Space}]");
                return at;
            case 'h':
                to.Append(isInClass ? Blank : $"[{Blank}]");
                return at;
            case 'R' when !isInClass:
                to.Append("(?:\\r\\n|[\\n\\x0B\\f\\r\\x85\\u2028\\u2029])");
                return at;
            case 'Q':
                int end = pattern.IndexOf("\\E", at, StringComparison.Ordinal);
                string quoted = end < 0 ? pattern[(at + 1)..] : pattern[(at + 1)..end];
                to.Append(Regex.Escape(quoted).Replace("]", "\\]", StringComparison.Ordinal));
                return end < 0 ? pattern.Length - 1 : end + 1;
            case 'p' when Posix(pattern, at, out string set, out int last):
                to.Append(isInClass ? set : $"[{set}]");
                return last;
            default:
                to.Append('\\').Append(pattern[at]);
                return at;
        }
    }

    private static bool Posix(string pattern, int at, out string set, out int last)
    {
        set = "";
        last = at + 1 < pattern.Length && pattern[at + 1] == '{' ? pattern.IndexOf('}', at) : -1;
        if (last < 0) return false;
        set = pattern[(at + 2)..last] switch
        {
            "Lower" => "a-z",
            "Upper" => "A-Z",
            "ASCII" => "\\x00-\\x7F",
            "Alpha" => "a-zA-Z",
            "Digit" => "0-9",
            "Alnum" => "a-zA-Z0-9",
            "Punct" => "!-/:-@\\[-`{-~",
            "Graph" => "!-~",
            "Print" => " -~",
            "Blank" => " \\t",
            "Cntrl" => "\\x00-\\x1F\\x7F",
            "XDigit" => "0-9a-fA-F",
            "Space" => Space,
            _ => "",
        };
        return set.Length > 0;
    }
}
