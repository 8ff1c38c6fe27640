using Fairlead.Edge.Configuration;

namespace Fairlead.Edge.Topics;

/// <summary>Any MQTT server: topics by templates with <c>{kind}</c>, <c>{tenant}</c>, <c>{device}</c> and <c>{rest}</c> (spec section 18).</summary>
internal sealed class TemplateDialect(LinkOptions link) : LinkDialect(link)
{
    private readonly string[] _command = link.CommandTemplate.Split('/');

    /// <inheritdoc/>
    public override IReadOnlyList<string> Subscriptions { get; } = [ToFilter(link)];

    /// <inheritdoc/>
    public override RemotePublish ToRemote(in HonoTopic topic, long sequence)
    {
        var named = topic.Fill(Link.TenantId, Link.DeviceId);
        bool answer = named.Kind == HonoKind.Response;
        string text = (answer ? Link.CommandTemplate : Link.TopicTemplate)
            .Replace("{kind}", answer ? "command" : named.Kind == HonoKind.Event ? "event" : "telemetry", StringComparison.Ordinal)
            .Replace("{tenant}", named.Tenant, StringComparison.Ordinal)
            .Replace("{device}", named.Device, StringComparison.Ordinal)
            .Replace("{rest}", (answer ? "res" + named.Rest : named.Rest.TrimStart('/')), StringComparison.Ordinal);
        if (named.Rest.Length == 0 && text.EndsWith('/')) text = text[..^1];
        return new RemotePublish(text + WithBag(named).Bag, PropertyBag.Find(topic.Bag, "content-type"));
    }

    /// <inheritdoc/>
    public override LocalPublication? ToLocal(string topic, ReadOnlyMemory<byte> payload)
    {
        string[] levels = topic.Split('/');
        string device = "";
        for (int i = 0; i < _command.Length; i++)
        {
            if (_command[i] == "{rest}")
            {
                return i < levels.Length && IsOwn(device)
                    && HonoTopic.TryParse($"command//{device}/{string.Join('/', levels[i..])}") is { Kind: HonoKind.Request } request
                    ? Both(request)
                    : null;
            }

            if (i >= levels.Length) return null;
            if (_command[i] == "{device}") device = levels[i];
            else if (Expand(_command[i], Link) != levels[i]) return null;
        }

        return null;
    }

    private static string ToFilter(LinkOptions link) => string.Join(
        '/',
        link.CommandTemplate.Split('/').Select(level => level switch
        {
            "{rest}" => "#",
            "{device}" => "+",
            _ => Expand(level, link),
        }));

    private static string Expand(string level, LinkOptions link) =>
        level.Replace("{kind}", "command", StringComparison.Ordinal).Replace("{tenant}", link.TenantId, StringComparison.Ordinal);
}
