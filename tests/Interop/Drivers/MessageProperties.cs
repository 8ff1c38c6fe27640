namespace Fairlead.Interop.Drivers;

/// <summary>MQTT 5 properties of a PUBLISH, under the names the drivers use.</summary>
public sealed record MessageProperties
{
    public string? ContentType { get; init; }

    public string? ResponseTopic { get; init; }

    public byte[]? CorrelationData { get; init; }

    public uint? MessageExpiry { get; init; }

    public int? PayloadFormat { get; init; }

    public int? TopicAlias { get; init; }

    public IReadOnlyList<uint>? SubscriptionIdentifiers { get; init; }

    /// <summary>Pairs of name and value, in wire order.</summary>
    public IReadOnlyList<string[]>? UserProperties { get; init; }
}
