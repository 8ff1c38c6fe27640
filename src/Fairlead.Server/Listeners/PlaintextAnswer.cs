using System.Buffers;
using System.Text;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Server.Listeners;

/// <summary>What to tell a peer that speaks in the clear on a TLS port, in its own protocol.</summary>
internal static class PlaintextAnswer
{
    private const int SmallestConnect = 14;

    /// <summary>The answer; empty where the protocol has none.</summary>
    /// <param name="opening">What its first bytes look like.</param>
    /// <param name="bytes">Its first bytes.</param>
    /// <param name="listener">Where it came in.</param>
    public static ReadOnlyMemory<byte> For(Opening opening, in ReadOnlySequence<byte> bytes, string listener) => opening switch
    {
        Opening.Http => Http($"{listener} speaks TLS. Use https:// or wss://.\n"),
        Opening.Mqtt when IsVersion5(bytes) => ConnAck($"{listener} speaks TLS"),
        _ => default,
    };

    /// <summary>A 400 with one sentence.</summary>
    public static ReadOnlyMemory<byte> Http(string sentence) => Encoding.UTF8.GetBytes(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n" +
        $"Content-Length: {Encoding.UTF8.GetByteCount(sentence)}\r\n\r\n{sentence}");

    // Version 3 has no code that says this, so there the closing must do.
    private static bool IsVersion5(in ReadOnlySequence<byte> bytes)
    {
        if (bytes.Length < SmallestConnect) return false;
        Span<byte> start = stackalloc byte[SmallestConnect];
        bytes.Slice(0, SmallestConnect).CopyTo(start);
        // The length of the packet takes one to four bytes; the protocol name follows.
        var name = start[1..].IndexOf("\0\x04MQTT\x05"u8);
        return start[0] == 0x10 && name is >= 1 and <= 4;
    }

    private static ReadOnlyMemory<byte> ConnAck(string reason)
    {
        var output = new ArrayBufferWriter<byte>(128);
        PacketWriter.Write(output, ProtocolVersion.V5, new ConnAckPacket { ReasonCode = ReasonCode.ImplementationSpecificError, ReasonString = reason });
        return output.WrittenMemory;
    }
}
