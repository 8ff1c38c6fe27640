using System.Globalization;
using System.Text.Json;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.Items;

/// <summary><c>dynamoDB</c>: keys from templates, the whole result in one attribute.</summary>
/// <param name="store">Where items go; null when nothing is configured.</param>
/// <param name="patience">How long calls are tried.</param>
internal sealed class DynamoActionType(IItemStore? store, TimeSpan patience) : IRuleActionType
{
    /// <inheritdoc/>
    public string Member => "dynamoDB";

    /// <inheritdoc/>
    public string LogName => "DynamoAction";

    /// <inheritdoc/>
    public IRuleAction Create(JsonElement definition, ActionSetup setup)
    {
        setup.Only(
            definition, "tableName", "roleArn", "operation", "hashKeyField", "hashKeyValue", "hashKeyType", "rangeKeyField", "rangeKeyValue", "rangeKeyType", "payloadField");
        setup.Text(definition, "roleArn");
        var table = setup.Template(definition, "tableName");
        var operation = setup.OptionalTemplate(definition, "operation");
        var payload = setup.OptionalTemplate(definition, "payloadField");
        var hash = Key(definition, setup, "hash") ?? throw setup.Fault("hashKeyField and hashKeyValue are missing");
        var range = Key(definition, setup, "range");
        if (operation is { IsLiteral: true } && OperationOf(operation.Text) is null)
            throw setup.Fault("operation must be one of INSERT, UPDATE, DELETE");
        return store is null ? throw setup.Fault(DynamoV2ActionType.NoTarget) : new ItemAction(Prepare, store, patience);

        ActionCall Prepare(RuleEvaluation evaluation)
        {
            var call = new ItemCall(evaluation, table.Resolve(evaluation)) { PayloadField = payload?.Resolve(evaluation) is { Length: > 0 } name ? name : "payload" };
            if (call.Table.Length == 0) return call.Fail("the name of the table is empty");
            var text = operation?.Resolve(evaluation) ?? "";
            if (OperationOf(text) is not { } known) return call.Fail($"operation '{text}' is none of INSERT, UPDATE, DELETE");
            call.Operation = known;
            if (!hash.TryResolve(evaluation, out var first, out var problem)) return call.Fail($"cannot write to table {call.Table}: {problem}");
            call.Keys = [first!];
            if (range is null) return call;
            if (!range.TryResolve(evaluation, out var second, out problem)) return call.Fail($"cannot write to table {call.Table}: {problem}");
            call.Keys = [first!, second!];
            return call;
        }
    }

    private static ItemOperation? OperationOf(string text) => text switch
    {
        "" or "INSERT" => ItemOperation.Put,
        "UPDATE" => ItemOperation.Update,
        "DELETE" => ItemOperation.Delete,
        _ => null,
    };

    private static KeyTemplates? Key(JsonElement definition, ActionSetup setup, string which)
    {
        var field = setup.OptionalTemplate(definition, which + "KeyField");
        var value = setup.OptionalTemplate(definition, which + "KeyValue");
        var type = setup.OptionalTemplate(definition, which + "KeyType");
        if (type is { IsLiteral: true } && type.Text is not ("STRING" or "NUMBER")) throw setup.Fault($"{which}KeyType must be one of STRING, NUMBER");
        if (field is not null && value is not null) return new KeyTemplates(which, field, value, type);
        return field is null && value is null && type is null ? null : throw setup.Fault($"{which}KeyField and {which}KeyValue belong together");
    }

    /// <summary>A key before its templates are resolved.</summary>
    private sealed record KeyTemplates(string Which, RuleTemplate Field, RuleTemplate Value, RuleTemplate? Type)
    {
        public bool TryResolve(RuleEvaluation evaluation, out ItemKey? key, out string problem)
        {
            key = null;
            problem = "";
            var field = Field.Resolve(evaluation);
            var value = Value.Resolve(evaluation);
            var type = Type?.Resolve(evaluation) ?? "STRING";
            if (field.Length == 0 || value.Length == 0) problem = $"the {Which} key has no {(field.Length == 0 ? "name" : "value")}";
            else if (type is not ("STRING" or "NUMBER")) problem = $"the {Which} key has the type '{type}', which is neither STRING nor NUMBER";
            else if (type == "NUMBER" && !decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
                problem = $"the {Which} key is to be a number, but its value is not";
            else key = new ItemKey(field, value, type == "NUMBER");
            return key is not null;
        }
    }
}
