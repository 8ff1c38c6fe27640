using System.Text.Json;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Features.Rules;

/// <summary>A rule ready to run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Statement">Its statement.</param>
/// <param name="Actions">Its actions in order.</param>
/// <param name="ErrorAction">Its error action; null for none.</param>
internal sealed record CompiledRule(string Name, RuleStatement Statement, IReadOnlyList<CompiledAction> Actions, CompiledAction? ErrorAction);

/// <summary>An action ready to run.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Definition">Value of its member, as it was sent.</param>
/// <param name="Action">What runs.</param>
internal sealed record CompiledAction(IRuleActionType Type, JsonElement Definition, IRuleAction Action);
