using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Edge.Configuration;
using Fairlead.Edge.Ditto;

namespace Fairlead.Edge.Topics;

/// <summary>Azure IoT Hub: one topic each way, everything else in its properties (spec section 18).</summary>
internal sealed class AzureDialect(LinkOptions link) : LinkDialect(link)
{
    private readonly string _prefix = $"devices/{link.ClientId}/messages/devicebound/";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Subscriptions { get; } = [$"devices/{link.ClientId}/messages/devicebound/#"];

    /// <inheritdoc/>
    public override RemotePublish ToRemote(in HonoTopic topic, long sequence)
    {
        string local = topic.Kind == HonoKind.Response ? topic.Long : topic.Fill(Link.TenantId, Link.DeviceId).Long;
        string properties = $"$.ct=application%2Fjson&$.ce=utf-8&$.mid={MessageId(sequence)}&topic={Uri.EscapeDataString(local)}";
        return new RemotePublish($"devices/{Link.ClientId}/messages/events/{properties}");
    }

    /// <inheritdoc/>
    public override LocalPublication? ToLocal(string topic, ReadOnlyMemory<byte> payload)
    {
        if (!topic.StartsWith(_prefix, StringComparison.Ordinal) || DittoEnvelope.TryRead(payload) is not { } envelope) return null;
        string device = envelope.Topic.ThingId;
        if (!IsOwn(device)) return null;
        string name = envelope.Topic.Action.Length > 0 ? envelope.Topic.Action : envelope.Topic.Criterion;
        return Both(new HonoTopic(HonoKind.Request, "", device, $"/{Segment(envelope.CorrelationId)}/{name}", ""));
    }

    // The same when the message is sent again, so that the hub's receivers can tell.
    private Guid MessageId(long sequence)
    {
        Span<byte> hash = stackalloc byte[32];
        var name = Encoding.UTF8.GetBytes($"{Link.DeviceId} ");
        var input = new byte[name.Length + sizeof(long)];
        name.CopyTo(input.AsSpan());
        BinaryPrimitives.WriteInt64BigEndian(input.AsSpan(name.Length), sequence);
        SHA256.HashData(input, hash);
        return new Guid(hash[..16]);
    }

    private static string Segment(string? text) => text is null || text.AsSpan().ContainsAny('/', '+', '#') ? "" : text;
}
