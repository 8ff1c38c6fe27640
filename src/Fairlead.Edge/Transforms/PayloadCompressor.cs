using System.IO.Compression;
using ZstdSharp;

namespace Fairlead.Edge.Transforms;

/// <summary>Compresses payloads, and only when that makes them smaller (spec 17.9).</summary>
internal static class PayloadCompressor
{
    private const int ZstdLevel = 3;

    /// <summary>Name of the user property that tells an MQTT 5 receiver, with <see cref="NameOf"/> as its value.</summary>
    public const string PropertyName = "content-encoding";

    /// <summary>Word for an encoding, also the last level of the topic where there are no properties.</summary>
    public static string NameOf(PayloadEncoding encoding) => encoding == PayloadEncoding.Gzip ? "gzip" : "zstd";

    /// <summary>Compresses.</summary>
    /// <param name="encoding">How.</param>
    /// <param name="payload">What.</param>
    /// <returns>Null when it would not be smaller.</returns>
    public static byte[]? TryCompress(PayloadEncoding encoding, ReadOnlyMemory<byte> payload)
    {
        var compressed = encoding switch
        {
            PayloadEncoding.Gzip => Gzip(payload.Span),
            PayloadEncoding.Zstd => Zstd(payload.Span),
            _ => null,
        };
        return compressed is not null && compressed.Length < payload.Length ? compressed : null;
    }

    private static byte[] Gzip(ReadOnlySpan<byte> payload)
    {
        using var target = new MemoryStream(payload.Length / 2);
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(payload);
        return target.ToArray();
    }

    private static byte[] Zstd(ReadOnlySpan<byte> payload)
    {
        using var compressor = new Compressor(ZstdLevel);
        return compressor.Wrap(payload).ToArray();
    }
}
