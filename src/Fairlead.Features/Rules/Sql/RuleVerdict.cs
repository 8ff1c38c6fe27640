namespace Fairlead.Features.Rules.Sql;

/// <summary>What came of evaluating a statement against a message.</summary>
internal enum RuleVerdict
{
    /// <summary>WHERE is true or absent: the actions run.</summary>
    Matched,

    /// <summary>WHERE is not true.</summary>
    NotMatched,

    /// <summary>
    /// An external function failed, or the statement needed more work or room than it may take: neither the actions nor the error action
    /// run [U38].
    /// </summary>
    FunctionFailed,
}
