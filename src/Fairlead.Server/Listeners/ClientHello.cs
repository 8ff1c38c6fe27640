using System.Buffers;
using System.Buffers.Binary;

namespace Fairlead.Server.Listeners;

/// <summary>How far reading of a ClientHello has come.</summary>
internal enum HelloStatus
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>Read.</summary>
    Complete,

    /// <summary>Not a ClientHello.</summary>
    Other,
}

/// <summary>
/// Reads from a TLS ClientHello (RFC 8446, section 4.1.2) which protocols it offers by ALPN (RFC 7301). The platform tells that only
/// after the handshake, which is too late to decide whether to ask for a certificate.
/// </summary>
internal static class ClientHello
{
    private const int RecordHeader = 5;
    private const int LongestRecord = 16 * 1024;
    private const byte HandshakeRecord = 22;
    private const byte ClientHelloType = 1;
    private const ushort AlpnExtension = 16;

    /// <summary>Reads.</summary>
    /// <param name="bytes">First bytes of the connection.</param>
    /// <param name="known">Protocols that matter, best first.</param>
    /// <param name="offersAlpn">Whether the client offers anything by ALPN.</param>
    /// <param name="protocol">The best of <paramref name="known"/> that the client offers; null for none.</param>
    public static HelloStatus TryRead(
        in ReadOnlySequence<byte> bytes, ReadOnlySpan<string> known, out bool offersAlpn, out string? protocol)
    {
        offersAlpn = false;
        protocol = null;
        if (OpeningBytes.Classify(bytes) is not Opening.Tls) return HelloStatus.Other;
        if (bytes.Length < RecordHeader) return HelloStatus.Incomplete;

        Span<byte> header = stackalloc byte[RecordHeader];
        bytes.Slice(0, RecordHeader).CopyTo(header);
        int length = BinaryPrimitives.ReadUInt16BigEndian(header[3..]);
        if (header[0] != HandshakeRecord || length > LongestRecord) return HelloStatus.Other;
        if (bytes.Length < RecordHeader + length) return HelloStatus.Incomplete;

        var record = bytes.Slice(RecordHeader, length);
        if (record.IsSingleSegment)
        {
            offersAlpn = ReadAlpn(record.FirstSpan, known, out protocol);
        }
        else
        {
            var copy = ArrayPool<byte>.Shared.Rent(length);
            record.CopyTo(copy);
            offersAlpn = ReadAlpn(copy.AsSpan(0, length), known, out protocol);
            ArrayPool<byte>.Shared.Return(copy);
        }

        return HelloStatus.Complete;
    }

    // A hello that does not parse, or that is spread over several records, offers nothing as far as we are concerned: the handshake
    // itself is left to the TLS library, which judges it.
    private static bool ReadAlpn(ReadOnlySpan<byte> body, ReadOnlySpan<string> known, out string? protocol)
    {
        protocol = null;
        const int FixedPart = 4 + 2 + 32;
        if (body.Length < FixedPart || body[0] != ClientHelloType) return false;
        body = body[FixedPart..];
        if (!TrySkip(ref body, lengthBytes: 1) || !TrySkip(ref body, lengthBytes: 2) || !TrySkip(ref body, lengthBytes: 1)) return false;
        if (!TryTake(ref body, lengthBytes: 2, out var extensions)) return false;
        while (extensions.Length >= 4)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(extensions);
            extensions = extensions[2..];
            if (!TryTake(ref extensions, lengthBytes: 2, out var extension)) return false;
            if (type != AlpnExtension) continue;
            return TryTake(ref extension, lengthBytes: 2, out var names) && Choose(names, known, out protocol);
        }

        return false;
    }

    private static bool Choose(ReadOnlySpan<byte> names, ReadOnlySpan<string> known, out string? protocol)
    {
        protocol = null;
        var best = known.Length;
        var any = false;
        while (TryTake(ref names, lengthBytes: 1, out var name))
        {
            any = true;
            for (var i = 0; i < best; i++)
            {
                if (!System.Text.Ascii.Equals(name, known[i])) continue;
                best = i;
                protocol = known[i];
            }
        }

        return any;
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> bytes, int lengthBytes) => TryTake(ref bytes, lengthBytes, out _);

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, int lengthBytes, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (bytes.Length < lengthBytes) return false;
        int length = lengthBytes == 1 ? bytes[0] : BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (bytes.Length < lengthBytes + length) return false;
        taken = bytes.Slice(lengthBytes, length);
        bytes = bytes[(lengthBytes + length)..];
        return true;
    }
}
