using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Edge.Twin.Shadows;

/// <summary>Names of named shadows (spec/kanto-edge, section 13.9): fit ones stay as they are, others are escaped, long ones end in a digest.</summary>
internal static class ShadowNames
{
    private const int Longest = 64;
    private const int KeptOfLong = 51;
    private const int DigestDigits = 12;

    private static readonly SearchValues<byte> Fit = SearchValues.Create("0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-"u8);

    /// <summary>The shadow name of a raw name.</summary>
    public static string Encode(string raw)
    {
        string name = Escape(raw);
        return name.Length <= Longest ? name : Shorten(name, raw);
    }

    /// <summary>The shadow name of an address whose usual one is taken by another.</summary>
    public static string EncodeTagged(ShadowAddress address) => Shorten(Escape(address.RawName), address.TaggedName);

    /// <summary>The raw name that a name was made of; the name itself where that cannot be told.</summary>
    public static string Decode(string name)
    {
        if (!name.Contains('$', StringComparison.Ordinal)) return name;
        string text = name.StartsWith("_$", StringComparison.Ordinal) ? name[1..] : name;
        var bytes = new List<byte>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '$')
            {
                bytes.Add((byte)text[i]);
                continue;
            }

            if (i + 2 >= text.Length || !byte.TryParse(text.AsSpan(i + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out byte value)) return name;
            bytes.Add(value);
            i += 2;
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static string Escape(string raw)
    {
        var bytes = Encoding.UTF8.GetBytes(raw);
        if (bytes.AsSpan().IndexOfAnyExcept(Fit) < 0) return raw;
        var name = new StringBuilder(bytes.Length + 8);
        foreach (byte value in bytes)
        {
            if (Fit.Contains(value)) name.Append((char)value);
            else name.Append('$').Append(Convert.ToHexString([value]));
        }

        if (name[0] == '$') name.Insert(0, '_');
        return name.ToString();
    }

    private static string Shorten(string name, string digested)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(digested)))[..DigestDigits];
        return $"{name.AsSpan(0, Math.Min(name.Length, KeptOfLong))}-{digest}";
    }
}
