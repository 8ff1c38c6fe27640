namespace Fairlead.Features.Fleet.Queries;

/// <summary>What a query asks of a value. Texts are compared without regard to case.</summary>
internal abstract record ValueTest
{
    /// <summary>Whether a value passes.</summary>
    public abstract bool Passes(in FieldValue value);
}

/// <summary><c>field:*</c>: there is any value.</summary>
internal sealed record AnyValue : ValueTest
{
    /// <inheritdoc/>
    public override bool Passes(in FieldValue value) => true;
}

/// <summary><c>field:text</c> and <c>field:"text"</c>.</summary>
/// <param name="Text">The text.</param>
internal sealed record EqualTo(string Text) : ValueTest
{
    private readonly double? _number = FieldValue.TryParse(Text, out var number) ? number : null;

    /// <inheritdoc/>
    public override bool Passes(in FieldValue value) =>
        value.Text.Equals(Text, StringComparison.OrdinalIgnoreCase)
        || (value.IsNumber && _number is { } wanted && FieldValue.TryParse(value.Text, out var number) && number.Equals(wanted));
}

/// <summary><c>field:te*t?</c>.</summary>
/// <param name="Pieces">Literal texts with the wildcards between them: <c>*</c> and <c>?</c> stand alone, everything else is literal.</param>
internal sealed record Wildcard(IReadOnlyList<PatternPiece> Pieces) : ValueTest
{
    /// <summary>The literal beginning.</summary>
    public string Prefix => string.Concat(Pieces.TakeWhile(static piece => piece.Kind == PieceKind.Letter).Select(static piece => piece.Letter));

    /// <inheritdoc/>
    public override bool Passes(in FieldValue value)
    {
        var text = value.Text;
        int at = 0, piece = 0, star = -1, resume = 0;
        while (at < text.Length)
        {
            if (piece < Pieces.Count && Pieces[piece].Kind == PieceKind.Any)
            {
                star = piece++;
                resume = at;
            }
            else if (piece < Pieces.Count && Pieces[piece].Takes(text[at]))
            {
                piece++;
                at++;
            }
            else if (star >= 0)
            {
                piece = star + 1;
                at = ++resume;
            }
            else
            {
                return false;
            }
        }

        while (piece < Pieces.Count && Pieces[piece].Kind == PieceKind.Any) piece++;
        return piece == Pieces.Count;
    }
}

/// <summary>What a piece of a pattern stands for.</summary>
internal enum PieceKind : byte
{
    /// <summary>Itself.</summary>
    Letter,

    /// <summary>Any one character.</summary>
    One,

    /// <summary>Any characters, or none.</summary>
    Any,
}

/// <summary>A character of a pattern.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Letter">The character.</param>
internal readonly record struct PatternPiece(PieceKind Kind, char Letter)
{
    /// <summary>Whether it takes a character of the text.</summary>
    public bool Takes(char letter) => Kind == PieceKind.One || (Kind == PieceKind.Letter && char.ToUpperInvariant(letter) == char.ToUpperInvariant(Letter));
}

/// <summary><c>field:[low TO high]</c> and comparisons. Numbers are compared as numbers where both sides are, everything else as text.</summary>
/// <param name="Low">Lower end; null is open.</param>
/// <param name="HasLow">Whether the lower end belongs to it.</param>
/// <param name="High">Upper end; null is open.</param>
/// <param name="HasHigh">Whether the upper end belongs to it.</param>
internal sealed record Between(string? Low, bool HasLow, string? High, bool HasHigh) : ValueTest
{
    /// <inheritdoc/>
    public override bool Passes(in FieldValue value) =>
        (Low is null || Compare(value.Text, Low) is var low && (low > 0 || (low == 0 && HasLow)))
        && (High is null || Compare(value.Text, High) is var high && (high < 0 || (high == 0 && HasHigh)));

    private static int? Compare(string value, string end)
    {
        if (!FieldValue.TryParse(end, out var limit)) return string.Compare(value, end, StringComparison.OrdinalIgnoreCase);
        // A text is neither above nor below a number.
        return FieldValue.TryParse(value, out var number) ? number.CompareTo(limit) : null;
    }
}
