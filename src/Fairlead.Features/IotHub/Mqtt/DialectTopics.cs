using System.Buffers.Text;
using System.Text;
using Fairlead.Broker.Security;

namespace Fairlead.Features.IotHub.Mqtt;

/// <summary>What a topic of the dialect is for.</summary>
internal enum DialectTopic : byte
{
    /// <summary>None that the client may use.</summary>
    None,

    /// <summary><c>devices/{d}/messages/events/{bag}</c>.</summary>
    Telemetry,

    /// <summary><c>devices/{d}/messages/devicebound/...</c>.</summary>
    CloudToDevice,

    /// <summary><c>devices/{d}/modules/{m}/inputs/...</c>.</summary>
    Inputs,

    /// <summary><c>$iothub/methods/POST/...</c>.</summary>
    MethodCalls,

    /// <summary><c>$iothub/methods/res/{status}/?$rid={rid}</c>.</summary>
    MethodAnswer,

    /// <summary><c>$iothub/twin/res/...</c>.</summary>
    TwinAnswers,

    /// <summary><c>$iothub/twin/GET/?$rid={rid}</c>.</summary>
    TwinGet,

    /// <summary><c>$iothub/twin/PATCH/properties/reported/?$rid={rid}</c>.</summary>
    TwinReported,

    /// <summary><c>$iothub/twin/PATCH/properties/desired/...</c>.</summary>
    TwinDesired,
}

/// <summary>
/// The topics of the dialect (spec/azure-gateway 3.2), and which of them one client may use: exactly these. Nothing here allocates.
/// </summary>
internal static class DialectTopics
{
    /// <summary>Prefix of what is the hub's own.</summary>
    public const string Prefix = "$iothub/";

    /// <summary>What a client publishes to.</summary>
    /// <param name="principal">The client.</param>
    /// <param name="topic">Topic Name.</param>
    /// <param name="rest">What follows the fixed part: the bag, or the levels behind the prefix.</param>
    public static DialectTopic OfPublish(IotHubPrincipal principal, ReadOnlySpan<byte> topic, out ReadOnlySpan<byte> rest)
    {
        if (TryStrip(topic, principal.TopicBase, out rest) && TryStrip(rest, "/messages/events"u8, out rest))
        {
            // Without properties some clients leave the last slash out.
            if (rest.IsEmpty) return DialectTopic.Telemetry;
            if (rest[0] != (byte)'/') return DialectTopic.None;
            rest = rest[1..];
            return DialectTopic.Telemetry;
        }

        if (TryStrip(topic, "$iothub/methods/res/"u8, out rest)) return DialectTopic.MethodAnswer;
        if (TryStrip(topic, "$iothub/twin/GET/"u8, out rest)) return DialectTopic.TwinGet;
        return TryStrip(topic, "$iothub/twin/PATCH/properties/reported/"u8, out rest) ? DialectTopic.TwinReported : DialectTopic.None;
    }

    /// <summary>What a client receives, or subscribes to: the filters are these prefixes with <c>#</c>.</summary>
    /// <param name="principal">The client.</param>
    /// <param name="topic">Topic Name.</param>
    public static DialectTopic OfReceive(IotHubPrincipal principal, ReadOnlySpan<byte> topic)
    {
        if (topic.StartsWith("$iothub/methods/POST/"u8)) return DialectTopic.MethodCalls;
        if (topic.StartsWith("$iothub/twin/res/"u8)) return DialectTopic.TwinAnswers;
        if (topic.StartsWith("$iothub/twin/PATCH/properties/desired/"u8)) return DialectTopic.TwinDesired;
        if (!TryStrip(topic, principal.TopicBase, out var rest)) return DialectTopic.None;
        if (rest.StartsWith("/messages/devicebound/"u8)) return DialectTopic.CloudToDevice;
        return principal.Identity.ModuleId is not null && rest.StartsWith("/inputs/"u8) ? DialectTopic.Inputs : DialectTopic.None;
    }

    /// <summary>What a client subscribes to.</summary>
    public static DialectTopic OfFilter(IotHubPrincipal principal, ReadOnlySpan<byte> filter)
    {
        if (filter.Length < 2 || !filter.EndsWith("/#"u8)) return DialectTopic.None;
        var topic = filter[..^1];
        if (topic.ContainsAny((byte)'+', (byte)'#')) return DialectTopic.None;
        // C# subscribes to everything of a module at once.
        if (principal.Identity.ModuleId is not null && topic[..^1].SequenceEqual(principal.TopicBase)) return DialectTopic.Inputs;
        var kind = OfReceive(principal, topic);
        return IsWhole(topic) ? kind : DialectTopic.None;
    }

    /// <summary>Whether a client may do what it wants.</summary>
    public static bool Allows(IotHubPrincipal principal, AccessAction action, ReadOnlySpan<byte> resource) => action switch
    {
        AccessAction.Connect => Ascii.Equals(resource, principal.Id),
        AccessAction.Publish or AccessAction.RetainPublish => OfPublish(principal, resource, out _) != DialectTopic.None,
        AccessAction.Subscribe => OfFilter(principal, resource) != DialectTopic.None,
        _ => OfReceive(principal, resource) != DialectTopic.None,
    };

    /// <summary>Reads <c>?$rid={rid}[&amp;$version={n}]</c> as it stands behind the fixed part of a topic.</summary>
    /// <param name="query">The level.</param>
    /// <param name="requestId">What follows <c>$rid=</c> up to the next <c>&amp;</c>, as it came.</param>
    /// <param name="version">The version; null when there is none.</param>
    /// <returns>False without a request id, or with a version that is no number.</returns>
    public static bool TryReadQuery(ReadOnlySpan<byte> query, out ReadOnlySpan<byte> requestId, out long? version)
    {
        requestId = default;
        version = null;
        if (!TryStrip(query, "?"u8, out query)) return false;
        while (!query.IsEmpty)
        {
            var end = query.IndexOf((byte)'&');
            var pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            if (TryStrip(pair, "$rid="u8, out var id)) requestId = id;
            if (!TryStrip(pair, "$version="u8, out var number)) continue;
            if (!Utf8Parser.TryParse(number, out long parsed, out var used) || used != number.Length) return false;
            version = parsed;
        }

        return !requestId.IsEmpty;
    }

    private static bool IsWhole(ReadOnlySpan<byte> topic) =>
        topic.EndsWith("/POST/"u8) || topic.EndsWith("/res/"u8) || topic.EndsWith("/desired/"u8) || topic.EndsWith("/devicebound/"u8) || topic.EndsWith("/inputs/"u8);

    private static bool TryStrip(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> rest)
    {
        var fits = text.StartsWith(prefix);
        rest = fits ? text[prefix.Length..] : text;
        return fits;
    }
}
