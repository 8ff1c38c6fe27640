using Fairlead.Features.Rules.Sql.Functions;
using Fairlead.Features.Rules.Sql.Nodes;

namespace Fairlead.Features.Rules.Sql.Parsing;

/// <summary>Reads calls of functions, those that are more than a name and arguments included.</summary>
internal sealed class CallParser(TokenReader reader, ParseContext context, ExpressionParser expressions)
{
    private const string OldTypes = "String, Int or Double; further types need SQL version 2016-03-23";

    /// <summary>Reads a call; the name of the function is next.</summary>
    public SqlNode Read()
    {
        var name = reader.Take();
        reader.TakeSymbol("(");
        if (TokenReader.IsWord(name, "CAST")) return ReadCast(name);
        bool isExternal = SqlFunctions.IsExternal(name.Value, out var since);
        if (!isExternal)
        {
            if (!SqlFunctions.TryGet(name.Value, out var known))
                throw new SqlSyntaxException(name.Start, $"found {name.Value}(), which is no function{Similar(name.Value)}");
            since = known.Since;
        }

        expressions.Require(since, name.Start, $"{name.Value}()");
        int first = reader.Current.Start;
        bool isPayload = reader.IsSymbol("*");
        var arguments = ReadArguments();
        var call = isExternal ? External(name, arguments) : Known(name, arguments, first, isPayload);
        return expressions.At(call, name.Start);
    }

    private SqlNode[] ReadArguments()
    {
        var arguments = new List<SqlNode>();
        if (!reader.IsSymbol(")"))
        {
            do arguments.Add(expressions.ReadArgument());
            while (reader.TryTakeSymbol(","));
        }

        if (!reader.TryTakeSymbol(")")) throw reader.Expected("',' or ')'");
        return [.. arguments];
    }

    private CastNode ReadCast(Token name)
    {
        var value = expressions.Read();
        if (!reader.TryTakeWord("AS")) throw reader.Expected("AS and a type: cast(value AS Int)");
        if (reader.Current.Kind != TokenKind.Word) throw reader.Expected("a type");
        if (CastNode.Target(reader.Current.Value, context.Version) is not { } target)
            throw reader.Expected(context.Version == SqlVersion.V2015 ? OldTypes : "String, Int, Decimal, Double or Boolean");
        reader.Take();
        reader.TakeSymbol(")");
        return expressions.At(new CastNode(name.Value, value, target), name.Start);
    }

    private SqlNode Known(Token name, SqlNode[] arguments, int first, bool isPayload)
    {
        SqlFunctions.TryGet(name.Value, out var function);
        switch (function.Name)
        {
            case "encode" when arguments is [PayloadNode, _] && isPayload:
                return new EncodePayloadNode(name.Value, arguments[1]);
            case "decode" when arguments.Length > 1 && Literal(arguments[1]) == "proto":
                throw new SqlSyntaxException(name.Start, "decode() with the scheme 'proto' is not available; 'base64' is");
            case "get_mqtt_property" when arguments.Length == 1:
                if (Literal(arguments[0]) is not { } property || !ContextFunctions.IsMqttProperty(property))
                    throw new SqlSyntaxException(first, "expected 'content_type', 'format_indicator', 'response_topic' or 'correlation_data'");
                break;
            case "transform" when arguments.Length == 3 && Literal(arguments[0]) is null:
                throw new SqlSyntaxException(first, "expected the mode of transform() as a text, such as 'enrichArray'");
            case "regexp_matches" or "regexp_substr" or "regexp_replace" when arguments.Length > 1 && Literal(arguments[1]) is { } pattern:
                return new CallNode(name.Value, RegexFunctions.Bind(function, pattern), arguments);
            case "get_or_default" when arguments.Length is 1 or 2:
                return new FallbackNode(name.Value, arguments[0], arguments.Length == 2 ? WithoutCalls(arguments[1]) : null);
        }

        return new CallNode(name.Value, function, arguments);
    }

    /// <summary>The default of get_or_default() must not call an external function.</summary>
    private static SqlNode WithoutCalls(SqlNode otherwise) =>
        HasCall(otherwise) ? throw new SqlSyntaxException(otherwise.Start, "the default of get_or_default() must not call an external function") : otherwise;

    private static bool HasCall(SqlNode node) => node is ExternalCallNode || node.Operands.Any(HasCall);

    private ExternalCallNode External(Token name, SqlNode[] arguments)
    {
        if (!context.AllowsExternal) throw new SqlSyntaxException(name.Start, $"found {name.Value}(), but external functions are not allowed in an error action");
        if (!context.Scope.Functions.Knows(name.Value.ToLowerInvariant(), arguments.Length == 0 ? null : Literal(arguments[0]), out string problem))
            throw new SqlSyntaxException(name.Start, problem.Length == 0 ? $"function {name.Value} is not available" : problem);
        context.CallsExternal = true;
        return new ExternalCallNode(name.Value, arguments);
    }

    private static string? Literal(SqlNode node) => node is ConstantNode { Value: { Kind: SqlKind.String } value } ? value.Text : null;

    /// <summary>A function whose name is the same but for underscores, or begins or ends in the same way.</summary>
    private static string Similar(string name)
    {
        string plain = Plain(name);
        string? near = SqlFunctions.Names.FirstOrDefault(known => Plain(known) == plain)
            ?? SqlFunctions.Names.FirstOrDefault(known => plain.Length > 3 && Plain(known).Contains(plain, StringComparison.Ordinal));
        return near is null ? "" : $"; did you mean {near}()?";
    }

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
