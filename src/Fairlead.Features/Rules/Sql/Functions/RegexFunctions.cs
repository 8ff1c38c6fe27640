using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Fairlead.Features.Rules.Sql.Nodes;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Functions;

/// <summary>Functions with regular expressions (section 5.2). Not valid, or too slow: Undefined.</summary>
internal static class RegexFunctions
{
    /// <summary>Part of the work of an evaluation that an expression costs which ran into its timeout, so that few can.</summary>
    private const int TimeoutWork = SqlLimits.MostWork / 5;

    private static readonly (string Name, int Count, Func<Regex, string, string, SqlValue> Function)[] Known =
    [
        ("regexp_matches", 2, static (regex, text, _) => SqlValue.Of(regex.IsMatch(text))),
        ("regexp_substr", 2, static (regex, text, _) => regex.Match(text) is { Success: true } match ? SqlValue.OfText(match.Value) : default),
        ("regexp_replace", 3, Replace),
    ];

    /// <summary>The functions.</summary>
    public static IEnumerable<SqlFunction> All => Known.Select(static known =>
        new SqlFunction(known.Name, SqlVersion.V2015, known.Count, known.Count, (frame, arguments) =>
            SqlConversion.ToText(arguments[1]) is { } pattern ? Run(frame, arguments, frame.Regexes.Get(pattern), known.Function) : default));

    /// <summary>A function whose expression is a literal: it is made once.</summary>
    public static SqlFunction Bind(SqlFunction function, string pattern)
    {
        var regex = RegexCache.Make(pattern);
        var known = Array.Find(Known, item => string.Equals(item.Name, function.Name, StringComparison.Ordinal));
        return function with { Body = (frame, arguments) => Run(frame, arguments, regex, known.Function) };
    }

    private static SqlValue Run(SqlFrame frame, ReadOnlySpan<SqlValue> arguments, Regex? regex, Func<Regex, string, string, SqlValue> function)
    {
        if (regex is null || SqlConversion.ToText(arguments[0]) is not { } text) return default;
        string? by = arguments.Length == 3 ? SqlConversion.ToText(arguments[2]) : "";
        if (by is null || !frame.TrySpend(text.Length / 2)) return default;
        try
        {
            return function(regex, text, by);
        }
        catch (RegexMatchTimeoutException)
        {
            frame.Warning ??= $"a regular expression in {(arguments.Length == 3 ? "regexp_replace()" : "regexp_matches() or regexp_substr()")} took too long";
            frame.TrySpend(TimeoutWork);
            return default;
        }
    }

    private static SqlValue Replace(Regex regex, string text, string by)
    {
        // The timeout of the platform is for a single match; here it holds for all of them.
        var most = regex.MatchTimeout == Regex.InfiniteMatchTimeout ? RegexCache.LinearTimeout : RegexCache.Timeout;
        long begin = Stopwatch.GetTimestamp();
        var result = new StringBuilder();
        int done = 0;
        for (var match = regex.Match(text); match.Success; match = match.NextMatch())
        {
            result.Append(text, done, match.Index - done);
            if (!RegexDialect.TryReplace(regex, match, by, result) || result.Length > SqlLimits.LongestText) return default;
            done = match.Index + match.Length;
            if (Stopwatch.GetElapsedTime(begin) > most) throw new RegexMatchTimeoutException();
        }

        return SqlValue.OfText(result.Append(text, done, text.Length - done).ToString());
    }
}
