namespace Fairlead.Protocols.Amqp;

/// <summary>An array: values of one type.</summary>
/// <param name="ElementType">The type; for described elements <see cref="AmqpType.Described"/>.</param>
/// <param name="Elements">The values, kept, not copied.</param>
public sealed record AmqpArray(AmqpType ElementType, AmqpValue[] Elements)
{
    /// <summary>An array of symbols.</summary>
    /// <param name="symbols">Their texts, ASCII.</param>
    public static AmqpArray Symbols(params string[] symbols) => new(AmqpType.Symbol, [.. symbols.Select(AmqpValue.Symbol)]);

    /// <inheritdoc/>
    public bool Equals(AmqpArray? other) => other is not null && ElementType == other.ElementType && Elements.AsSpan().SequenceEqual(other.Elements);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ElementType, Elements.Length);

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", Elements)}]";
}
