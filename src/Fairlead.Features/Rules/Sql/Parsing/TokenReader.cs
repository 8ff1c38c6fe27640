using System.Collections.Frozen;

namespace Fairlead.Features.Rules.Sql.Parsing;

/// <summary>Takes a text apart into tokens (spec/aws-rules, section 2.2) and says what was wrong where.</summary>
internal sealed class TokenReader
{
    private const int LongestQuote = 40;

    /// <summary>Words that people try and that the language does not have, with what to write instead.</summary>
    private static readonly FrozenDictionary<string, string> Foreign = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["LIKE"] = "LIKE is not part of the language; use regexp_matches(), startswith() or endswith()",
        ["BETWEEN"] = "BETWEEN is not part of the language; use >= and <=",
        ["IS"] = "IS is not part of the language; use isNull() or isUndefined()",
        ["JOIN"] = "JOIN is not part of the language",
        ["GROUP"] = "GROUP BY is not part of the language",
        ["ORDER"] = "ORDER BY is not part of the language",
        ["LIMIT"] = "LIMIT is not part of the language",
        ["HAVING"] = "HAVING is not part of the language",
        ["UNION"] = "UNION is not part of the language",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly string _text;

    /// <summary>Begins at a position of a text.</summary>
    public TokenReader(string text, int start = 0)
    {
        _text = text;
        Current = Scan(start);
    }

    /// <summary>The token that is next.</summary>
    public Token Current { get; private set; }

    /// <summary>Where the last token that was taken ends.</summary>
    public int LastEnd { get; private set; }

    /// <summary>The whole text.</summary>
    public string Text => _text;

    /// <summary>Whether the next token is a keyword.</summary>
    public bool IsWord(string keyword) => IsWord(Current, keyword);

    /// <summary>Whether the next token is a symbol.</summary>
    public bool IsSymbol(string symbol) => Current.Kind == TokenKind.Symbol && string.Equals(Current.Value, symbol, StringComparison.Ordinal);

    /// <summary>Whether a token is a keyword.</summary>
    public static bool IsWord(Token token, string keyword) =>
        token.Kind == TokenKind.Word && string.Equals(token.Value, keyword, StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes the next token.</summary>
    public Token Take()
    {
        var token = Current;
        LastEnd = token.End;
        Current = Scan(token.End);
        return token;
    }

    /// <summary>Takes a keyword if it is next.</summary>
    public bool TryTakeWord(string keyword)
    {
        if (!IsWord(keyword)) return false;
        Take();
        return true;
    }

    /// <summary>Takes a symbol if it is next.</summary>
    public bool TryTakeSymbol(string symbol)
    {
        if (!IsSymbol(symbol)) return false;
        Take();
        return true;
    }

    /// <summary>Takes a symbol that must be next.</summary>
    public void TakeSymbol(string symbol)
    {
        if (!TryTakeSymbol(symbol)) throw Expected($"'{symbol}'");
    }

    /// <summary>The token behind the next one.</summary>
    public Token Peek() => Scan(Current.End);

    /// <summary>The token behind another one.</summary>
    public Token PeekBehind(Token token) => Scan(token.End);

    /// <summary>Takes everything up to white space, for filters without quotes [U7].</summary>
    public Token TakeBare()
    {
        int start = Current.Start;
        int end = start;
        while (end < _text.Length && !char.IsWhiteSpace(_text[end])) end++;
        LastEnd = end;
        Current = Scan(end);
        return new Token(TokenKind.Text, start, end, _text[start..end]);
    }

    /// <summary>An error at the next token.</summary>
    /// <param name="what">What would have been right.</param>
    public SqlSyntaxException Expected(string what)
    {
        if (Current.Kind == TokenKind.Bad) return new SqlSyntaxException(Current.Start, Current.Value);
        if (Current.Kind == TokenKind.Word && Foreign.TryGetValue(Current.Value, out string? instead)) return new SqlSyntaxException(Current.Start, instead);
        return new SqlSyntaxException(Current.Start, $"found {Found(Current)}, expected {what}");
    }

    private string Found(Token token)
    {
        if (token.Kind == TokenKind.End) return "the end of the text";
        string source = _text[token.Start..token.End];
        return source[0] is '\'' or '"' ? Cut(source) : $"'{Cut(source)}'";
    }

    private static string Cut(string source) => source.Length <= LongestQuote ? source : source[..LongestQuote] + "...";

    private Token Scan(int at)
    {
        while (at < _text.Length && char.IsWhiteSpace(_text[at])) at++;
        if (at >= _text.Length) return new Token(TokenKind.End, _text.Length, _text.Length, "");
        char first = _text[at];
        if (first is '\'' or '"') return ScanText(at, first);
        if (char.IsAsciiDigit(first)) return ScanNumber(at);
        if (IsNameStart(first)) return new Token(TokenKind.Word, at, NameEnd(at), _text[at..NameEnd(at)]);
        if (first == '@') return ScanVariable(at);
        string two = at + 1 < _text.Length ? _text.Substring(at, 2) : "";
        if (two is "<>" or "!=" or "<=" or ">=") return new Token(TokenKind.Symbol, at, at + 2, two);
        return first switch
        {
            '-' when two == "--" => new Token(TokenKind.Bad, at, at + 2, "found '--', but the language has no comments"),
            '/' when two is "/*" or "//" => new Token(TokenKind.Bad, at, at + 2, $"found '{two}', but the language has no comments"),
            '=' when two == "==" => new Token(TokenKind.Bad, at, at + 2, "found '==', expected '='"),
            '|' when two == "||" => new Token(TokenKind.Bad, at, at + 2, "found '||', expected OR, or '+' to join text"),
            '&' when two == "&&" => new Token(TokenKind.Bad, at, at + 2, "found '&&', expected AND"),
            '(' or ')' or '[' or ']' or '{' or '}' or ',' or ':' or '.' or '=' or '<' or '>' or '+' or '-' or '*' or '/' or '%' =>
                new Token(TokenKind.Symbol, at, at + 1, first.ToString()),
            ';' => new Token(TokenKind.Bad, at, at + 1, "found ';', but a statement ends without one"),
            _ => new Token(TokenKind.Bad, at, at + 1, $"found '{(char.IsControl(first) || char.IsSurrogate(first) ? $"\\u{(int)first:x4}" : first)}', which begins nothing"),
        };
    }

    /// <summary>A doubled quote stands for one; a backslash is a character like others [U11].</summary>
    private Token ScanText(int start, char quote)
    {
        int at = start + 1;
        bool isDoubled = false;
        while (at < _text.Length)
        {
            if (_text[at] != quote)
            {
                at++;
                continue;
            }

            if (at + 1 == _text.Length || _text[at + 1] != quote)
            {
                string inner = _text[(start + 1)..at];
                return new Token(TokenKind.Text, start, at + 1, isDoubled ? inner.Replace($"{quote}{quote}", $"{quote}", StringComparison.Ordinal) : inner);
            }

            isDoubled = true;
            at += 2;
        }

        return new Token(TokenKind.Bad, start, _text.Length, $"found a text that is not closed, expected {quote}");
    }

    private Token ScanNumber(int start)
    {
        int at = Digits(start);
        if (at + 1 < _text.Length && _text[at] == '.' && char.IsAsciiDigit(_text[at + 1])) at = Digits(at + 1);
        if (at < _text.Length && _text[at] is 'e' or 'E')
        {
            int digits = at + 1 < _text.Length && _text[at + 1] is '+' or '-' ? at + 2 : at + 1;
            if (digits < _text.Length && char.IsAsciiDigit(_text[digits])) at = Digits(digits);
        }

        if (at < _text.Length && (IsNameStart(_text[at]) || _text[at] == '.'))
            return new Token(TokenKind.Bad, start, at + 1, $"found '{_text[start..(at + 1)]}', expected a number such as 1, 1.5 or 1e3");
        return new Token(TokenKind.Number, start, at, _text[start..at]);
    }

    private Token ScanVariable(int start)
    {
        int end = NameEnd(start + 1);
        if (end == start + 1) return new Token(TokenKind.Bad, start, start + 1, "found '@', expected the name of a variable behind it");
        if (end - start - 1 > SqlLimits.LongestVariable)
            return new Token(TokenKind.Bad, start, end, $"the name of a variable has at most {SqlLimits.LongestVariable} characters");
        return new Token(TokenKind.Variable, start, end, _text[(start + 1)..end]);
    }

    private int Digits(int at)
    {
        while (at < _text.Length && char.IsAsciiDigit(_text[at])) at++;
        return at;
    }

    private int NameEnd(int at)
    {
        while (at < _text.Length && (char.IsAsciiLetterOrDigit(_text[at]) || _text[at] == '_')) at++;
        return at;
    }

    private static bool IsNameStart(char letter) => char.IsAsciiLetter(letter) || letter == '_';
}
