namespace Fairlead.Features.Rules.Sql;

/// <summary>Answer of an external function.</summary>
/// <param name="Value">What it returned.</param>
/// <param name="Failure">Why it failed; null when it did not.</param>
internal readonly record struct FunctionResult(SqlValue Value, string? Failure)
{
    /// <summary>It returned a value.</summary>
    /// <param name="value">The value.</param>
    public static FunctionResult Of(SqlValue value) => new(value, null);

    /// <summary>It failed.</summary>
    /// <param name="reason">Why, for the log.</param>
    public static FunctionResult Failed(string reason) => new(default, reason);
}
