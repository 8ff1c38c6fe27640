using Fairlead.Features.Rules.Sql.Nodes;

namespace Fairlead.Features.Rules.Sql.Parsing;

/// <summary>Reads SELECT clauses (section 2.5) and nested queries (section 2.9).</summary>
internal sealed class SelectParser(TokenReader reader, ParseContext context, ExpressionParser expressions)
{
    /// <summary>Reads a clause; SELECT is next.</summary>
    public SelectClause Read()
    {
        if (!reader.TryTakeWord("SELECT")) throw reader.Expected("SELECT");
        if (IsValue())
        {
            reader.Take();
            return SelectClause.Of(expressions.ReadArgument());
        }

        var items = new List<SelectItem>();
        do items.Add(ReadItem());
        while (reader.TryTakeSymbol(","));
        return SelectClause.Of([.. items]);
    }

    /// <summary>Reads a nested query in its parentheses.</summary>
    public NestedNode ReadNested()
    {
        int start = reader.Current.Start;
        expressions.Require(SqlVersion.V2016, start, "a nested SELECT");
        reader.TakeSymbol("(");
        expressions.Enter();
        context.Enter();
        var select = Read();
        if (!reader.TryTakeWord("FROM")) throw reader.Expected("',' or FROM");
        var names = context.Suspend();
        var source = expressions.ReadPostfix();
        context.Resume(names);
        string? alias = null;
        if (reader.TryTakeWord("AS"))
        {
            if (reader.Current.Kind != TokenKind.Word) throw reader.Expected("a name for the element");
            alias = reader.Take().Value;
        }

        var where = reader.TryTakeWord("WHERE") ? expressions.Read() : null;
        context.Leave(alias);
        expressions.Exit();
        if (!reader.TryTakeSymbol(")")) throw reader.Expected(where is null ? "AS, WHERE or ')'" : "')'");
        return expressions.At(new NestedNode(select, source, where), start);
    }

    /// <summary>Reads EXISTS.</summary>
    public ExistsNode ReadExists()
    {
        int start = reader.Take().Start;
        if (!TokenReader.IsWord(reader.Peek(), "SELECT")) throw reader.Expected("a nested query: EXISTS (SELECT ... FROM ...)");
        return expressions.At(new ExistsNode(ReadNested()), start);
    }

    /// <summary>VALUE is a keyword where an expression follows; else it is an attribute of that name (section 2.3).</summary>
    private bool IsValue()
    {
        if (!reader.IsWord("VALUE")) return false;
        var next = reader.Peek();
        switch (next.Kind)
        {
            case TokenKind.Number or TokenKind.Text or TokenKind.Variable:
                return true;
            case TokenKind.Word:
                return !ExpressionParser.IsReserved(next.Value) || next.Value.ToUpperInvariant() is "NOT" or "CASE" or "TRUE" or "FALSE" or "NULL";
            case TokenKind.Symbol when next.Value == "*":
                // A product, unless the star is all there is.
                var after = reader.PeekBehind(next);
                return after.Kind == TokenKind.End || TokenReader.IsWord(after, "FROM") || TokenReader.IsWord(after, "WHERE");
            case TokenKind.Symbol:
                return next.Value is "(" or "{" or "[" or "-";
            default:
                return false;
        }
    }

    private SelectItem ReadItem()
    {
        int start = reader.Current.Start;
        bool isStar = reader.IsSymbol("*");
        var value = expressions.ReadArgument();
        if (reader.TryTakeWord("AS")) return new SelectItem(value, ReadAlias(), IsEverything: false);
        return isStar ? new SelectItem(value, [], IsEverything: true) : new SelectItem(value, DefaultName(value, start), IsEverything: false);
    }

    private string[] ReadAlias()
    {
        if (reader.Current.Kind == TokenKind.Text) return [reader.Take().Value];
        if (reader.Current.Kind != TokenKind.Word || reader.IsWord("FROM") || reader.IsWord("WHERE")) throw reader.Expected("a name, or a text in quotes");
        var path = new List<string> { reader.Take().Value };
        while (reader.TryTakeSymbol("."))
        {
            if (reader.Current.Kind != TokenKind.Word) throw reader.Expected("a name behind the dot");
            path.Add(reader.Take().Value);
            if (path.Count > SqlLimits.DeepestNesting) throw new SqlSyntaxException(reader.LastEnd, $"a name after AS has at most {SqlLimits.DeepestNesting} parts");
        }

        return [.. path];
    }

    /// <summary>Key of an item without AS [U1].</summary>
    private string[] DefaultName(SqlNode value, int start)
    {
        string source = reader.Text[start..reader.LastEnd];
        if (value.Start != start) return [source]; // in parentheses
        return value switch
        {
            ObjectNode => [],
            AttributeNode attribute => [attribute.Last.Text],
            ElementMemberNode member => [member.Name.Text],
            MemberNode member => [member.Name.Text],
            VariableNode variable => [variable.Name],
            CallNode call => [call.Name],
            ExternalCallNode call => [call.Name],
            FallbackNode call => [call.Name],
            EncodePayloadNode call => [call.Name],
            CastNode cast => [cast.Name],
            _ => [source],
        };
    }
}
