using System.Security.Cryptography;

namespace Fairlead.Features.Certificates;

/// <summary>Takes the one block out of a text in PEM form (RFC 7468). Text around the block is explanation and ignored.</summary>
internal static class PemText
{
    /// <summary>Reads.</summary>
    /// <param name="text">The text as a caller sent it.</param>
    /// <param name="what">What is expected, in words for the refusal.</param>
    /// <param name="labels">Labels that it may have.</param>
    /// <param name="der">Content of the block.</param>
    /// <returns>Null; otherwise what is wrong, one sentence.</returns>
    public static string? TryReadOne(string text, string what, ReadOnlySpan<string> labels, out byte[] der)
    {
        der = [];
        if (!PemEncoding.TryFind(text, out var block)) return $"the text is no {what} in PEM form";
        var label = text.AsSpan()[block.Label];
        var known = false;
        foreach (var expected in labels) known |= label.SequenceEqual(expected);
        if (!known)
        {
            return label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)
                ? $"the text holds a private key where a {what} belongs; keep that key to the device"
                : $"the text holds a PEM block '{label}' where a {what} belongs";
        }

        if (PemEncoding.TryFind(text.AsSpan()[block.Location.End..], out _)) return $"the text holds more than one PEM block where one {what} belongs";
        der = new byte[block.DecodedDataLength];
        return Convert.TryFromBase64Chars(text.AsSpan()[block.Base64Data], der, out var length) && length == der.Length
            ? null
            : $"the {what} is no Base64";
    }

    /// <summary>Writes a certificate.</summary>
    public static string Certificate(byte[] der) => PemEncoding.WriteString("CERTIFICATE", der) + "\n";
}
