using System.Security.Cryptography;
using System.Text;
using Fairlead.Features.Rules.Sql.Functions.Hashes;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Functions;

/// <summary>Digests of the UTF-8 bytes of a text, as lower-case hexadecimal digits (section 5.2).</summary>
internal static class HashFunctions
{
    /// <summary>The functions.</summary>
    public static IEnumerable<SqlFunction> All =>
    [
        Of("md2", Md2.HashData), Of("md5", Md5), Of("sha1", Sha1), Of("sha224", Sha224.HashData), Of("sha256", SHA256.HashData), Of("sha384", SHA384.HashData),
        Of("sha512", SHA512.HashData),
    ];

    private delegate byte[] Digest(ReadOnlySpan<byte> data);

    private static SqlFunction Of(string name, Digest digest) => new(name, SqlVersion.V2015, 1, 1, (frame, arguments) =>
    {
        if (!frame.TrySpend(arguments[0].Weight) || SqlConversion.ToText(arguments[0]) is not { } text) return default;
        return SqlValue.OfText(Convert.ToHexStringLower(digest(Encoding.UTF8.GetBytes(text))));
    });

    // The language has these two; what a rule uses them for is its author's business.
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "A function of the language.")]
    private static byte[] Md5(ReadOnlySpan<byte> data) => MD5.HashData(data);

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "A function of the language.")]
    private static byte[] Sha1(ReadOnlySpan<byte> data) => SHA1.HashData(data);
}
