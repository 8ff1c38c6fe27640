using Fairlead.Broker.Extensions;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Routing;

/// <summary>
/// The wire forms of one publication, each encoded at most once however many subscribers there are: by version, QoS and RETAIN flag.
/// Belongs to one thread. The Packet Identifier is put in by each connection's output.
/// </summary>
internal sealed class SharedEncoding
{
    private const int LargestKept = 1024 * 1024;
    private readonly Form[] _forms = new Form[12];
    private int _valid;

    /// <summary>Starts a new publication.</summary>
    public void Begin() => _valid = 0;

    /// <summary>Lets go of large buffers after a publication.</summary>
    public void End()
    {
        if (_valid == 0) return;
        foreach (ref var form in _forms.AsSpan())
            if (form.Bytes is { Length: > LargestKept }) form.Bytes = null;
    }

    /// <summary>The packet for subscribers of one kind.</summary>
    /// <param name="publication">The publication.</param>
    /// <param name="version">The subscribers' version.</param>
    /// <param name="qos">QoS of the delivery.</param>
    /// <param name="retain">RETAIN flag of the delivery.</param>
    /// <param name="packetIdOffset">Where the Packet Identifier goes; -1 for QoS 0.</param>
    public ReadOnlySpan<byte> Get(
        in Publication publication, ProtocolVersion version, QualityOfService qos, bool retain, out int packetIdOffset)
    {
        // A client's packet whose every byte stays the same is not encoded again.
        if (publication.Frame.Length != 0 && qos == publication.QoS && !retain && SameForm(publication.FrameVersion, version))
        {
            packetIdOffset = qos == QualityOfService.AtMostOnce ? -1 : FramePacketIdOffset(publication);
            return publication.Frame;
        }

        int index = (version == ProtocolVersion.V5 ? 6 : 0) + ((int)qos * 2) + (retain ? 1 : 0);
        ref var form = ref _forms[index];
        if ((_valid & (1 << index)) == 0)
        {
            Encode(ref form, publication, version, qos, retain);
            _valid |= 1 << index;
        }

        packetIdOffset = form.PacketIdOffset;
        return form.Bytes.AsSpan(0, form.Length);
    }

    private static bool SameForm(ProtocolVersion a, ProtocolVersion b) => a == ProtocolVersion.V5 == (b == ProtocolVersion.V5);

    private static int FramePacketIdOffset(in Publication publication)
    {
        // Fixed header: one byte and a Remaining Length of one byte for each seven bits; then the topic with its two length bytes.
        int lengthBytes = 1;
        while ((publication.Frame[lengthBytes] & 0x80) != 0) lengthBytes++;
        return 1 + lengthBytes + 2 + publication.Topic.Length;
    }

    private static void Encode(
        ref Form form, in Publication publication, ProtocolVersion version, QualityOfService qos, bool retain)
    {
        int length = PublishWriter.GetLength(
            version, publication.Topic.Length, publication.Properties.Length, publication.Payload.Length, qos, publication.HasExpiry, [], 0);
        if (form.Bytes is null || form.Bytes.Length < length)
            form.Bytes = GC.AllocateUninitializedArray<byte>((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, 256)));
        form.Length = PublishWriter.Write(
            form.Bytes, version, publication.Topic, publication.Properties, publication.Payload, qos, retain, false, 0,
            publication.HasExpiry, publication.ExpiryInterval, [], 0, out form.PacketIdOffset);
    }

    private struct Form
    {
        public byte[]? Bytes;
        public int Length;
        public int PacketIdOffset;
    }
}
