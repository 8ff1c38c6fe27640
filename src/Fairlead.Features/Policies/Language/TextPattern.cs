using System.Collections.Immutable;
using System.Text;

namespace Fairlead.Features.Policies.Language;

/// <summary>
/// A text of a policy: literal characters, <c>*</c> and <c>?</c> where they are wildcards, and variables (section 15.3). What a variable
/// is replaced by is compared literally: a Client Identifier of <c>*</c> is a star and no wildcard (section 16.3).
/// </summary>
internal sealed class TextPattern
{
    private readonly ImmutableArray<Piece> _pieces;
    private readonly StringComparison _comparison;

    private TextPattern(string text, ImmutableArray<Piece> pieces, StringComparison comparison)
    {
        Text = text;
        _pieces = pieces;
        _comparison = comparison;
        foreach (var piece in pieces)
        {
            HasVariables |= piece.Key is not null;
            ReadsClock |= piece.Key is { ReadsClock: true };
        }
    }

    private enum PieceKind
    {
        Literal,
        Any,
        One,
        Variable,
    }

    /// <summary>The pattern as the document writes it.</summary>
    public string Text { get; }

    /// <summary>Whether it has variables at all.</summary>
    public bool HasVariables { get; }

    /// <summary>Whether one of its variables changes with the clock.</summary>
    public bool ReadsClock { get; }

    /// <summary>Literal characters before the first wildcard or variable.</summary>
    public string Start => _pieces is [{ Kind: PieceKind.Literal } first, ..] ? first.Literal : "";

    /// <summary>Compiles a text.</summary>
    /// <param name="text">As the document writes it.</param>
    /// <param name="wildcards">Whether <c>*</c> and <c>?</c> are wildcards.</param>
    /// <param name="variables">Whether <c>${...}</c> is replaced: documents of version 2008-10-17 know no variables.</param>
    /// <param name="comparison">Whether upper and lower case differ.</param>
    /// <exception cref="FormatException">A variable is not closed, or has no name.</exception>
    public static TextPattern Compile(string text, bool wildcards, bool variables, StringComparison comparison = StringComparison.Ordinal)
    {
        var pieces = ImmutableArray.CreateBuilder<Piece>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (variables && text[i] == '$' && i + 1 < text.Length && text[i + 1] == '{')
            {
                var end = text.IndexOf('}', i);
                if (end < 0) throw new FormatException("'${' is not closed by '}'");
                var name = text[(i + 2)..end];
                i = end;
                if (name.Length == 0) throw new FormatException("'${}' names no variable");
                if (name is "*" or "?" or "$") literal.Append(name);
                else Add(PieceKind.Variable, ContextKey.OfVariable(name));
            }
            else if (wildcards && text[i] == '*')
            {
                if (literal.Length > 0 || pieces is not [.., { Kind: PieceKind.Any }]) Add(PieceKind.Any, null);
            }
            else if (wildcards && text[i] == '?')
            {
                Add(PieceKind.One, null);
            }
            else
            {
                literal.Append(text[i]);
            }
        }

        if (literal.Length > 0) pieces.Add(new Piece(PieceKind.Literal, literal.ToString(), null));
        return new TextPattern(text, pieces.ToImmutable(), comparison);

        void Add(PieceKind kind, ContextKey? key)
        {
            if (literal.Length > 0) pieces.Add(new Piece(PieceKind.Literal, literal.ToString(), null));
            literal.Clear();
            pieces.Add(new Piece(kind, "", key));
        }
    }

    /// <summary>Whether every variable has a value.</summary>
    public bool IsResolved(EvaluationContext context)
    {
        if (!HasVariables) return true;
        foreach (var piece in _pieces)
        {
            if (piece.Key is not null && context.Substitute(piece.Key) is null) return false;
        }

        return true;
    }

    /// <summary>Names of the variables that have no value.</summary>
    public IEnumerable<string> Unresolved(EvaluationContext context) =>
        _pieces.Where(piece => piece.Key is not null && context.Substitute(piece.Key) is null).Select(static piece => piece.Key!.Name);

    /// <summary>The text with its variables replaced; null when one of them has no value. Wildcards stay as they are written.</summary>
    public string? Expand(EvaluationContext context)
    {
        var text = new StringBuilder();
        foreach (var piece in _pieces)
        {
            var part = piece.Kind switch
            {
                PieceKind.Any => "*",
                PieceKind.One => "?",
                PieceKind.Variable => context.Substitute(piece.Key!),
                _ => piece.Literal,
            };
            if (part is null) return null;
            text.Append(part);
        }

        return text.ToString();
    }

    /// <summary>Whether the whole of a text matches. A pattern with a variable that has no value matches nothing.</summary>
    public bool Matches(ReadOnlySpan<char> text, EvaluationContext context)
    {
        if (!IsResolved(context)) return false;
        // A star takes as little as it can; when the rest does not match it takes one character more. Only the last star needs that:
        // what matched before it would match in no better way.
        int piece = 0, position = 0, star = -1, starPosition = 0;
        while (true)
        {
            if (piece == _pieces.Length)
            {
                if (position == text.Length) return true;
            }
            else if (_pieces[piece].Kind == PieceKind.Any)
            {
                if (piece == _pieces.Length - 1) return true;
                star = piece++;
                starPosition = position;
                continue;
            }
            else if (Take(_pieces[piece], text[position..], context) is >= 0 and var length)
            {
                position += length;
                piece++;
                continue;
            }

            if (star < 0 || starPosition == text.Length) return false;
            starPosition += CharacterLength(text[starPosition..]);
            position = starPosition;
            piece = star + 1;
        }
    }

    private static int CharacterLength(ReadOnlySpan<char> text) =>
        text.Length > 1 && char.IsHighSurrogate(text[0]) && char.IsLowSurrogate(text[1]) ? 2 : 1;

    /// <summary>How many characters a piece other than a star takes; -1 when it does not match.</summary>
    private int Take(in Piece piece, ReadOnlySpan<char> rest, EvaluationContext context)
    {
        if (piece.Kind == PieceKind.One) return rest.IsEmpty ? -1 : CharacterLength(rest);
        var literal = piece.Key is null ? piece.Literal : context.Substitute(piece.Key) ?? "";
        return rest.StartsWith(literal, _comparison) ? literal.Length : -1;
    }

    private readonly record struct Piece(PieceKind Kind, string Literal, ContextKey? Key);
}
