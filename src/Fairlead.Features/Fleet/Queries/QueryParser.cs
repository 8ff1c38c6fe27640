using System.Text;
using Fairlead.Features.Api;

namespace Fairlead.Features.Fleet.Queries;

/// <summary>
/// Reads the query language of the fleet index (spec/aws-registry-and-policies, section 12): terms, wildcards, ranges and comparisons,
/// joined by AND (which may be left out), OR, NOT, <c>-</c> and parentheses.
/// </summary>
internal sealed class QueryParser
{
    private const int Longest = 10_000;
    private const int Deepest = 50;
    private const int MostTerms = 100;
    private const string Ends = " \t\r\n()[]{}\"";

    private readonly string _text;
    private readonly FleetFields _fields;
    private int _at;
    private int _depth;
    private int _terms;
    private string? _field;

    private QueryParser(string text, FleetFields fields) => (_text, _fields) = (text, fields);

    /// <summary>Reads a query.</summary>
    /// <param name="text">The query.</param>
    /// <param name="fields">Fields of the index.</param>
    /// <exception cref="ApiException">400 InvalidQueryException with the position and what was expected there.</exception>
    public static Query Parse(string text, FleetFields fields)
    {
        if (text.Length > Longest) throw Problem($"a query has at most {Longest} characters");
        var parser = new QueryParser(text, fields);
        parser.SkipBlanks();
        if (parser.IsAtEnd) throw parser.Expected("a term, or * for everything");
        var query = parser.ReadAny();
        return parser.IsAtEnd ? query : throw parser.Expected("AND, OR or the end of the query");
    }

    private bool IsAtEnd => _at >= _text.Length;

    private static ApiException Problem(string message) => new(400, "InvalidQueryException", message);

    private Query ReadAny()
    {
        if (++_depth > Deepest) throw Problem($"position {_at}: a query has at most {Deepest} levels");
        var parts = new List<Query> { ReadAll() };
        while (TakeWord("OR")) parts.Add(ReadAll());
        _depth--;
        return parts.Count == 1 ? parts[0] : new AnyOf(parts);
    }

    private Query ReadAll()
    {
        var parts = new List<Query> { ReadOne() };
        while (TakeWord("AND") || !(IsAtEnd || _text[_at] == ')' || IsWord("OR"))) parts.Add(ReadOne());
        return parts.Count == 1 ? parts[0] : new AllOf(parts);
    }

    private Query ReadOne()
    {
        if (IsAtEnd || IsWord("AND") || IsWord("OR")) throw Expected("a term");
        if (_text[_at] != '-' && !IsWord("NOT")) return ReadTerm();
        if (++_depth > Deepest) throw Problem($"position {_at}: a query has at most {Deepest} levels");
        if (!TakeWord("NOT")) _at++;
        SkipBlanks();
        var negated = new Not(ReadOne());
        _depth--;
        return negated;
    }

    private Query ReadTerm()
    {
        if (_text[_at] == '(')
        {
            _at++;
            SkipBlanks();
            var inner = ReadAny();
            if (IsAtEnd || _text[_at] != ')') throw Expected("AND, OR or )");
            _at++;
            SkipBlanks();
            return inner;
        }

        if (++_terms > MostTerms) throw Problem($"position {_at}: a query has at most {MostTerms} terms");
        if (_field is not null || _text[_at] is '"' or '[' or '{') return new Term(_field, ReadTest());
        var start = _at;
        var word = ReadText(Ends + ":<>=");
        SkipBlanks();
        if (!IsAtEnd && _text[_at] is ':' or '<' or '>' && word.Count > 0) return ReadField(start, word);
        _at = start;
        var test = ReadTest();
        return test is AnyValue ? new Everything() : new Term(null, test);
    }

    private Query ReadField(int start, List<PatternPiece> word)
    {
        var name = Literal(word);
        if (_fields.Problem(name) is { } expected) throw Problem($"position {start}: expected {expected}, found '{name}'");
        if (_text[_at] == ':') _at++;
        SkipBlanks();
        if (IsAtEnd) throw Expected("a value");
        if (_text[_at] != '(') return new Term(name, ReadTest());
        _field = name;
        var inner = ReadTerm();
        _field = null;
        return inner;
    }

    private ValueTest ReadTest()
    {
        var test = _text[_at] switch
        {
            '"' => new EqualTo(ReadQuoted()),
            '[' or '{' => ReadRange(),
            '<' or '>' => ReadComparison(),
            _ => ReadPattern(),
        };
        SkipBlanks();
        return test;
    }

    private ValueTest ReadPattern()
    {
        var start = _at;
        var pieces = ReadText(Ends);
        if (pieces.Count == 0) throw Expected("a value");
        if (pieces is [{ Kind: PieceKind.Any }]) return new AnyValue();
        if (pieces[0].Kind != PieceKind.Letter) throw Problem($"position {start}: expected a value that does not begin with a wildcard, found '{_text[start.._at]}'");
        return pieces.TrueForAll(static piece => piece.Kind == PieceKind.Letter) ? new EqualTo(Literal(pieces)) : new Wildcard(pieces);
    }

    private Between ReadRange()
    {
        var hasLow = _text[_at++] == '[';
        SkipBlanks();
        var low = ReadEnd();
        if (!TakeWord("TO")) throw Expected("TO");
        var high = ReadEnd();
        if (IsAtEnd || _text[_at] is not (']' or '}')) throw Expected("] or }");
        return new Between(low, hasLow, high, _text[_at++] == ']');
    }

    private Between ReadComparison()
    {
        var isAbove = _text[_at++] == '>';
        var isIncluded = !IsAtEnd && _text[_at] == '=';
        if (isIncluded) _at++;
        SkipBlanks();
        var end = ReadEnd() ?? throw Expected("a value to compare with");
        return isAbove ? new Between(end, isIncluded, null, false) : new Between(null, false, end, isIncluded);
    }

    private string? ReadEnd()
    {
        if (IsAtEnd) throw Expected("a value");
        var start = _at;
        string? end;
        if (_text[_at] == '"')
        {
            end = ReadQuoted();
        }
        else
        {
            var pieces = ReadText(Ends);
            if (pieces.Count == 0) throw Expected("a value");
            if (pieces is [{ Kind: PieceKind.Any }]) end = null;
            else if (pieces.Exists(static piece => piece.Kind != PieceKind.Letter)) throw Problem($"position {start}: expected a value without wildcards, found '{_text[start.._at]}'");
            else end = Literal(pieces);
        }

        SkipBlanks();
        return end;
    }

    private string ReadQuoted()
    {
        var start = _at++;
        var quoted = new StringBuilder();
        while (!IsAtEnd && _text[_at] != '"')
        {
            if (_text[_at] == '\\' && _at + 1 < _text.Length) _at++;
            quoted.Append(_text[_at++]);
        }

        if (IsAtEnd) throw Problem($"position {start}: expected a second \" behind the one here, found the end of the query");
        _at++;
        return quoted.ToString();
    }

    private List<PatternPiece> ReadText(string ends)
    {
        var pieces = new List<PatternPiece>();
        while (!IsAtEnd && !ends.Contains(_text[_at], StringComparison.Ordinal))
        {
            var letter = _text[_at++];
            var kind = letter switch { '*' => PieceKind.Any, '?' => PieceKind.One, _ => PieceKind.Letter };
            if (letter == '\\' && !IsAtEnd) letter = _text[_at++];
            pieces.Add(new PatternPiece(kind, letter));
        }

        return pieces;
    }

    private static string Literal(List<PatternPiece> pieces) => string.Concat(pieces.Select(static piece => piece.Letter));

    private bool IsWord(string word)
    {
        var end = _at + word.Length;
        return string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0 && (end == _text.Length || Ends.Contains(_text[end], StringComparison.Ordinal));
    }

    private bool TakeWord(string word)
    {
        if (IsAtEnd || !IsWord(word)) return false;
        _at += word.Length;
        SkipBlanks();
        return true;
    }

    private void SkipBlanks()
    {
        while (!IsAtEnd && char.IsWhiteSpace(_text[_at])) _at++;
    }

    private ApiException Expected(string what) =>
        Problem($"position {_at}: expected {what}, found {(IsAtEnd ? "the end of the query" : $"'{_text[_at]}'")}");
}
