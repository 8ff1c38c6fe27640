using System.Buffers;

namespace Fairlead.Server.Listeners;

/// <summary>What the first bytes of a connection look like.</summary>
internal enum Opening
{
    /// <summary>The peer left without a byte.</summary>
    Nothing,

    /// <summary>An MQTT CONNECT, or something that only the broker can judge.</summary>
    Mqtt,

    /// <summary>A TLS ClientHello.</summary>
    Tls,

    /// <summary>An HTTP request line.</summary>
    Http,

    /// <summary>A protocol header of AMQP.</summary>
    Amqp,
}

/// <summary>Tells protocols apart by their first two bytes.</summary>
internal static class OpeningBytes
{
    private const byte TlsHandshakeRecord = 0x16;
    private const byte TlsMajorVersion = 0x03;

    /// <summary>Judges. One byte may be all there is: what is not clearly something else is left to the broker.</summary>
    public static Opening Classify(in ReadOnlySequence<byte> bytes)
    {
        Span<byte> first = stackalloc byte[2];
        var length = (int)Math.Min(bytes.Length, 2);
        bytes.Slice(0, length).CopyTo(first);
        return Classify(first[..length]);
    }

    /// <summary>Judges.</summary>
    public static Opening Classify(ReadOnlySpan<byte> first)
    {
        if (first.IsEmpty) return Opening.Nothing;
        if (first[0] == TlsHandshakeRecord && (first.Length == 1 || first[1] == TlsMajorVersion)) return Opening.Tls;
        // No method of HTTP begins so, and a PUBACK (0x41) comes first in no MQTT: one letter is enough.
        if (first[0] == (byte)'A' && (first.Length == 1 || first[1] == (byte)'M')) return Opening.Amqp;
        // PUBREC (0x50) is a 'P' too: only the second letter makes it a request.
        return first.Length > 1 && char.IsAsciiLetterUpper((char)first[0]) && char.IsAsciiLetterUpper((char)first[1]) ? Opening.Http : Opening.Mqtt;
    }
}
