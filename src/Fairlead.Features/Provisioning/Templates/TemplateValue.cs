using System.Collections.Immutable;

namespace Fairlead.Features.Provisioning.Templates;

/// <summary>A value in a template: a text, a list, or a function whose result is one of the two.</summary>
internal abstract record TemplateValue;

/// <summary>A text as it stands there.</summary>
internal sealed record LiteralValue(string Text) : TemplateValue;

/// <summary>A list of values.</summary>
internal sealed record ListValue(ImmutableArray<TemplateValue> Items) : TemplateValue;

/// <summary><c>Ref</c>: the value of a parameter.</summary>
internal sealed record ReferenceValue(string Parameter) : TemplateValue;

/// <summary><c>Fn::Join</c>: the texts of a list with a separator between them.</summary>
internal sealed record JoinValue(string Separator, TemplateValue Items) : TemplateValue;

/// <summary><c>Fn::Select</c>: one element of a list, counted from 0.</summary>
internal sealed record SelectValue(TemplateValue Index, TemplateValue Items) : TemplateValue;

/// <summary><c>Fn::Split</c>: the pieces of a text between separators.</summary>
internal sealed record SplitValue(string Separator, TemplateValue Text) : TemplateValue;

/// <summary><c>Fn::Sub</c>: a text with variables in it.</summary>
/// <param name="Pieces">Literal texts and variables in turn, in their order.</param>
/// <param name="Variables">Values of variables that are no parameters.</param>
internal sealed record SubstitutionValue(
    ImmutableArray<SubstitutionPiece> Pieces, ImmutableSortedDictionary<string, TemplateValue> Variables) : TemplateValue;

/// <summary>A piece of the text of <c>Fn::Sub</c>.</summary>
/// <param name="Text">Literal text, or name of a variable.</param>
/// <param name="IsVariable">Which of the two.</param>
internal readonly record struct SubstitutionPiece(string Text, bool IsVariable);

/// <summary><c>Fn::FindInMap</c>: a text from the section Mappings.</summary>
internal sealed record LookupValue(TemplateValue Map, TemplateValue First, TemplateValue Second) : TemplateValue;
