using System.Collections.Frozen;
using System.Text;
using Fairlead.Features.Rules.Sql.Nodes;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Parsing;

/// <summary>Reads expressions (spec/aws-rules, section 2.3).</summary>
internal sealed class ExpressionParser
{
    /// <summary>Words that are no names where an expression begins. Behind a dot every word is a name.</summary>
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "SELECT", "FROM", "WHERE", "AS", "AND", "OR", "NOT", "IN", "CASE", "WHEN", "THEN", "ELSE", "END", "TRUE", "FALSE", "NULL",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly TokenReader _reader;
    private readonly ParseContext _context;
    private readonly CallParser _calls;
    private int _nesting;

    public ExpressionParser(TokenReader reader, ParseContext context)
    {
        (_reader, _context) = (reader, context);
        _calls = new CallParser(reader, context, this);
        Select = new SelectParser(reader, context, this);
    }

    /// <summary>Reads SELECT clauses and nested queries.</summary>
    public SelectParser Select { get; }

    /// <summary>Whether a word cannot begin an expression as a name.</summary>
    public static bool IsReserved(string word) => Reserved.Contains(word);

    /// <summary>Reads an expression.</summary>
    public SqlNode Read()
    {
        Enter();
        var node = ReadLogic(isAnd: false);
        _nesting--;
        return node;
    }

    /// <summary>Reads an argument or a value in a literal: an expression, or <c>*</c>.</summary>
    public SqlNode ReadArgument()
    {
        if (!_reader.IsSymbol("*")) return Read();
        int start = _reader.Take().Start;
        return At(_context.Everything(), start);
    }

    /// <summary>Reads an operand with its members: the source of a nested query.</summary>
    public SqlNode ReadPostfix()
    {
        int start = _reader.Current.Start;
        var node = ReadPrimary();
        while (true)
        {
            if (_reader.TryTakeSymbol("."))
            {
                if (_reader.Current.Kind != TokenKind.Word) throw _reader.Expected("a name behind the dot; other names are read with get(object, 'name')");
                var name = new SqlName(_reader.Take().Value);
                node = At<SqlNode>(node is AttributeNode attribute && attribute.Start == start ? attribute.Child(name) : new MemberNode(Bound(node), name), start);
            }
            else if (_reader.TryTakeSymbol("["))
            {
                var index = Read();
                _reader.TakeSymbol("]");
                node = At(new IndexNode(Bound(node), index), start);
            }
            else
            {
                return Bound(node);
            }
        }
    }

    /// <summary>Gives a node its place in the source; refuses trees that are too deep.</summary>
    public T At<T>(T node, int start)
        where T : SqlNode
    {
        node.Start = start;
        node.End = _reader.LastEnd;
        if (node.Depth > SqlLimits.DeepestTree) throw new SqlSyntaxException(start, $"an expression has at most {SqlLimits.DeepestTree} levels of operators");
        return node;
    }

    /// <summary>Refuses what the version does not have [U29].</summary>
    public void Require(SqlVersion since, int position, string what)
    {
        if (_context.Version >= since) return;
        throw new SqlSyntaxException(position, $"found {what}, which needs SQL version {SqlVersions.Text(since)}; this is {SqlVersions.Text(_context.Version)}");
    }

    /// <summary>Counts how deep expressions are nested.</summary>
    public void Enter()
    {
        if (++_nesting <= SqlLimits.DeepestNesting) return;
        throw new SqlSyntaxException(_reader.Current.Start, $"expressions are nested more than {SqlLimits.DeepestNesting} levels deep");
    }

    /// <summary>The opposite of <see cref="Enter"/>.</summary>
    public void Exit() => _nesting--;

    private SqlNode ReadLogic(bool isAnd)
    {
        int start = _reader.Current.Start;
        string keyword = isAnd ? "AND" : "OR";
        var first = isAnd ? ReadNot() : ReadLogic(isAnd: true);
        if (!_reader.IsWord(keyword)) return first;
        var operands = new List<SqlNode> { first };
        while (_reader.TryTakeWord(keyword)) operands.Add(isAnd ? ReadNot() : ReadLogic(isAnd: true));
        return At(new LogicNode(isAnd, [.. operands]), start);
    }

    private SqlNode ReadNot()
    {
        int start = _reader.Current.Start;
        if (!_reader.TryTakeWord("NOT")) return ReadComparison();
        Enter();
        var operand = ReadNot();
        Exit();
        return At(new NotNode(operand), start);
    }

    private SqlNode ReadComparison()
    {
        int start = _reader.Current.Start;
        var left = ReadSum();
        while (Comparison() is { } comparison)
        {
            _reader.Take();
            left = At(new CompareNode(comparison, left, ReadSum()), start);
        }

        return left;
    }

    private SqlOperator? Comparison()
    {
        if (_reader.IsWord("IN")) return SqlOperator.In;
        if (_reader.Current.Kind != TokenKind.Symbol) return null;
        return _reader.Current.Value switch
        {
            "=" => SqlOperator.Equal,
            "<>" or "!=" => SqlOperator.NotEqual,
            "<" => SqlOperator.Less,
            "<=" => SqlOperator.LessOrEqual,
            ">" => SqlOperator.Greater,
            ">=" => SqlOperator.GreaterOrEqual,
            _ => null,
        };
    }

    private SqlNode ReadSum()
    {
        int start = _reader.Current.Start;
        var left = ReadProduct();
        while (_reader.IsSymbol("+") || _reader.IsSymbol("-"))
        {
            var sign = _reader.Take().Value == "+" ? SqlOperator.Add : SqlOperator.Subtract;
            left = At(new ArithmeticNode(sign, left, ReadProduct()), start);
        }

        return left;
    }

    private SqlNode ReadProduct()
    {
        int start = _reader.Current.Start;
        var left = ReadUnary();
        while (_reader.IsSymbol("*") || _reader.IsSymbol("/") || _reader.IsSymbol("%"))
        {
            var sign = _reader.Take().Value switch { "*" => SqlOperator.Multiply, "/" => SqlOperator.Divide, _ => SqlOperator.Remainder };
            left = At(new ArithmeticNode(sign, left, ReadUnary()), start);
        }

        return left;
    }

    private SqlNode ReadUnary()
    {
        int start = _reader.Current.Start;
        if (!_reader.TryTakeSymbol("-")) return ReadPostfix();
        Enter();
        var operand = ReadUnary();
        Exit();
        return At(Folded(new NegateNode(operand)), start);
    }

    private SqlNode ReadPrimary()
    {
        var token = _reader.Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                _reader.Take();
                var number = JsonValues.Number(Encoding.ASCII.GetBytes(token.Value), _context.Version == SqlVersion.V2015);
                if (number.IsUndefined) throw new SqlSyntaxException(token.Start, "found a number that is too large, expected one below 1E1000");
                return At(new ConstantNode(number), token.Start);
            case TokenKind.Text:
                _reader.Take();
                return At(new ConstantNode(Text(token.Value)), token.Start);
            case TokenKind.Variable:
                _reader.Take();
                int index = _context.Find(token.Value);
                if (index < 0) throw new SqlSyntaxException(token.Start, $"found @{token.Value}, which no SET before it assigns");
                return At(new VariableNode(token.Value, index), token.Start);
            case TokenKind.Word:
                return ReadWord(token);
            default:
                if (_reader.IsSymbol("(")) return ReadParentheses();
                if (_reader.IsSymbol("{")) return ReadObject();
                return _reader.IsSymbol("[") ? ReadArray() : throw _reader.Expected("an expression");
        }
    }

    private SqlNode ReadWord(Token token)
    {
        if (TokenReader.IsWord(token, "CASE")) return ReadCase();
        bool isCall = _reader.PeekBehind(token) is { Kind: TokenKind.Symbol, Value: "(" };
        if (isCall && TokenReader.IsWord(token, "EXISTS")) return Select.ReadExists();
        if (IsReserved(token.Value))
        {
            SqlValue? literal = token.Value.ToUpperInvariant() switch
            {
                "TRUE" => SqlValue.Of(true),
                "FALSE" => SqlValue.Of(false),
                "NULL" => SqlValue.Null,
                _ => null,
            };
            if (literal is not { } value) throw _reader.Expected("an expression");
            _reader.Take();
            return At(new ConstantNode(value), token.Start);
        }

        if (isCall) return _calls.Read();
        _reader.Take();
        return At(_context.Name(token.Value), token.Start);
    }

    private SqlNode ReadParentheses()
    {
        if (TokenReader.IsWord(_reader.Peek(), "SELECT")) return Select.ReadNested();
        _reader.Take();
        var inner = Read();
        _reader.TakeSymbol(")");
        return inner;
    }

    private SqlNode ReadObject()
    {
        int start = _reader.Current.Start;
        Require(SqlVersion.V2016, start, "an object literal");
        _reader.Take();
        var names = new List<string>();
        var values = new List<SqlNode>();
        while (!_reader.IsSymbol("}"))
        {
            if (_reader.Current.Kind != TokenKind.Text) throw _reader.Expected("the name of a member in quotes, or '}'");
            names.Add(_reader.Take().Value);
            _reader.TakeSymbol(":");
            values.Add(ReadArgument());
            if (!_reader.TryTakeSymbol(",")) break;
        }

        if (!_reader.TryTakeSymbol("}")) throw _reader.Expected("',' or '}'");
        return At(new ObjectNode([.. names], [.. values]), start);
    }

    private SqlNode ReadArray()
    {
        int start = _reader.Current.Start;
        Require(SqlVersion.V2016, start, "an array literal");
        _reader.Take();
        var elements = new List<SqlNode>();
        while (!_reader.IsSymbol("]"))
        {
            elements.Add(ReadArgument());
            if (!_reader.TryTakeSymbol(",")) break;
        }

        if (!_reader.TryTakeSymbol("]")) throw _reader.Expected("',' or ']'");
        return At(Folded(new ArrayNode([.. elements])), start);
    }

    private CaseNode ReadCase()
    {
        int start = _reader.Take().Start;
        if (_reader.IsWord("WHEN")) throw _reader.Expected("the value to be compared: CASE value WHEN value THEN result");
        var subject = Read();
        var tests = new List<SqlNode>();
        var results = new List<SqlNode>();
        if (!_reader.IsWord("WHEN")) throw _reader.Expected("WHEN");
        while (_reader.TryTakeWord("WHEN"))
        {
            tests.Add(Read());
            if (!_reader.TryTakeWord("THEN")) throw _reader.Expected("THEN");
            results.Add(Read());
        }

        var otherwise = _reader.TryTakeWord("ELSE") ? Read() : null;
        if (!_reader.TryTakeWord("END")) throw _reader.Expected(otherwise is null ? "WHEN, ELSE or END" : "END");
        return At(new CaseNode(subject, [.. tests], [.. results], otherwise), start);
    }

    private static SqlNode Bound(SqlNode node)
    {
        if (node is AttributeNode attribute) attribute.Bind();
        return node;
    }

    private SqlNode Folded(SqlNode node) => node.IsConstant ? new ConstantNode(node.Evaluate(_context.Constants)) : node;

    /// <summary>With its UTF-8, so that comparing it with text of a payload is comparing bytes.</summary>
    private static SqlValue Text(string text)
    {
        foreach (char letter in text)
        {
            if (char.IsSurrogate(letter)) return SqlValue.OfText(text); // halves of characters have no UTF-8
        }

        return SqlValue.OfLiteral(new SqlName(text));
    }
}
