namespace Fairlead.Protocols.Amqp;

/// <summary>An error as AMQP carries it, and as this codec and the engine report what a peer did wrong.</summary>
/// <param name="Condition">A symbol, such as <c>amqp:not-found</c>; see <see cref="AmqpCondition"/>.</param>
/// <param name="Description">For people; null for none.</param>
/// <param name="Info">Further facts, keys are symbols; null for none.</param>
public sealed record AmqpError(string Condition, string? Description = null, AmqpMap? Info = null)
{
    /// <inheritdoc/>
    public override string ToString() => Description is null ? Condition : $"{Condition}: {Description}";
}
