using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.Items;

/// <summary>One item to be written to a table.</summary>
/// <param name="evaluation">What the rule made of the message.</param>
/// <param name="table">Table.</param>
internal sealed class ItemCall(RuleEvaluation evaluation, string table) : ActionCall(evaluation, table)
{
    /// <summary>Table.</summary>
    public string Table { get; } = table;

    /// <summary>What becomes of the item.</summary>
    public ItemOperation Operation { get; set; }

    /// <summary>Hash and range key that the rule gives; empty when the payload is the item (dynamoDBv2).</summary>
    public IReadOnlyList<ItemKey> Keys { get; set; } = [];

    /// <summary>Attribute that takes the payload, when the rule gives the keys.</summary>
    public string PayloadField { get; set; } = "";
}
