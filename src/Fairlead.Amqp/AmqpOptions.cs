using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <summary>Settings of a connection, for both roles; the defaults are those of a hub (spec 7.5).</summary>
public sealed record AmqpOptions
{
    /// <summary>Who this container is.</summary>
    public required string ContainerId { get; init; }

    /// <summary>Virtual host asked for, without port. A client gives it; a listener may.</summary>
    public string? HostName { get; init; }

    /// <summary>Largest frame taken, in bytes, 512 and more. Default 65536.</summary>
    public uint MaxFrameSize { get; init; } = 65_536;

    /// <summary>Highest channel number taken. Default 8191 (spec 2.2).</summary>
    public ushort ChannelMax { get; init; } = 8191;

    /// <summary>Highest handle taken; spec 2.10 wants 7000 links in one session. Default 65535.</summary>
    public uint HandleMax { get; init; } = 65_535;

    /// <summary>
    /// Idle time advertised; a peer that sends nothing for twice as long is given up (spec 7.4 rule 11). Zero: none advertised, nobody given up.
    /// Default 4 minutes (spec 2.2).
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>How often a peer that asks for no heartbeats gets one. Zero for never. Default 1 minute (spec 2.2).</summary>
    public TimeSpan CourtesyHeartbeat { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Shortest idle time, other than none, that a peer may ask of this listener; a client takes any. Default 5 s (spec 2.2).</summary>
    public TimeSpan ShortestPeerIdleTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Transfer frames that a session takes before it has to tell more, 1 and more. Default 5000.</summary>
    public uint SessionWindow { get; init; } = 5000;

    /// <summary>Sessions at a time that the peer may have. Default 2000.</summary>
    public int MaxSessions { get; init; } = 2000;

    /// <summary>Links at a time in one session. Default 8192.</summary>
    public int MaxLinks { get; init; } = 8192;

    /// <summary>Bytes of the attach frames of all links at a time; each link keeps what its peer said. Default 16 MiB.</summary>
    public int MaxAttachBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Unsettled deliveries of one link, in each direction. Default 10000.</summary>
    public int MaxUnsettled { get; init; } = 10_000;

    /// <summary>Sends of one link that may wait for credit in <see cref="AmqpSender.SendAsync"/>. Default 10000.</summary>
    public int MaxWaitingSends { get; init; } = 10_000;

    /// <summary>Bytes waiting for the transport beyond which no transfers are added; at four times as many the peer is not read either. Default 256 KiB.</summary>
    public int MaxOutputBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes of unfinished incoming deliveries of the whole connection. Default 16 MiB.</summary>
    public int MaxAssemblyBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Time for headers, SASL and open. Default 30 s.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for the peer to answer a close. Default 5 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Listener: SASL mechanisms offered to a peer that begins with SASL; none: it is refused. Default ANONYMOUS, MSSBCBS and PLAIN.</summary>
    public IReadOnlyList<string> SaslMechanisms { get; init; } = [SaslMechanism.Anonymous, SaslMechanism.MsSbCbs, SaslMechanism.Plain];

    /// <summary>Listener: whether a peer that skips SASL is refused. Default false (spec 2.1).</summary>
    public bool RequireSasl { get; init; }

    /// <summary>Client: how to authenticate by SASL; null skips SASL, as the device SDKs do. Default null.</summary>
    public SaslCredential? Credential { get; init; }

    /// <summary>Properties of the connection told in open, keys are symbols; null for none.</summary>
    public AmqpMap? Properties { get; init; }

    /// <summary>Transfer-id that sessions begin with; only tests of wrapping want another than 0.</summary>
    internal uint FirstTransferId { get; init; }

    /// <summary>Delivery-id that sessions begin with; only tests of wrapping want another than 0.</summary>
    internal uint FirstDeliveryId { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
