namespace Fairlead.Features.EdgeConnectors;

/// <summary>A connector as the hub sees it; times are milliseconds since the Unix epoch.</summary>
/// <param name="ClientId">Its Client Identifier, which is what tells connectors apart.</param>
internal sealed record EdgeState(string ClientId)
{
    /// <summary>Whether it is connected.</summary>
    public bool Up { get; init; }

    /// <summary>Since when it is up or down.</summary>
    public long Since { get; init; }

    /// <summary>Why it is down; null while it is up.</summary>
    public string? Cause { get; init; }

    /// <summary>Its last report.</summary>
    public EdgeReport Report { get; init; } = new();

    /// <summary>When that came.</summary>
    public long ReportedAt { get; init; }

    /// <summary>Messages a second between its last two reports on one connection; null when there are no two yet.</summary>
    public double? Rate { get; init; }

    /// <summary>The last time that it was down and came back; null for never.</summary>
    public EdgeOutage? LastOutage { get; init; }

    /// <summary>Number of the connection, unique in the process; 0 when it is not known.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long ConnectionId { get; init; }

    /// <summary>When it went down, until the first report after its return; 0 otherwise.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long AwaySince { get; init; }
}

/// <summary>A time without the link.</summary>
/// <param name="From">When the hub saw it end.</param>
/// <param name="To">When it was there again.</param>
/// <param name="Buffered">Messages that had waited.</param>
internal sealed record EdgeOutage(long From, long To, long Buffered);
