using Fairlead.Edge.Configuration;

namespace Fairlead.Edge.Topics;

/// <summary>The topics of Hono, which Kanto uses towards AWS too (spec section 6).</summary>
internal sealed class HonoDialect(LinkOptions link) : LinkDialect(link)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Subscriptions { get; } =
        link.AllCommandForms ? ["command/+/+/req/#", "c/+/+/q/#"] : ["command//+/req/#", "c//+/q/#"];

    /// <inheritdoc/>
    public override RemotePublish ToRemote(in HonoTopic topic, long sequence)
    {
        string? contentType = PropertyBag.Find(topic.Bag, "content-type");
        var named = WithBag(topic);
        // An answer keeps its empty segments (spec section 6.2).
        return new RemotePublish(named.Kind == HonoKind.Response ? named.Long : named.Fill(Link.TenantId, Link.DeviceId).Long, contentType);
    }

    /// <inheritdoc/>
    public override LocalPublication? ToLocal(string topic, ReadOnlyMemory<byte> payload) =>
        HonoTopic.TryParse(topic) is { Kind: HonoKind.Request } request && IsOwn(request.Device) ? Both(request) : null;
}
