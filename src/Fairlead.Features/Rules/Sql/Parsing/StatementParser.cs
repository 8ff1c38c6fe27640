using Fairlead.Features.Rules.Sql.Nodes;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Rules.Sql.Parsing;

/// <summary>Reads statements and templates.</summary>
internal static class StatementParser
{
    /// <summary>Reads a statement.</summary>
    /// <exception cref="SqlSyntaxException">It is none.</exception>
    public static ParsedStatement Parse(string text, SqlVersion version, SqlScope scope)
    {
        if (text.Length > SqlLimits.LongestStatement) throw new SqlSyntaxException(0, $"a statement has at most {SqlLimits.LongestStatement} characters");
        var context = new ParseContext(version, scope, [], allowsExternal: true);
        var reader = new TokenReader(text);
        var expressions = new ExpressionParser(reader, context);
        var assignments = reader.TryTakeWord("SET") ? ReadAssignments(reader, context, expressions) : [];
        var select = expressions.Select.Read();
        string? filter = reader.TryTakeWord("FROM") ? ReadFilter(reader) : null;
        var where = reader.TryTakeWord("WHERE") ? expressions.Read() : null;
        if (reader.Current.Kind == TokenKind.End) return new ParsedStatement(context, assignments, select, filter, where);
        if (where is not null) throw reader.Expected("an operator or the end of the statement");
        throw reader.Expected(filter is null ? "AS, ',', FROM, WHERE, an operator or the end of the statement" : "WHERE or the end of the statement");
    }

    /// <summary>Reads an expression of a template; returns where its closing brace is.</summary>
    /// <param name="text">The whole template.</param>
    /// <param name="start">Where the expression begins.</param>
    /// <param name="context">Context.</param>
    /// <param name="node">The expression.</param>
    public static int ParseTemplate(string text, int start, ParseContext context, out SqlNode node)
    {
        var reader = new TokenReader(text, start);
        node = new ExpressionParser(reader, context).ReadArgument();
        if (!reader.IsSymbol("}")) throw reader.Expected("'}'");
        return reader.Current.Start;
    }

    private static SqlNode[] ReadAssignments(TokenReader reader, ParseContext context, ExpressionParser expressions)
    {
        var values = new List<SqlNode>();
        do
        {
            var variable = reader.Current;
            if (variable.Kind != TokenKind.Variable) throw reader.Expected("a variable such as @name");
            if (context.Find(variable.Value) >= 0) throw new SqlSyntaxException(variable.Start, $"@{variable.Value} is assigned twice");
            if (values.Count == SqlLimits.MostVariables) throw new SqlSyntaxException(variable.Start, $"a statement has at most {SqlLimits.MostVariables} variables");
            reader.Take();
            reader.TakeSymbol("=");
            values.Add(expressions.ReadArgument());
            context.Declare(variable.Value);
        }
        while (reader.TryTakeSymbol(","));
        if (!reader.IsWord("SELECT")) throw reader.Expected("',' or SELECT");
        return [.. values];
    }

    private static string ReadFilter(TokenReader reader)
    {
        if (reader.Current.Kind == TokenKind.End) throw reader.Expected("a topic filter");
        bool isQuoted = reader.Text[reader.Current.Start] is '\'' or '"';
        if (isQuoted && reader.Current.Kind != TokenKind.Text) throw reader.Expected("a topic filter");
        var filter = isQuoted ? reader.Take() : reader.TakeBare();
        if (!TopicFilter.IsValid(filter.Value) || TopicFilter.IsShared(filter.Value))
            throw new SqlSyntaxException(filter.Start, $"found '{filter.Value}', expected a topic filter: + is a whole level, # a whole level and the last");
        return filter.Value;
    }
}
