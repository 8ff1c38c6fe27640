using Fairlead.Broker.Extensions;

namespace Fairlead.Features.Console.Topics;

/// <summary>Shows publications to the pages that are open. While none is, a publication costs one look at an empty array.</summary>
internal sealed class TopicTap : IPublishTap
{
    private readonly Lock _lock = new();
    private volatile IPublishViewer[] _viewers = [];

    /// <inheritdoc/>
    public void OnPublish(in Publication publication)
    {
        foreach (var viewer in _viewers) viewer.Offer(publication);
    }

    /// <inheritdoc/>
    public bool Wants(ReadOnlySpan<byte> topic)
    {
        foreach (var viewer in _viewers)
            if (viewer.Covers(topic)) return true;
        return false;
    }

    /// <summary>Somebody looks.</summary>
    public void Add(IPublishViewer viewer)
    {
        lock (_lock) _viewers = [.. _viewers, viewer];
    }

    /// <summary>And does no more.</summary>
    public void Remove(IPublishViewer viewer)
    {
        lock (_lock) _viewers = [.. _viewers.Where(one => !ReferenceEquals(one, viewer))];
    }
}
