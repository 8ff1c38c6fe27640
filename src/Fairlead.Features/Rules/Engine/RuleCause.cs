namespace Fairlead.Features.Rules.Engine;

/// <summary>Goes along with what a rule publishes, and with what owners of topics publish about it.</summary>
/// <param name="Hops">How many rules stand between a client's message and this one; 1 for the first republication [U22].</param>
/// <param name="TraceId">Trace id of the message that started it [U20]; null when that was none of a client.</param>
internal sealed record RuleCause(int Hops, string? TraceId);
