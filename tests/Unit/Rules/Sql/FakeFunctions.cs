using System.Text;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Unit.Rules.Sql;

/// <summary>External functions that know one shadow and count their calls.</summary>
internal sealed class FakeFunctions : IRuleFunctions
{
    public int Calls { get; private set; }

    public bool Knows(string function, string? literalFirstArgument, out string problem)
    {
        problem = function switch
        {
            "machinelearning_predict" or "get_dynamodb" => $"function {function} is not available",
            "aws_lambda" when literalFirstArgument != "arn:known" => $"no function endpoint for {literalFirstArgument}",
            _ => "",
        };
        return problem.Length == 0;
    }

    public FunctionResult Call(string function, ReadOnlySpan<SqlValue> arguments)
    {
        Calls++;
        if (function != "get_thing_shadow") return FunctionResult.Of(SqlValue.OfText($"{function}/{arguments.Length}"));
        if (arguments[0].ToText() != "pump1") return FunctionResult.Failed("no shadow");
        return SqlValue.TryParseJson(Encoding.UTF8.GetBytes("""{"state":{"reported":{"mode":"eco","level":10.0}}}"""), out var shadow)
            ? FunctionResult.Of(shadow)
            : FunctionResult.Failed("no JSON");
    }
}
