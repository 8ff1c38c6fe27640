using System.Text.RegularExpressions;

namespace Fairlead.Edge.Twin.Commands;

/// <summary>A regular expression and how often it took something away.</summary>
internal sealed class CountedFilter
{
    /// <summary>Far more than a linear match of a topic or path takes; only there so that nothing can wait for ever.</summary>
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(5);

    private readonly Regex _expression;
    private long _count;

    /// <summary>Compiles an expression.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    /// <exception cref="NotSupportedException">It needs look-around or back-references.</exception>
    public CountedFilter(string option, string expression)
    {
        (Option, Expression) = (option, expression);
        _expression = Compile(expression);
    }

    /// <summary>The option that it comes from.</summary>
    public string Option { get; }

    /// <summary>Its text.</summary>
    public string Expression { get; }

    /// <summary>How often it matched.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Compiles an expression for the engine that never backtracks.</summary>
    public static Regex Compile(string expression) =>
        new(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchTimeout);

    /// <summary>Whether it matches somewhere in a text.</summary>
    /// <param name="text">A topic or path.</param>
    /// <param name="counts">Whether a match is counted: the same message may be looked at twice.</param>
    public bool Takes(string text, bool counts = true)
    {
        if (!_expression.IsMatch(text)) return false;
        if (counts) Interlocked.Increment(ref _count);
        return true;
    }
}
