namespace Fairlead.Features.Rules.Sql;

/// <summary>
/// Functions that ask something outside of the statement: <c>get_thing_shadow</c>, <c>get_registry_data</c>, <c>get_secret</c>,
/// <c>aws_lambda</c>, <c>get_dynamodb</c>, <c>machinelearning_predict</c> (spec/aws-rules, section 5.6). Called on the rule's own worker,
/// where a call may take as long as the limit of the function says.
/// </summary>
internal interface IRuleFunctions
{
    /// <summary>Asked while a statement is parsed: whether the hub can serve such a call.</summary>
    /// <param name="function">Name in lower case.</param>
    /// <param name="literalFirstArgument">First argument when it is a string literal.</param>
    /// <param name="problem">Why not, such as <c>function machinelearning_predict is not available</c>; empty when it can.</param>
    bool Knows(string function, string? literalFirstArgument, out string problem);

    /// <summary>Calls a function. Never throws: what goes wrong is a failure, which stops the rule for this message.</summary>
    /// <param name="function">Name in lower case.</param>
    /// <param name="arguments">Arguments as evaluated, none of them converted.</param>
    FunctionResult Call(string function, ReadOnlySpan<SqlValue> arguments);
}
