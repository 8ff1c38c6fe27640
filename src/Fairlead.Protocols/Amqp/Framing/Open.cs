namespace Fairlead.Protocols.Amqp;

/// <summary>Opens a connection.</summary>
public sealed record Open
{
    /// <summary>Who the container is.</summary>
    public required string ContainerId { get; init; }

    /// <summary>The virtual host; null when not given.</summary>
    public string? HostName { get; init; }

    /// <summary>Largest frame that the sender of this takes, in bytes; at least 512.</summary>
    public uint MaxFrameSize { get; init; } = uint.MaxValue;

    /// <summary>Highest channel number that the sender of this takes.</summary>
    public ushort ChannelMax { get; init; } = ushort.MaxValue;

    /// <summary>Milliseconds without a frame after which the sender of this gives up; null for never. Peers advertise half of the real limit (spec 7.4 rule 11).</summary>
    public uint? IdleTimeout { get; init; }

    /// <summary>Locales of outgoing text; null for none.</summary>
    public string[]? OutgoingLocales { get; init; }

    /// <summary>Locales wished for incoming text; null for none.</summary>
    public string[]? IncomingLocales { get; init; }

    /// <summary>Extensions offered; null for none.</summary>
    public string[]? OfferedCapabilities { get; init; }

    /// <summary>Extensions wished for; null for none.</summary>
    public string[]? DesiredCapabilities { get; init; }

    /// <summary>Properties of the connection, keys are symbols; null for none.</summary>
    public AmqpMap? Properties { get; init; }
}

/// <summary>Begins a session.</summary>
public sealed record Begin
{
    /// <summary>In an answer: the channel of the begin that is answered; null otherwise.</summary>
    public ushort? RemoteChannel { get; init; }

    /// <summary>Transfer-id of the first transfer frame that the sender of this will send.</summary>
    public uint NextOutgoingId { get; init; }

    /// <summary>Transfer frames that the sender of this takes.</summary>
    public uint IncomingWindow { get; init; }

    /// <summary>Transfer frames that the sender of this may send.</summary>
    public uint OutgoingWindow { get; init; }

    /// <summary>Highest handle that the sender of this takes.</summary>
    public uint HandleMax { get; init; } = uint.MaxValue;

    /// <summary>Extensions offered; null for none.</summary>
    public string[]? OfferedCapabilities { get; init; }

    /// <summary>Extensions wished for; null for none.</summary>
    public string[]? DesiredCapabilities { get; init; }

    /// <summary>Properties of the session, keys are symbols; null for none.</summary>
    public AmqpMap? Properties { get; init; }
}

/// <summary>Ends a link, closing it or only detaching it.</summary>
/// <param name="Handle">The handle of the sender of this.</param>
/// <param name="Closed">Whether the link is closed.</param>
/// <param name="Error">Why, when something is wrong.</param>
public sealed record Detach(uint Handle, bool Closed, AmqpError? Error);

/// <summary>Ends a session.</summary>
/// <param name="Error">Why, when something is wrong.</param>
public sealed record End(AmqpError? Error);

/// <summary>Closes a connection.</summary>
/// <param name="Error">Why, when something is wrong.</param>
public sealed record Close(AmqpError? Error);
