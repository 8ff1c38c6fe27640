namespace Fairlead.Features.Rules.Sql.Parsing;

/// <summary>Kinds of tokens.</summary>
internal enum TokenKind
{
    /// <summary>End of the text.</summary>
    End,

    /// <summary>Keyword or name.</summary>
    Word,

    /// <summary><c>@name</c>.</summary>
    Variable,

    /// <summary>Number.</summary>
    Number,

    /// <summary>Text in quotes.</summary>
    Text,

    /// <summary>Operator or punctuation.</summary>
    Symbol,

    /// <summary>What is no token.</summary>
    Bad,
}
