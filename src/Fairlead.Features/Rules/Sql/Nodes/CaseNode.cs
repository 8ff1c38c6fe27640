namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>CASE (section 2.10): an Undefined subject beats ELSE.</summary>
internal sealed class CaseNode : SqlNode
{
    private readonly SqlNode _subject;
    private readonly SqlNode[] _tests;
    private readonly SqlNode[] _results;
    private readonly SqlNode? _otherwise;

    public CaseNode(SqlNode subject, SqlNode[] tests, SqlNode[] results, SqlNode? otherwise)
    {
        (_subject, _tests, _results, _otherwise) = (subject, tests, results, otherwise);
        Depth = Above([.. Operands]);
    }

    /// <inheritdoc />
    public override IEnumerable<SqlNode> Operands => _otherwise is null ? [_subject, .. _tests, .. _results] : [_subject, .. _tests, .. _results, _otherwise];

    /// <inheritdoc />
    public override SqlValue Evaluate(SqlFrame frame)
    {
        var subject = _subject.Evaluate(frame);
        if (subject.IsUndefined) return default;
        for (int i = 0; i < _tests.Length; i++)
        {
            var test = _tests[i].Evaluate(frame);
            if (!test.IsUndefined && SqlEquality.AreEqual(frame, subject, test)) return _results[i].Evaluate(frame);
        }

        return _otherwise is null ? default : _otherwise.Evaluate(frame);
    }
}
