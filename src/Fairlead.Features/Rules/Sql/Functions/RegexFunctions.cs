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

    /// <summary>The functions.</summary>
    public static IEnumerable<SqlFunction> All =>
    [
        new("regexp_matches", SqlVersion.V2015, 2, 2, static (frame, arguments) =>
            Run(frame, arguments, "", static (regex, text, _) => SqlValue.Of(regex.IsMatch(text)))),
        new("regexp_substr", SqlVersion.V2015, 2, 2, static (frame, arguments) =>
            Run(frame, arguments, "", static (regex, text, _) => regex.Match(text) is { Success: true } match ? SqlValue.OfText(match.Value) : default)),
        new("regexp_replace", SqlVersion.V2015, 3, 3, static (frame, arguments) =>
            SqlConversion.ToText(arguments[2]) is { } by ? Run(frame, arguments, by, Replace) : default),
    ];

    private static SqlValue Run(SqlFrame frame, ReadOnlySpan<SqlValue> arguments, string by, Func<Regex, string, string, SqlValue> function)
    {
        if (SqlConversion.ToText(arguments[0]) is not { } text || SqlConversion.ToText(arguments[1]) is not { } pattern) return default;
        if (frame.Regexes.Get(pattern) is not { } regex) return default;
        try
        {
            return function(regex, text, by);
        }
        catch (RegexMatchTimeoutException)
        {
            frame.TrySpend(TimeoutWork);
            return default;
        }
    }

    private static SqlValue Replace(Regex regex, string text, string by)
    {
        // The timeout of the platform is for a single match; here it holds for all of them.
        long begin = Stopwatch.GetTimestamp();
        var result = new StringBuilder();
        int done = 0;
        for (var match = regex.Match(text); match.Success; match = match.NextMatch())
        {
            result.Append(text, done, match.Index - done);
            if (!RegexDialect.TryReplace(regex, match, by, result) || result.Length > SqlLimits.LongestText) return default;
            done = match.Index + match.Length;
            if (Stopwatch.GetElapsedTime(begin) > RegexCache.Timeout) throw new RegexMatchTimeoutException();
        }

        return SqlValue.OfText(result.Append(text, done, text.Length - done).ToString());
    }
}
