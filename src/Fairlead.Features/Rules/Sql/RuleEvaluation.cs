using Fairlead.Features.Rules.Sql.Nodes;

namespace Fairlead.Features.Rules.Sql;

/// <summary>One message seen by one statement; templates are resolved against it.</summary>
internal sealed class RuleEvaluation
{
    internal RuleEvaluation(RuleStatement statement, RuleMessage message, DateTimeOffset now) => (Statement, Message, Now) = (statement, message, now);

    /// <summary>The statement.</summary>
    public RuleStatement Statement { get; }

    /// <summary>The message.</summary>
    public RuleMessage Message { get; }

    /// <summary>The reading of the clock that holds for the statement and its templates [U18].</summary>
    public DateTimeOffset Now { get; }

    /// <summary>What came of it.</summary>
    public RuleVerdict Verdict { get; internal set; }

    /// <summary>Result of SELECT; empty unless matched.</summary>
    public ReadOnlyMemory<byte> Output { get; private set; }

    /// <summary>Whether the output is a JSON text; else it is the payload's bytes, or nothing.</summary>
    public bool OutputIsJson { get; private set; }

    /// <summary>Whether the output is a JSON object.</summary>
    public bool OutputIsObject { get; private set; }

    /// <summary>The statement refers to attributes, but the payload is no JSON object or array: counts as ParseError.</summary>
    public bool PayloadWasNotJson { get; internal set; }

    /// <summary>Why a function failed.</summary>
    public string? Failure { get; internal set; }

    /// <summary>What is worth a line in the log although the rule goes on, such as an expression that took too long [U34]; null when nothing is.</summary>
    public string? Warning { get; internal set; }

    /// <summary>Values of the variables of SET.</summary>
    internal SqlValue[] Variables { get; set; } = [];

    /// <summary>
    /// For the rule tester: FROM, SET, WHERE and the parts of WHERE with the values of their operands. Evaluates them again, external
    /// functions included.
    /// </summary>
    public IReadOnlyList<ExplainedClause> Explain() => Explanation.Of(this);

    /// <summary>The same message under the same statement, with an error document in place of the output (spec/aws-rules, section 8).</summary>
    /// <param name="document">JSON object.</param>
    public RuleEvaluation WithErrorDocument(ReadOnlyMemory<byte> document)
    {
        var copy = (RuleEvaluation)MemberwiseClone();
        copy.SetOutput(document, isJson: true, isObject: true);
        return copy;
    }

    /// <summary>Sets the result of SELECT.</summary>
    internal void SetOutput(ReadOnlyMemory<byte> output, bool isJson, bool isObject) => (Output, OutputIsJson, OutputIsObject) = (output, isJson, isObject);
}
