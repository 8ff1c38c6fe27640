using System.Text.Json;
using Fairlead.Features.Functions;
using Fairlead.Features.Rules.Actions;
using Fairlead.Targets.Http;

namespace Fairlead.Targets.Lambda;

/// <summary><c>lambda</c>: POST to the server of a function.</summary>
internal sealed class LambdaActionType(FunctionDirectory functions, TargetHttp http, TimeSpan patience) : IRuleActionType
{
    /// <inheritdoc/>
    public string Member => "lambda";

    /// <inheritdoc/>
    public string LogName => "LambdaAction";

    /// <inheritdoc/>
    public IRuleAction Create(JsonElement definition, ActionSetup setup)
    {
        setup.Only(definition, "functionArn");
        var function = setup.Template(definition, "functionArn");
        if (function.IsLiteral && !functions.TryResolve(function.Text, out _, out var problem)) throw setup.Fault($"functionArn: {problem}");
        return new LambdaAction(function, functions, http, patience);
    }
}
