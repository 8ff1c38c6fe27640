using Fairlead.Features.Rules.Sql;

namespace Fairlead.Unit.Rules.Engine;

/// <summary>A hub without external functions.</summary>
internal sealed class NoFunctions : IRuleFunctions
{
    public static NoFunctions Instance { get; } = new();

    public bool Knows(string function, string? literalFirstArgument, out string problem)
    {
        problem = $"function {function} is not available";
        return false;
    }

    public FunctionResult Call(string function, ReadOnlySpan<SqlValue> arguments) => FunctionResult.Failed("there is no function");
}
