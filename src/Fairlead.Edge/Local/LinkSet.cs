using Fairlead.Edge.Configuration;
using Fairlead.Edge.Ditto;
using Fairlead.Edge.Remote;
using Fairlead.Edge.Topics;

namespace Fairlead.Edge.Local;

/// <summary>The links, and which of them want a message.</summary>
internal sealed class LinkSet
{
    /// <summary>Makes a set.</summary>
    public LinkSet(IReadOnlyList<RemoteLink> links)
    {
        Links = links;
        foreach (var link in links) All |= link.Mask;
        Twin = links.FirstOrDefault(static link => link.Twin is not null);
    }

    /// <summary>All links.</summary>
    public IReadOnlyList<RemoteLink> Links { get; }

    /// <summary>Their bits.</summary>
    public long All { get; }

    /// <summary>The link whose remote endpoint has the shadows; null when none has.</summary>
    public RemoteLink? Twin { get; }

    /// <summary>Links that drop answers to unknown requests.</summary>
    public long StrictMask
    {
        get
        {
            long mask = 0;
            foreach (var link in Links)
            {
                if (link.Options.StrictResponses) mask |= link.Mask;
            }

            return mask;
        }
    }

    /// <summary>Links that want a topic: by a mapping, or because it is one of Hono's.</summary>
    public long MaskFor(string topic, bool isHono)
    {
        if (isHono) return All;
        long mask = 0;
        foreach (var link in Links)
        {
            if (MappedTopic.Find(link.Options.Mappings, outbound: true, topic) is not null) mask |= link.Mask;
        }

        return mask;
    }

    /// <summary>Links without a twin whose <c>forwardTopicFilter</c> drops a payload.</summary>
    public long MaskOfFiltered(ReadOnlyMemory<byte> payload)
    {
        long mask = 0;
        DittoEnvelope? envelope = null;
        foreach (var link in Links)
        {
            if (link.Twin is not null || link.Options.ForwardTopicFilter is not { } filter) continue;
            envelope ??= DittoEnvelope.TryRead(payload);
            if (envelope is null) return 0;
            if (filter.IsMatch(envelope.Topic.Text)) mask |= link.Mask;
        }

        return mask;
    }

    /// <summary>Whether one of these links is connected.</summary>
    public bool IsAnyConnected(long mask)
    {
        foreach (var link in Links)
        {
            if ((link.Mask & mask) != 0 && link.Status.Connected) return true;
        }

        return false;
    }

    /// <summary>Topic Filters at the local broker: Hono's, and those of mappings that Hono's do not cover.</summary>
    public static IReadOnlyList<string> LocalFilters(IReadOnlyList<LinkOptions> links)
    {
        List<string> filters = ["event/#", "e/#", "telemetry/#", "t/#", "command/+/+/res/#", "c/+/+/s/#"];
        foreach (var mapping in links.SelectMany(static link => link.Mappings).Where(static mapping => mapping.Outbound))
        {
            bool covered = mapping.From.Split('/')[0] is "event" or "e" or "telemetry" or "t";
            if (!covered && !filters.Contains(mapping.From)) filters.Add(mapping.From);
        }

        return filters;
    }
}
