namespace Fairlead.Interop.Drivers;

/// <summary>What a CONNECT asks for beyond the address.</summary>
public sealed record ConnectSettings
{
    public string? ClientId { get; init; }

    public bool Clean { get; init; } = true;

    public int KeepAlive { get; init; } = 60;

    /// <summary>Seconds, MQTT 5 only.</summary>
    public uint? SessionExpiry { get; init; }

    public int? ReceiveMaximum { get; init; }

    /// <summary>Aliases the client accepts from the hub.</summary>
    public int? TopicAliasMaximum { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    public Will? Will { get; init; }

    /// <summary>A builder of the AWS SDK (<c>mtls</c>, <c>custom-auth</c>) instead of plain options.</summary>
    public string? Builder { get; init; }
}
