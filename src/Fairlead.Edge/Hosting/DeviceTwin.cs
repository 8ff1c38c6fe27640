using Fairlead.Edge.Configuration;
using Fairlead.Edge.Logging;
using Fairlead.Edge.Twin;

namespace Fairlead.Edge.Hosting;

/// <summary>The twin of the device, with its store: it belongs to the first link with shadows.</summary>
internal sealed class DeviceTwin : IAsyncDisposable
{
    private DeviceTwin(string link, ITwin twin)
    {
        Link = link;
        Twin = twin;
    }

    /// <summary>Name of the link.</summary>
    public string Link { get; }

    /// <summary>The twin.</summary>
    public ITwin Twin { get; }

    /// <summary>Makes it; null when no link has shadows.</summary>
    public static DeviceTwin? TryCreate(EdgeOptions options, EdgeLoggerFactory loggers, TimeProvider time)
    {
        _ = (options, loggers, time);
        return null;
    }

    /// <summary>Answers to shadow requests by operation and status.</summary>
    public IReadOnlyList<(string Operation, int Status, long Count)> ReadRequests() => [];

    /// <summary>Takes new filters.</summary>
    public void UpdateFilters(IReadOnlyList<LinkOptions> links)
    {
        _ = (Twin, links);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
