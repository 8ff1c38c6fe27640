using System.Globalization;
using System.Text.Json;

namespace Fairlead.Features.IotHub.Query;

/// <summary>
/// Parses the part of the query language that this hub offers: <c>SELECT [TOP n] * | paths | COUNT() [AS name] FROM devices | devices.modules
/// [WHERE condition]</c>. Whatever else the language has is refused by its name.
/// </summary>
internal sealed class QueryParser
{
    private const int Longest = 8 * 1024;
    private const int Deepest = 32;
    private static readonly HashSet<string> Roots = new(StringComparer.Ordinal)
    {
        "deviceId", "moduleId", "etag", "deviceEtag", "version", "status", "statusReason", "statusUpdateTime", "connectionState", "lastActivityTime", "cloudToDeviceMessageCount",
        "authenticationType", "x509Thumbprint", "modelId", "capabilities", "tags", "properties",
    };

    private readonly List<QueryToken> _tokens;
    private int _at;
    private int _depth;

    private QueryParser(List<QueryToken> tokens) => _tokens = tokens;

    private QueryToken Current => _tokens[_at];

    /// <summary>Parses a query.</summary>
    /// <exception cref="QueryException">It is none, or asks for something that is not offered.</exception>
    public static TwinQuery Parse(string text)
    {
        if (text.Length > Longest) throw new QueryException($"a query has at most {Longest} characters");
        return new QueryParser(QueryLexer.Read(text)).Query();
    }

    private TwinQuery Query()
    {
        Expect("SELECT");
        var query = new TwinQuery();
        if (Take("TOP"))
        {
            if (Current.Kind != QueryTokenKind.Number || !int.TryParse(Current.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int top)) throw Unexpected("a number behind TOP");
            _at++;
            query = query with { Top = top };
        }

        query = Select(query);
        Expect("FROM");
        query = From(query);
        if (Take("WHERE")) query = query with { Where = Or() };
        if (Is("GROUP") || Is("ORDER") || Is("HAVING") || Is("JOIN")) throw new QueryException($"{Current.Text.ToUpperInvariant()} is not offered by this hub");
        return Current.Kind == QueryTokenKind.End ? query : throw Unexpected("the end of the query");
    }

    private TwinQuery Select(TwinQuery query)
    {
        if (Take("*")) return query;
        var fields = new List<(string, IReadOnlyList<string>)>();
        string? count = null;
        do
        {
            if (Current.Kind == QueryTokenKind.Name && _tokens[_at + 1].Text == "(")
            {
                if (!Is("COUNT")) throw new QueryException($"{Current.Text.ToUpperInvariant()}() is not offered by this hub; COUNT() is");
                _at++;
                Expect("(");
                Expect(")");
                count = Alias() ?? "$1";
                continue;
            }

            var path = Path();
            fields.Add((Alias() ?? path[^1], path));
        }
        while (Take(","));
        if (count is not null && fields.Count > 0) throw new QueryException("COUNT() beside other columns takes GROUP BY, which is not offered by this hub");
        return count is not null ? query with { CountName = count } : query with { Fields = fields };
    }

    private string? Alias()
    {
        if (!Take("AS")) return null;
        if (Current.Kind is not (QueryTokenKind.Name or QueryTokenKind.QuotedName)) throw Unexpected("a name behind AS");
        return _tokens[_at++].Text;
    }

    private TwinQuery From(TwinQuery query)
    {
        if (!Take("devices")) throw new QueryException($"queries are FROM devices or FROM devices.modules here, not {Current.Text}");
        if (!Take(".")) return query;
        if (!Take("modules")) throw new QueryException($"devices.{Current.Text} is not offered by this hub: there are devices and devices.modules");
        return query with { OfModules = true };
    }

    private QueryCondition Or()
    {
        var left = And();
        while (Take("OR")) left = QueryNodes.Or(left, And());
        return left;
    }

    private QueryCondition And()
    {
        var left = Not();
        while (Take("AND")) left = QueryNodes.And(left, Not());
        return left;
    }

    private QueryCondition Not()
    {
        if (++_depth > Deepest) throw new QueryException($"a condition has at most {Deepest} levels");
        var result = Take("NOT") ? QueryNodes.Not(Not()) : Test();
        _depth--;
        return result;
    }

    private QueryCondition Test()
    {
        if (Take("("))
        {
            var inner = Or();
            Expect(")");
            return inner;
        }

        if (Current.Kind == QueryTokenKind.Name && _tokens[_at + 1].Text == "(" && _tokens[_at + 1].Kind == QueryTokenKind.Symbol) return Call();
        var left = Operand();
        bool isNot = Is("NIN") || (Is("NOT") && _tokens[_at + 1].Text.Equals("IN", StringComparison.OrdinalIgnoreCase));
        if (Take("NIN") || (isNot && Take("NOT") && Take("IN"))) return QueryNodes.Not(In(left));
        if (Take("IN")) return In(left);
        if (Current.Kind != QueryTokenKind.Symbol || Current.Text is not ("=" or "!=" or "<>" or "<" or "<=" or ">" or ">=")) throw Unexpected("a comparison");
        string symbol = _tokens[_at++].Text;
        return QueryNodes.Compare(left, symbol, Operand());
    }

    private QueryCondition In(QueryOperand value)
    {
        string close = Take("(") ? ")" : "]";
        if (close == "]") Expect("[");
        var among = new List<QueryOperand>();
        do among.Add(Operand());
        while (Take(","));
        Expect(close);
        return QueryNodes.In(value, among);
    }

    private QueryCondition Call()
    {
        string name = _tokens[_at++].Text;
        Expect("(");
        var arguments = new List<QueryOperand>();
        if (!Take(")"))
        {
            do arguments.Add(Operand());
            while (Take(","));
            Expect(")");
        }

        return QueryNodes.Call(name, arguments) ?? throw new QueryException($"{name}() with {arguments.Count} arguments is not offered by this hub");
    }

    private QueryOperand Operand()
    {
        var token = Current;
        switch (token.Kind)
        {
            case QueryTokenKind.String:
                _at++;
                return QueryNodes.Literal($"\"{JsonEncodedText.Encode(token.Text)}\"");
            case QueryTokenKind.Number:
                _at++;
                return QueryNodes.Literal(double.Parse(token.Text, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture));
            case QueryTokenKind.Name when Is("true") || Is("false") || Is("null"):
                _at++;
                return QueryNodes.Literal(token.Text.ToLowerInvariant());
            case QueryTokenKind.Name:
                return QueryNodes.Path(Path());
            default:
                throw Unexpected("a value");
        }
    }

    private List<string> Path()
    {
        var path = new List<string>();
        do
        {
            if (Current.Kind is not (QueryTokenKind.Name or QueryTokenKind.QuotedName)) throw Unexpected("a name");
            path.Add(_tokens[_at++].Text);
        }
        while (Take("."));
        if (!Roots.Contains(path[0])) throw new QueryException($"twins have no {path[0]}: there are {string.Join(", ", Roots)}");
        return path;
    }

    private bool Is(string word) => Current.Kind is QueryTokenKind.Name or QueryTokenKind.Symbol && Current.Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private bool Take(string word)
    {
        if (!Is(word)) return false;
        _at++;
        return true;
    }

    private void Expect(string word)
    {
        if (!Take(word)) throw Unexpected(word);
    }

    private QueryException Unexpected(string wanted) => new($"{wanted} should stand where there is '{Current.Text}'");
}
