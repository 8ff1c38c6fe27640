using System.Text;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>Says what the clauses of a statement came to for a message.</summary>
internal sealed class Explanation
{
    private const int LongestValue = 200;

    private readonly string _source;
    private readonly SqlFrame _frame;
    private readonly List<ExplainedClause> _clauses = [];

    private Explanation(string source, SqlFrame frame) => (_source, _frame) = (source, frame);

    /// <summary>The clauses in the order in which they are evaluated.</summary>
    public static IReadOnlyList<ExplainedClause> Of(RuleEvaluation evaluation)
    {
        var statement = evaluation.Statement;
        var frame = SqlFrame.Take(statement, evaluation.Message, evaluation.Now);
        try
        {
            frame.Read(statement.Parsed.Context.Paths);
            frame.Variables = evaluation.Variables;
            var explanation = new Explanation(statement.Text, frame);
            explanation.AddTopic(statement, evaluation.Message.Topic);
            for (int i = 0; i < evaluation.Variables.Length; i++)
            {
                var node = statement.Parsed.Assignments[i];
                explanation._clauses.Add(new ExplainedClause($"SET @{statement.Variables[i]}", 0, explanation.Source(node), Show(evaluation.Variables[i]), ""));
            }

            if (statement.Parsed.Where is { } where) explanation.Add("WHERE", 0, where);
            return explanation._clauses;
        }
        finally
        {
            frame.GiveBack();
        }
    }

    private void AddTopic(RuleStatement statement, string topic)
    {
        if (statement.TopicFilter is not { } filter) return;
        bool matches = statement.MatchesTopic(topic);
        _clauses.Add(new ExplainedClause("FROM", 0, $"'{filter}'", matches ? "true" : "false", $"topic '{topic}'"));
    }

    private void Add(string clause, int depth, SqlNode node)
    {
        string source = Source(node);
        string shown = WithValues(node);
        if (string.Equals(shown, source, StringComparison.Ordinal)) shown = "";
        _clauses.Add(new ExplainedClause(clause, depth, source, Show(node.Evaluate(_frame)), shown));
        switch (node)
        {
            case LogicNode logic:
                int part = 0;
                foreach (var operand in logic.Operands) Add($"{(logic.IsAnd ? "AND" : "OR")} part {++part}", depth + 1, operand);
                break;
            case NotNode { } not:
                foreach (var operand in not.Operands) Add("NOT operand", depth + 1, operand);
                break;
        }
    }

    /// <summary>The source with values in the place of what is not an operator or a literal.</summary>
    private string WithValues(SqlNode node)
    {
        if (node.IsConstant) return Source(node);
        if (node is not (CompareNode or ArithmeticNode or LogicNode or NotNode or NegateNode)) return Show(node.Evaluate(_frame));
        var text = new StringBuilder();
        int at = node.Start;
        foreach (var operand in node.Operands)
        {
            text.Append(_source, at, operand.Start - at).Append(WithValues(operand));
            at = operand.End;
        }

        return text.Append(_source, at, node.End - at).ToString();
    }

    private string Source(SqlNode node) => _source[node.Start..node.End];

    private static string Show(in SqlValue value)
    {
        string text = value.Weight > 4 * LongestValue && value.Kind is SqlKind.Array or SqlKind.Object ? $"{value.Kind}" : value.ToString();
        return text.Length <= LongestValue ? text : text[..LongestValue] + "...";
    }
}
