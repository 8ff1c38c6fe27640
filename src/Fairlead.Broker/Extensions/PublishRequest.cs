using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Broker.Extensions;

/// <summary>A publication from inside the process (HTTP publish, shadows, rules).</summary>
public sealed record PublishRequest
{
    /// <summary>Topic Name.</summary>
    public required string Topic { get; init; }

    /// <summary>Payload.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>QoS.</summary>
    public QualityOfService QoS { get; init; }

    /// <summary>Whether it is retained.</summary>
    public bool Retain { get; init; }

    /// <summary>MQTT 5 properties.</summary>
    public PublishProperties Properties { get; init; } = PublishProperties.None;

    /// <summary>Identity of who publishes; null when nobody in particular does.</summary>
    public Security.Principal? Principal { get; init; }

    /// <summary>Client Identifier in whose name it is published, for a client that came by another way than MQTT; null for none.</summary>
    public string? ClientId { get; init; }

    /// <summary>Address of who publishes; null when there is none.</summary>
    public System.Net.EndPoint? RemoteEndPoint { get; init; }

    /// <summary>
    /// What the publication follows from, in the words of the feature that makes it; taps and owners see it, and it goes on to what owners
    /// publish about it.
    /// </summary>
    public object? Cause { get; init; }

    /// <summary>Where it comes from.</summary>
    public PublishOrigin Origin { get; init; } = PublishOrigin.Process;
}
