using Fairlead.Edge.Payloads;
using Fairlead.Protocols.Mqtt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Configuration;

/// <summary>Everything that an edge connector is told, checked.</summary>
internal sealed record EdgeOptions
{
    /// <summary>The remote endpoints; at least one. The first names the device to local applications.</summary>
    public required IReadOnlyList<LinkOptions> Links { get; init; }

    /// <summary>The local broker.</summary>
    public required LocalOptions Local { get; init; }

    /// <summary>The log.</summary>
    public required LogOptions Log { get; init; }

    /// <summary>Directory for everything that survives a restart.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>When <c>headers.x-timestamp</c> is set.</summary>
    public TimestampMode Timestamp { get; init; }

    /// <summary>Whether QoS 0 messages are kept while a link is down.</summary>
    public bool KeepsQos0 { get; init; }

    /// <summary>Whether messages that cannot be sent are announced on <c>error/...</c>.</summary>
    public bool AnnouncesErrors { get; init; }

    /// <summary>Whether <c>edge/thing/response</c> is retained.</summary>
    public bool RetainsDeviceInfo { get; init; }

    /// <summary>Time for acknowledgments at the end.</summary>
    public TimeSpan ShutdownTimeout { get; init; }

    /// <summary>Address of the health endpoint; null for none.</summary>
    public string? MetricsListen { get; init; }

    /// <summary>Shadow that settings come from; null for none.</summary>
    public string? RemoteConfigShadow { get; init; }

    /// <summary>The values that it was made from.</summary>
    public required EdgeValues Values { get; init; }
}

/// <summary>The local broker (spec section 5).</summary>
internal sealed record LocalOptions
{
    /// <summary>Address in the client's words; null when the broker is embedded.</summary>
    public Uri? Server { get; init; }

    /// <summary>Where the embedded broker listens.</summary>
    public string EmbeddedHost { get; init; } = "127.0.0.1";

    /// <summary>Its port; 0 takes a free one.</summary>
    public int EmbeddedPort { get; init; }

    /// <summary>User Name; null for none.</summary>
    public string? UserName { get; init; }

    /// <summary>Password; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Certificate authorities; null for none.</summary>
    public string? CaFile { get; init; }

    /// <summary>Client certificate; null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Its key; null for none.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Client Identifier for status and device info.</summary>
    public required string StatusClientId { get; init; }

    /// <summary>Client Identifier of the connection that takes messages.</summary>
    public required string IntakeClientId { get; init; }

    /// <summary>Keep Alive.</summary>
    public TimeSpan KeepAlive { get; init; }

    /// <summary>MQTT version.</summary>
    public ProtocolVersion Version { get; init; } = ProtocolVersion.V311;
}

/// <summary>The log (spec section 15).</summary>
internal sealed record LogOptions
{
    /// <summary>File; null for the standard error stream.</summary>
    public string? File { get; init; }

    /// <summary>Least level written.</summary>
    public LogLevel Level { get; init; }

    /// <summary>Size at which the file is rotated, bytes.</summary>
    public long MaximumBytes { get; init; }

    /// <summary>Rotated files kept.</summary>
    public int MaximumFiles { get; init; }

    /// <summary>Age at which rotated files go; zero for never.</summary>
    public TimeSpan MaximumAge { get; init; }

    /// <summary>Whether lines are JSON.</summary>
    public bool IsJson { get; init; }

    /// <summary>Whether payloads are logged at Debug.</summary>
    public bool Payloads { get; init; }
}
