namespace Fairlead.Features.Rules.Sql;

/// <summary>Why a text is not a statement or a template.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in UTF-16 units, from 1.</param>
/// <param name="Message">What was found and what was expected.</param>
internal sealed record SqlError(int Line, int Column, string Message)
{
    /// <summary>The message with its place.</summary>
    public override string ToString() => $"line {Line}, column {Column}: {Message}";
}
