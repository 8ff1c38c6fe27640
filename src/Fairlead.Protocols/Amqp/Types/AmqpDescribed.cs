namespace Fairlead.Protocols.Amqp;

/// <summary>A value with the descriptor that says what it means.</summary>
/// <param name="Descriptor">By the standard a ulong or a symbol.</param>
/// <param name="Value">The value.</param>
public sealed record AmqpDescribed(AmqpValue Descriptor, AmqpValue Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"@{Descriptor} {Value}";
}
