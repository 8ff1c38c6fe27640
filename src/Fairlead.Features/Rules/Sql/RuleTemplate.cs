using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fairlead.Features.Rules.Sql.Nodes;
using Fairlead.Features.Rules.Sql.Parsing;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql;

/// <summary>
/// A text with substitution templates <c>${expression}</c> (spec/aws-rules, section 6). Immutable; any number of threads may resolve it.
/// </summary>
internal sealed class RuleTemplate
{
    private readonly Piece[] _pieces;
    private readonly ParseContext _context;

    private RuleTemplate(string text, Piece[] pieces, ParseContext context) => (Text, _pieces, _context) = (text, pieces, context);

    /// <summary>The text as written.</summary>
    public string Text { get; }

    /// <summary>Whether it has no <c>${</c>: it resolves to its text.</summary>
    public bool IsLiteral => _pieces.Length == 0;

    /// <summary>Whether it calls external functions.</summary>
    public bool CallsFunctions => _context.CallsExternal;

    /// <summary>Reads a template under the version and the variables of a statement. Never throws.</summary>
    /// <param name="text">The text.</param>
    /// <param name="statement">The statement of the rule.</param>
    /// <param name="template">The template.</param>
    /// <param name="error">What is wrong with it.</param>
    /// <param name="allowFunctions">False in error actions, where external functions are not allowed.</param>
    public static bool TryParse(
        string text, RuleStatement statement, [NotNullWhen(true)] out RuleTemplate? template, [NotNullWhen(false)] out SqlError? error, bool allowFunctions = true)
    {
        try
        {
            var context = new ParseContext(statement.Version, statement.Scope, statement.Variables, allowFunctions);
            template = new RuleTemplate(text, Parse(text, context), context);
            error = null;
            return true;
        }
        catch (SqlSyntaxException problem)
        {
            template = null;
            error = problem.ToError(text);
            return false;
        }
    }

    /// <summary>The text with its expressions replaced by their values; Undefined and Null are the empty text [U23]. Never throws.</summary>
    public string Resolve(RuleEvaluation evaluation) => Resolve(evaluation, out _);

    /// <summary>The same, with the failure of an external function.</summary>
    /// <param name="evaluation">Message and variables.</param>
    /// <param name="failure">Why a function failed; null when none did.</param>
    public string Resolve(RuleEvaluation evaluation, out string? failure)
    {
        failure = null;
        if (IsLiteral) return Text;
        var frame = SqlFrame.Take(evaluation.Statement, evaluation.Message, evaluation.Now);
        try
        {
            frame.Read(_context.Paths);
            frame.Variables = evaluation.Variables;
            var text = new StringBuilder();
            foreach (var piece in _pieces)
            {
                string value = piece.Value is null ? piece.Text : SqlConversion.ToText(piece.Value.Evaluate(frame)) ?? "";
                if (text.Length + value.Length <= SqlLimits.LongestText) text.Append(value);
                else frame.Failure ??= $"the text has more than {SqlLimits.LongestText} characters";
            }

            failure = frame.Failure;
            return text.ToString();
        }
        finally
        {
            frame.GiveBack();
        }
    }

    private static Piece[] Parse(string text, ParseContext context)
    {
        if (text.Length > SqlLimits.LongestStatement) throw new SqlSyntaxException(0, $"a template has at most {SqlLimits.LongestStatement} characters");
        int open = text.IndexOf("${", StringComparison.Ordinal);
        if (open < 0) return [];
        var pieces = new List<Piece>();
        int at = 0;
        while (open >= 0)
        {
            if (open > at) pieces.Add(new Piece(text[at..open], null));
            at = StatementParser.ParseTemplate(text, open + 2, context, out var node) + 1;
            pieces.Add(new Piece("", node));
            open = text.IndexOf("${", at, StringComparison.Ordinal);
        }

        if (at < text.Length) pieces.Add(new Piece(text[at..], null));
        return [.. pieces];
    }

    /// <summary>Text, or an expression.</summary>
    private sealed record Piece(string Text, SqlNode? Value);
}
