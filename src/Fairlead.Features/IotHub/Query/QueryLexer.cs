using System.Globalization;
using System.Text;

namespace Fairlead.Features.IotHub.Query;

/// <summary>What a word of a query is.</summary>
internal enum QueryTokenKind
{
    /// <summary>Nothing more.</summary>
    End,

    /// <summary>Keyword, function, or part of a path.</summary>
    Name,

    /// <summary>A name in double brackets, which may hold any letters.</summary>
    QuotedName,

    /// <summary>A text in quotes.</summary>
    String,

    /// <summary>A number.</summary>
    Number,

    /// <summary>Everything else: operators, brackets, commas.</summary>
    Symbol,
}

/// <summary>A word of a query.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text, without quotes.</param>
internal readonly record struct QueryToken(QueryTokenKind Kind, string Text);

/// <summary>Cuts a query into words.</summary>
internal static class QueryLexer
{
    private static readonly string[] Symbols = ["<>", "!=", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ",", ".", "*"];

    /// <summary>All words, an <see cref="QueryTokenKind.End"/> behind them.</summary>
    /// <exception cref="QueryException">A letter belongs to no word.</exception>
    public static List<QueryToken> Read(string text)
    {
        var tokens = new List<QueryToken>();
        int at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            if (at == text.Length) break;
            tokens.Add(Next(text, ref at));
        }

        tokens.Add(new QueryToken(QueryTokenKind.End, "the end"));
        return tokens;
    }

    private static QueryToken Next(string text, ref int at)
    {
        int start = at;
        char first = text[at];
        if (first is '\'' or '"') return new QueryToken(QueryTokenKind.String, String(text, ref at));
        if (string.CompareOrdinal(text, at, "[[", 0, 2) == 0)
        {
            int end = text.IndexOf("]]", at, StringComparison.Ordinal);
            if (end < 0) throw new QueryException("[[ is not closed by ]]");
            at = end + 2;
            return new QueryToken(QueryTokenKind.QuotedName, text[(start + 2)..end]);
        }

        if (char.IsAsciiDigit(first) || (first == '-' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
        {
            at++;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '.' || (text[at] is '+' or '-' && text[at - 1] is 'e' or 'E'))) at++;
            string number = text[start..at];
            return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                ? new QueryToken(QueryTokenKind.Number, number)
                : throw new QueryException($"'{number}' is no number");
        }

        if (IsLetter(first))
        {
            while (at < text.Length && (IsLetter(text[at]) || char.IsAsciiDigit(text[at]) || text[at] == '-')) at++;
            return new QueryToken(QueryTokenKind.Name, text[start..at]);
        }

        foreach (string symbol in Symbols)
        {
            if (string.CompareOrdinal(text, at, symbol, 0, symbol.Length) != 0) continue;
            at += symbol.Length;
            return new QueryToken(QueryTokenKind.Symbol, symbol);
        }

        throw new QueryException($"'{first}' has no place in a query here");
    }

    private static bool IsLetter(char c) => char.IsLetter(c) || c is '_' or '$';

    private static string String(string text, ref int at)
    {
        char quote = text[at++];
        var result = new StringBuilder();
        for (; at < text.Length; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length) result.Append(text[++at]);
            else if (text[at] != quote) result.Append(text[at]);
            else if (at + 1 < text.Length && text[at + 1] == quote) result.Append(text[at++]);
            else
            {
                at++;
                return result.ToString();
            }
        }

        throw new QueryException("a text is not closed by its quote");
    }
}
