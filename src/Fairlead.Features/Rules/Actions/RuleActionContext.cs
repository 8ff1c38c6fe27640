using Fairlead.Features.Functions;
using Fairlead.Features.Rules.Destinations;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Rules.Actions;

/// <summary>What types of actions may use of the hub.</summary>
/// <param name="Scope">Partition, region, account.</param>
/// <param name="Time">Clock.</param>
/// <param name="Loggers">Log.</param>
/// <param name="Functions">Where functions are that actions name by ARN.</param>
/// <param name="Destinations">HTTP and VPC destinations of rules.</param>
internal sealed record RuleActionContext(
    HubScope Scope, TimeProvider Time, ILoggerFactory Loggers, FunctionDirectory Functions, IRuleDestinations Destinations);

/// <summary>Makes the types of actions that talk to something outside; the host gives it to the features.</summary>
internal delegate IEnumerable<IRuleActionType> RuleActionFactory(RuleActionContext context);
