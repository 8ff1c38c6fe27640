using System.Text.RegularExpressions;

namespace Fairlead.Features.Rules.Sql.Functions;

/// <summary>
/// Regular expressions by their pattern, for one thread: a rule uses the same few over and over. Patterns that cannot be used are remembered
/// as well.
/// </summary>
internal sealed class RegexCache
{
    /// <summary>How long a function may look for matches; beyond it the result is Undefined [U34].</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(50);

    /// <summary>The same for all matches of an expression that needs no backtracking: each takes linear time, many of them more.</summary>
    public static readonly TimeSpan LinearTimeout = TimeSpan.FromMilliseconds(250);

    private const int Most = 64;
    private const int LongestPattern = 4_096;
    private const RegexOptions Options = RegexOptions.CultureInvariant;

    private readonly Dictionary<string, Regex?> _known = new(StringComparer.Ordinal);

    /// <summary>The expression; null when it is not valid.</summary>
    public Regex? Get(string pattern)
    {
        if (_known.TryGetValue(pattern, out var regex)) return regex;
        regex = Make(pattern);
        if (_known.Count == Most) _known.Clear();
        _known.Add(pattern, regex);
        return regex;
    }

    /// <summary>Makes an expression; null when it is not valid.</summary>
    public static Regex? Make(string pattern)
    {
        if (pattern.Length > LongestPattern || RegexDialect.Translate(pattern) is not { } translated) return null;
        try
        {
            // Without backtracking the time is linear. Counted repetitions are left out: they unroll to automata of any size.
            if (!translated.Contains('{', StringComparison.Ordinal))
                return Warm(new Regex(translated, Options | RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout));
        }
        catch (NotSupportedException)
        {
            // Look-around, back references and atomic groups need backtracking, which the timeout bounds.
            return MakeBacktracking(translated);
        }
        catch (ArgumentException)
        {
            return null;
        }

        return MakeBacktracking(translated);
    }

    private static Regex? MakeBacktracking(string pattern)
    {
        try
        {
            return Warm(new Regex(pattern, Options, Timeout));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>What is compiled at the first use must not count as the time of a match.</summary>
    private static Regex Warm(Regex regex)
    {
        regex.IsMatch("");
        return regex;
    }
}
