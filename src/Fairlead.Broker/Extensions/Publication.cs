using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Extensions;

/// <summary>Where a publication came from. A node never assumes that it is alone (design promise 7).</summary>
public enum PublishOrigin : byte
{
    /// <summary>A client's PUBLISH.</summary>
    Client,

    /// <summary>A client's Will.</summary>
    Will,

    /// <summary>A feature of this process.</summary>
    Process,

    /// <summary>Another node, which has stored and tapped it already.</summary>
    Node,
}

/// <summary>
/// One Application Message on its way through the broker. A view: the spans are valid during the call alone. Who needs it longer makes
/// a <see cref="Durability.Message"/>.
/// </summary>
public readonly ref struct Publication
{
    /// <summary>Topic Name, UTF-8, resolved from its alias.</summary>
    public required ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>Payload.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Forwarded MQTT 5 properties in wire form, without their length.</summary>
    public ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>QoS of the publication.</summary>
    public QualityOfService QoS { get; init; }

    /// <summary>RETAIN flag of the publication.</summary>
    public bool Retain { get; init; }

    /// <summary>DUP flag of a client's PUBLISH.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>Whether a Message Expiry Interval is set.</summary>
    public bool HasExpiry { get; init; }

    /// <summary>Message Expiry Interval in seconds.</summary>
    public uint ExpiryInterval { get; init; }

    /// <summary>Where it came from.</summary>
    public PublishOrigin Origin { get; init; }

    /// <summary>Client Identifier of the publisher; null when no client published it.</summary>
    public string? ClientId { get; init; }

    /// <summary>Identity of the publisher; null when no client published it.</summary>
    public Principal? Principal { get; init; }

    /// <summary>Address of the publisher; null when it has none.</summary>
    public System.Net.EndPoint? RemoteEndPoint { get; init; }

    /// <summary>
    /// What a feature of this process gave along with <see cref="PublishRequest.Cause"/>, so that it finds out what its own publications
    /// lead to; null for others'.
    /// </summary>
    public object? Cause { get; init; }

    /// <summary>The whole packet as it came, if its bytes may be sent on as they are; empty otherwise.</summary>
    internal ReadOnlySpan<byte> Frame { get; init; }

    /// <summary>Version of <see cref="Frame"/>.</summary>
    internal ProtocolVersion FrameVersion { get; init; }
}

/// <summary>Receives publications inside the process. Called on the packet path: must not block; what takes time goes to a bounded queue.</summary>
/// <param name="publication">The publication; valid during the call alone.</param>
public delegate void MessageHandler(in Publication publication);
