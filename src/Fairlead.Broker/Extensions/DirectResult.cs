namespace Fairlead.Broker.Extensions;

/// <summary>What became of a direct message.</summary>
public enum DirectResult : byte
{
    /// <summary>It was handed to the client's connection. With a confirmation the PUBACK is awaited now.</summary>
    Sent,

    /// <summary>The client has acknowledged it.</summary>
    Acknowledged,

    /// <summary>There is neither a connection nor a Session of that Client Identifier.</summary>
    UnknownClient,

    /// <summary>There is a Session, but the client is not connected.</summary>
    NotConnected,

    /// <summary>The client may not receive on that topic.</summary>
    ReceiveDenied,

    /// <summary>The client's connection has used up its messages of this second.</summary>
    RateExceeded,

    /// <summary>The client has as many unacknowledged messages as it or the broker allows.</summary>
    WindowFull,

    /// <summary>The client does not read what is sent to it.</summary>
    NotWritable,

    /// <summary>Larger than the client's Maximum Packet Size.</summary>
    TooLarge,

    /// <summary>The connection ended before the client had acknowledged it.</summary>
    Disconnected,
}

/// <summary>What became of a direct message, and what explains it.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Detail">Why the client may not receive it; null otherwise.</param>
public readonly record struct DirectOutcome(DirectResult Result, string? Detail = null);
