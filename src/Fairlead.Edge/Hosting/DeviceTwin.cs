using Fairlead.Edge.Configuration;
using Fairlead.Edge.Logging;
using Fairlead.Edge.Twin;
using Fairlead.Edge.Twin.Storage;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Hosting;

/// <summary>The twin of the device, with its store: it belongs to the first link with shadows.</summary>
internal sealed class DeviceTwin : IAsyncDisposable
{
    private readonly TwinStore _store;
    private readonly TwinSession _session;

    private DeviceTwin(string link, TwinStore store, TwinSession session)
    {
        Link = link;
        _store = store;
        _session = session;
    }

    /// <summary>Name of the link.</summary>
    public string Link { get; }

    /// <summary>The twin.</summary>
    public ITwin Twin => _session;

    /// <summary>Makes it; null when no link has shadows.</summary>
    /// <exception cref="IOException">Its file cannot be used.</exception>
    public static DeviceTwin? TryCreate(EdgeOptions options, EdgeLoggerFactory loggers, TimeProvider time)
    {
        if (options.Links.FirstOrDefault(static link => link.TwinEnabled) is not { } link) return null;
        var store = new TwinStore(Path.Combine(options.DataDirectory, "twin.db"), time, loggers.CreateLogger<TwinStore>());
        var values = options.Values;
        var session = new TwinSession(
            new TwinOptions
            {
                DeviceId = link.DeviceId,
                ThingName = link.ThingName,
                TopicFilter = link.Values.Text("topicFilter"),
                PayloadFilters = link.Values.List("payloadFilters"),
                ForwardTopicFilter = link.Values.Text("forwardTopicFilter"),
                Patch = Enum.Parse<TwinPatch>(values.Text("twin.patch"), ignoreCase: true),
                Offline = Enum.Parse<TwinOffline>(values.Text("twin.offline"), ignoreCase: true),
                Direction = Enum.Parse<TwinDirection>(values.Text("twin.direction"), ignoreCase: true),
                Ack = Enum.Parse<TwinAck>(values.Text("twin.ack"), ignoreCase: true),
                ResponseDefault = values.Flag("twin.responseDefault"),
                MaxDepth = (int)values.Number("twin.maxDepth"),
                MaxBytes = (int)values.Number("twin.maxBytes"),
                MaxOpen = (int)values.Number("twin.maxOpen"),
                Retries = (int)values.Number("twin.retries"),
                AnswerTimeout = values.Seconds("twin.answerTimeout"),
            },
            store,
            time,
            loggers.CreateLogger<TwinSession>());
        return new DeviceTwin(link.Name, store, session);
    }

    /// <summary>Answers to shadow requests by operation and status.</summary>
    public IReadOnlyList<(string Operation, int Status, long Count)> ReadRequests() => _session.Counters.Requests;

    /// <summary>Takes new filters.</summary>
    public void UpdateFilters(IReadOnlyList<LinkOptions> links)
    {
        if (links.FirstOrDefault(link => link.Name == Link) is not { } link) return;
        _session.UpdateFilters(link.TopicFilter?.ToString() ?? "", [.. link.PayloadFilters.Select(static filter => filter.ToString())], link.ForwardTopicFilter?.ToString() ?? "");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _store.DisposeAsync();
    }
}
