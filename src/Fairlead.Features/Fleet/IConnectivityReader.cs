namespace Fairlead.Features.Fleet;

/// <summary>Lets the fleet index read how things are connected.</summary>
internal interface IConnectivityReader
{
    /// <summary>The last known state of a thing's connection; null when it never was connected.</summary>
    ThingConnection? Find(string thingName);
}

/// <summary>Last known state of the connection of a thing (spec/aws-registry-and-policies, sections 12 and 16.2).</summary>
/// <param name="ClientId">Client that stands for the thing.</param>
/// <param name="IsConnected">Whether it is connected.</param>
/// <param name="Timestamp">When it connected or left, milliseconds since the Unix epoch.</param>
internal sealed record ThingConnection(string ClientId, bool IsConnected, long Timestamp)
{
    /// <summary>Why it left, in AWS' words; null while it is connected.</summary>
    public string? DisconnectReason { get; init; }

    /// <summary>Keep Alive, seconds.</summary>
    public int KeepAlive { get; init; }

    /// <summary>Session Expiry Interval, seconds; 0 for a clean Session.</summary>
    public long SessionExpiry { get; init; }
}
