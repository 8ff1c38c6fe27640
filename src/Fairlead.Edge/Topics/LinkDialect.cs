using Fairlead.Edge.Configuration;

namespace Fairlead.Edge.Topics;

/// <summary>The topics of one kind of remote endpoint: where local messages go, and what remote ones are for (spec section 18).</summary>
internal abstract class LinkDialect(LinkOptions link)
{
    /// <summary>Topic Filters for what the remote endpoint sends to applications.</summary>
    public abstract IReadOnlyList<string> Subscriptions { get; }

    /// <summary>The link.</summary>
    protected LinkOptions Link { get; } = link;

    /// <summary>The dialect of a link.</summary>
    public static LinkDialect For(LinkOptions link) => link.Kind switch
    {
        LinkKind.Azure => new AzureDialect(link),
        LinkKind.GenericMqtt => new TemplateDialect(link),
        _ => link.IsGenericStyle ? new GenericStyleDialect(link) : new HonoDialect(link),
    };

    /// <summary>Where a local message goes.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="sequence">Its number in the spool, for what must be the same when it is sent again.</param>
    public abstract RemotePublish ToRemote(in HonoTopic topic, long sequence);

    /// <summary>What a remote message is for local applications; null when it is not for this device.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="payload">Its payload.</param>
    public abstract LocalPublication? ToLocal(string topic, ReadOnlyMemory<byte> payload);

    /// <summary>Whether a device is this one or one below it (spec section 12).</summary>
    protected bool IsOwn(string device) =>
        device.Length == 0 || device == Link.DeviceId || (device.StartsWith(Link.DeviceId, StringComparison.Ordinal) && device[Link.DeviceId.Length] == ':');

    /// <summary>The bag as the link wants it.</summary>
    protected HonoTopic WithBag(in HonoTopic topic) => Link.StripsPropertyBag ? topic with { Bag = "" } : topic;

    /// <summary>A request in both its forms.</summary>
    protected static LocalPublication Both(in HonoTopic request) => new([request.Long, request.Short], request.RequestId);
}
