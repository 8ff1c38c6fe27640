using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fairlead.Features.Rules.Sql.Nodes;
using Fairlead.Features.Rules.Sql.Parsing;
using Fairlead.Features.Rules.Sql.Payloads;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql;

/// <summary>A statement, parsed once and evaluated for each message. Immutable; any number of threads may evaluate it.</summary>
internal sealed class RuleStatement
{
    private readonly ParsedStatement _parsed;
    private readonly byte[] _filter;

    private RuleStatement(string text, ParsedStatement parsed, SqlScope scope)
    {
        (Text, _parsed, Scope) = (text, parsed, scope);
        _filter = parsed.TopicFilter is null ? [] : Encoding.UTF8.GetBytes(parsed.TopicFilter);
    }

    /// <summary>The statement as written.</summary>
    public string Text { get; }

    /// <summary>Filter of FROM; null when there is no FROM.</summary>
    public string? TopicFilter => _parsed.TopicFilter;

    /// <summary>Version it was parsed under.</summary>
    public SqlVersion Version => _parsed.Context.Version;

    /// <summary>What it knows about its hub.</summary>
    public SqlScope Scope { get; }

    /// <summary>Whether it reads attributes of the payload.</summary>
    public bool NeedsPayload => _parsed.Context.Paths.HasAttributes;

    /// <summary>Whether it calls external functions, which take their time.</summary>
    public bool CallsFunctions => _parsed.Context.CallsExternal;

    /// <summary>Names of the variables of SET.</summary>
    public IReadOnlyList<string> Variables => _parsed.Context.Variables;

    /// <summary>Its parts.</summary>
    internal ParsedStatement Parsed => _parsed;

    /// <summary>Reads a statement. Never throws.</summary>
    /// <param name="text">The statement.</param>
    /// <param name="version">Version it is written in.</param>
    /// <param name="scope">The hub.</param>
    /// <param name="statement">The statement.</param>
    /// <param name="error">What is wrong with it, and where.</param>
    public static bool TryParse(
        string text, SqlVersion version, SqlScope scope, [NotNullWhen(true)] out RuleStatement? statement, [NotNullWhen(false)] out SqlError? error)
    {
        try
        {
            statement = new RuleStatement(text, StatementParser.Parse(text, version, scope), scope);
            error = null;
            return true;
        }
        catch (SqlSyntaxException problem)
        {
            statement = null;
            error = problem.ToError(text);
            return false;
        }
    }

    /// <summary>Whether a topic fits FROM; without FROM none does [U39].</summary>
    public bool MatchesTopic(string topic)
    {
        if (_filter.Length == 0) return false;
        int most = Encoding.UTF8.GetMaxByteCount(topic.Length);
        Span<byte> utf8 = most <= 512 ? stackalloc byte[512] : new byte[most];
        return Protocols.Mqtt.TopicFilter.Matches(_filter, utf8[..Encoding.UTF8.GetBytes(topic, utf8)]);
    }

    /// <summary>Evaluates the statement; the topic is not compared with FROM. Never throws; time, memory and depth are bounded.</summary>
    /// <param name="message">The message.</param>
    /// <param name="now">What timestamp() says.</param>
    public RuleEvaluation Evaluate(RuleMessage message, DateTimeOffset now)
    {
        var evaluation = new RuleEvaluation(this, message, now);
        var frame = SqlFrame.Take(this, message, now);
        try
        {
            Evaluate(evaluation, frame);
        }
        finally
        {
            frame.GiveBack();
        }

        return evaluation;
    }

    private void Evaluate(RuleEvaluation evaluation, SqlFrame frame)
    {
        frame.Read(_parsed.Context.Paths);
        evaluation.PayloadWasNotJson = NeedsPayload && frame.Kind != PayloadKind.Json;
        if (_parsed.Assignments.Length > 0)
        {
            evaluation.Variables = frame.Variables = new SqlValue[_parsed.Assignments.Length];
            for (int i = 0; i < frame.Variables.Length; i++) frame.Variables[i] = _parsed.Assignments[i].Evaluate(frame);
        }

        bool isMatch = _parsed.Where is null || SqlConversion.ToBoolean(_parsed.Where.Evaluate(frame)) is true;
        if (isMatch && frame.Failure is null) RuleOutput.Write(_parsed.Select, frame, evaluation);
        evaluation.Failure = frame.Failure;
        evaluation.Warning = frame.Warning;
        evaluation.Verdict = frame.Failure is not null ? RuleVerdict.FunctionFailed : isMatch ? RuleVerdict.Matched : RuleVerdict.NotMatched;
        if (evaluation.Verdict != RuleVerdict.Matched) evaluation.SetOutput(default, isJson: false, isObject: false);
    }
}
