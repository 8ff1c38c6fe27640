namespace Fairlead.Features.Rules.Engine;

/// <summary>A failure of a rule, for administrators.</summary>
/// <param name="At">When, milliseconds since the Unix epoch.</param>
/// <param name="What">Name of the action in the log, or <c>FunctionExecution</c>, <c>RuleMessageThrottled</c>.</param>
/// <param name="Resource">What the action was aimed at; empty when it was none.</param>
/// <param name="Message">Why.</param>
/// <param name="Topic">Topic of the message.</param>
/// <param name="TraceId">Trace id of the message.</param>
internal sealed record RuleFailure(long At, string What, string Resource, string Message, string Topic, string TraceId);
