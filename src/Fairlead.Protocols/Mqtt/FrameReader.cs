using System.Buffers;
using Fairlead.Protocols.Mqtt.Reading;

namespace Fairlead.Protocols.Mqtt;

/// <summary>Finds where a packet ends: reads and judges its fixed header (MQTT 5, section 2.1).</summary>
public static class FrameReader
{
    private const int LongestHeader = 5;

    /// <summary>Reads the fixed header at the start of <paramref name="source"/>.</summary>
    /// <param name="source">Bytes from the network.</param>
    /// <param name="maximumPacketSize">Largest packet accepted, in bytes.</param>
    /// <param name="header">The header; on Incomplete set as soon as the length is known.</param>
    /// <param name="error">Why, when Failed.</param>
    /// <returns>Complete only when the whole packet lies in the source.</returns>
    public static DecodeStatus TryRead(ReadOnlySpan<byte> source, int maximumPacketSize, out FrameHeader header, out DecodeError error)
    {
        header = default;
        error = DecodeError.None;
        if (source.IsEmpty)
            return DecodeStatus.Incomplete;
        byte first = source[0];
        if (!HasLegalFlags(first))
        {
            error = IllegalFirstByte(first);
            return DecodeStatus.Failed;
        }

        switch (VariableByteInteger.TryRead(source[1..], out int bodyLength, out int lengthBytes))
        {
            case DecodeStatus.Incomplete:
                return DecodeStatus.Incomplete;
            case DecodeStatus.Failed:
                error = Failure.Malformed("Remaining Length is longer than four bytes.");
                return DecodeStatus.Failed;
        }

        header = new FrameHeader(first, 1 + lengthBytes, bodyLength);
        if (header.TotalLength > maximumPacketSize)
        {
            error = Failure.Other(
                ReasonCode.PacketTooLarge, $"A packet of {header.TotalLength} bytes exceeds the limit of {maximumPacketSize} bytes.");
            return DecodeStatus.Failed;
        }

        if (bodyLength != 0 && header.Type is PacketType.PingReq or PacketType.PingResp)
        {
            error = Failure.Malformed($"{PacketNames.Get(header.Type)} has a Remaining Length of {bodyLength} instead of 0.");
            return DecodeStatus.Failed;
        }

        return source.Length >= header.TotalLength ? DecodeStatus.Complete : DecodeStatus.Incomplete;
    }

    /// <summary>Reads the fixed header at the start of a segmented <paramref name="source"/>.</summary>
    /// <param name="source">Bytes from the network.</param>
    /// <param name="maximumPacketSize">Largest packet accepted, in bytes.</param>
    /// <param name="header">The header; on Incomplete set as soon as the length is known.</param>
    /// <param name="error">Why, when Failed.</param>
    /// <returns>Complete only when the whole packet lies in the source.</returns>
    public static DecodeStatus TryRead(
        in ReadOnlySequence<byte> source, int maximumPacketSize, out FrameHeader header, out DecodeError error)
    {
        // Nearly always the header, and mostly the packet, lies in the first segment.
        DecodeStatus status = TryRead(source.FirstSpan, maximumPacketSize, out header, out error);
        if (status != DecodeStatus.Incomplete || source.IsSingleSegment)
            return status;

        if (header.HeaderLength == 0)
        {
            Span<byte> start = stackalloc byte[LongestHeader];
            int length = (int)Math.Min(source.Length, LongestHeader);
            source.Slice(0, length).CopyTo(start);
            status = TryRead(start[..length], maximumPacketSize, out header, out error);
        }

        bool isWhole = status == DecodeStatus.Incomplete && header.HeaderLength != 0 && source.Length >= header.TotalLength;
        return isWhole ? DecodeStatus.Complete : status;
    }

    // PUBLISH: judged by PublishView. PUBREL, SUBSCRIBE and UNSUBSCRIBE: MQTT 3.1 sets DUP (bit 3) on repetition; the body's reader,
    // which knows the version, refuses it elsewhere.
    private static bool HasLegalFlags(byte first) => (PacketType)(first >> 4) switch
    {
        PacketType.Reserved => false,
        PacketType.Publish => true,
        PacketType.PubRel or PacketType.Subscribe or PacketType.Unsubscribe => (first & 0x07) == 0x02,
        _ => (first & 0x0F) == 0,
    };

    private static DecodeError IllegalFirstByte(byte first)
    {
        var type = (PacketType)(first >> 4);
        return type == PacketType.Reserved
            ? Failure.Malformed("Packet type 0 is reserved.")
            : Frames.IllegalFlags(type, (byte)(first & 0x0F));
    }
}
