using Fairlead.Edge.Commands;
using Fairlead.Edge.Health;
using Fairlead.Edge.Local;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Remote;

/// <summary>What all links of a process share.</summary>
internal sealed record LinkServices
{
    /// <summary>Publishes to local applications.</summary>
    public required ILocalPublisher Local { get; init; }

    /// <summary>Requests that were seen.</summary>
    public required RequestMemory Requests { get; init; }

    /// <summary>Requests that the local broker does not have yet.</summary>
    public required CommandInbox Inbox { get; init; }

    /// <summary>Counters.</summary>
    public required EdgeMetrics Metrics { get; init; }

    /// <summary>Makes loggers.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Randomness of waits.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Whether messages that cannot be sent are announced.</summary>
    public required Func<bool> AnnouncesErrors { get; init; }

    /// <summary>Whether payloads may be logged.</summary>
    public required Func<bool> LogsPayloads { get; init; }

    /// <summary>What waits for a link, and what was lost; replaced once all links are there.</summary>
    public Func<RemoteLink, Status.BufferFigures> ReadFigures { get; set; } = static _ => default;

    /// <summary>Cancelled when the process ends.</summary>
    public required CancellationToken Stopping { get; init; }
}
