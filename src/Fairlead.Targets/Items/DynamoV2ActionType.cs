using System.Text.Json;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.Items;

/// <summary><c>dynamoDBv2</c>: each member of the result becomes an attribute, or a column.</summary>
/// <param name="store">Where items go; null when nothing is configured.</param>
/// <param name="patience">How long calls are tried.</param>
internal sealed class DynamoV2ActionType(IItemStore? store, TimeSpan patience) : IRuleActionType
{
    /// <summary>What to set when there is no target.</summary>
    public const string NoTarget =
        "has no local target; the setting Rules:Tables gives one (connection string of a PostgreSQL database), or Rules:DynamoDb (URL of a server with the API of DynamoDB)";

    /// <inheritdoc/>
    public string Member => "dynamoDBv2";

    /// <inheritdoc/>
    public string LogName => "DynamoV2Action";

    /// <inheritdoc/>
    public IRuleAction Create(JsonElement definition, ActionSetup setup)
    {
        setup.Only(definition, "roleArn", "putItem");
        setup.Text(definition, "roleArn");
        var put = setup.Object(definition, "putItem");
        setup.Only(put, "tableName");
        var table = setup.Template(put, "tableName");
        return store is null ? throw setup.Fault(NoTarget) : new ItemAction(evaluation => Prepare(evaluation, table), store, patience);
    }

    private static ActionCall Prepare(RuleEvaluation evaluation, RuleTemplate table)
    {
        var call = new ItemCall(evaluation, table.Resolve(evaluation));
        if (call.Table.Length == 0) return call.Fail("the name of the table is empty");
        return evaluation.OutputIsObject ? call : call.Fail($"cannot put the result into table {call.Table}: it is not a JSON object");
    }
}
