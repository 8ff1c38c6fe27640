using System.Text.Json.Serialization;

namespace Fairlead.Features.Connections;

/// <summary>Last known state of one client's connection; a new record for each change.</summary>
/// <param name="ClientId">Client Identifier.</param>
/// <param name="SessionIdentifier">Unique for the life of the Session, told in lifecycle events.</param>
/// <param name="Version">Number of the connection: rises with each, back to 0 after a long absence.</param>
/// <param name="ConnectedAt">Milliseconds since the Unix epoch.</param>
internal sealed record ClientPresence(string ClientId, Guid SessionIdentifier, long Version, long ConnectedAt)
{
    /// <summary>When it left, milliseconds since the Unix epoch; 0 while it is connected.</summary>
    public long DisconnectedAt { get; init; }

    /// <summary>Why it left, in AWS' words; null while it is connected.</summary>
    public string? Reason { get; init; }

    /// <summary>Keep Alive that it asked for, seconds.</summary>
    public int KeepAlive { get; init; }

    /// <summary>Session Expiry Interval, seconds.</summary>
    public uint SessionExpiry { get; init; }

    /// <summary>Id of the certificate that it proved; null without.</summary>
    public string? CertificateId { get; init; }

    /// <summary>Whether it is connected.</summary>
    [JsonIgnore]
    public bool IsConnected => DisconnectedAt == 0;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ClientPresence))]
internal sealed partial class PresenceJson : JsonSerializerContext;
