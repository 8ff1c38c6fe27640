using Fairlead.Edge.Configuration;

namespace Fairlead.Edge.Topics;

/// <summary>Suite-connector's generic form: the gateway is a segment of its own (spec section 18).</summary>
internal sealed class GenericStyleDialect(LinkOptions link) : LinkDialect(link)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Subscriptions { get; } = [$"command/{link.TenantId}/{link.DeviceId}/+/req/#"];

    /// <inheritdoc/>
    public override RemotePublish ToRemote(in HonoTopic topic, long sequence)
    {
        var named = WithBag(topic).Fill(Link.TenantId, Link.DeviceId);
        string device = named.Device == Link.DeviceId ? "" : IsOwn(named.Device) ? named.Device[(Link.DeviceId.Length + 1)..] : named.Device;
        string kind = named.Kind switch { HonoKind.Telemetry => "telemetry", HonoKind.Event => "event", _ => "command" };
        string word = named.Kind == HonoKind.Response ? "/res" : "";
        string path = device.Length == 0 && word.Length == 0 && named.Rest.Length == 0 ? "" : $"/{device}";
        return new RemotePublish($"{kind}/{named.Tenant}/{Link.DeviceId}{path}{word}{named.Rest}{named.Bag}", PropertyBag.Find(topic.Bag, "content-type"));
    }

    /// <inheritdoc/>
    public override LocalPublication? ToLocal(string topic, ReadOnlyMemory<byte> payload)
    {
        string prefix = $"command/{Link.TenantId}/{Link.DeviceId}/";
        if (!topic.StartsWith(prefix, StringComparison.Ordinal)) return null;
        string rest = topic[prefix.Length..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !rest.AsSpan(slash).StartsWith("/req")) return null;
        string device = slash == 0 ? "" : $"{Link.DeviceId}:{rest[..slash]}";
        return HonoTopic.TryParse($"command//{device}{rest[slash..]}") is { Kind: HonoKind.Request } request ? Both(request) : null;
    }
}
