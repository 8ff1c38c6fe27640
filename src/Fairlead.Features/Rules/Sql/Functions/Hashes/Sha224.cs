using System.Buffers.Binary;
using System.Numerics;

namespace Fairlead.Features.Rules.Sql.Functions.Hashes;

/// <summary>SHA-224 (FIPS 180-4), which the platform does not have: SHA-256 from other initial words, without the last word.</summary>
internal static class Sha224
{
    private const int Block = 64;

    private static readonly uint[] Initial = [0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4];

    /// <summary>The first 32 bits behind the point of the cube roots of the first 64 primes.</summary>
    private static readonly uint[] Constants = MakeConstants();

    /// <summary>The digest of 28 bytes.</summary>
    public static byte[] HashData(ReadOnlySpan<byte> data)
    {
        uint[] hash = [.. Initial];
        int whole = data.Length / Block * Block;
        for (int at = 0; at < whole; at += Block) Compress(hash, data.Slice(at, Block));

        Span<byte> end = stackalloc byte[Block * 2];
        end.Clear();
        var rest = data[whole..];
        rest.CopyTo(end);
        end[rest.Length] = 0x80;
        end = end[..(rest.Length < Block - 8 ? Block : Block * 2)];
        BinaryPrimitives.WriteUInt64BigEndian(end[^8..], (ulong)data.Length * 8);
        for (int at = 0; at < end.Length; at += Block) Compress(hash, end.Slice(at, Block));

        byte[] digest = new byte[28];
        for (int i = 0; i < 7; i++) BinaryPrimitives.WriteUInt32BigEndian(digest.AsSpan(i * 4), hash[i]);
        return digest;
    }

    private static void Compress(uint[] hash, ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[64];
        for (int i = 0; i < 16; i++) words[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * 4)..]);
        for (int i = 16; i < 64; i++)
        {
            uint s0 = BitOperations.RotateRight(words[i - 15], 7) ^ BitOperations.RotateRight(words[i - 15], 18) ^ (words[i - 15] >> 3);
            uint s1 = BitOperations.RotateRight(words[i - 2], 17) ^ BitOperations.RotateRight(words[i - 2], 19) ^ (words[i - 2] >> 10);
            words[i] = words[i - 16] + s0 + words[i - 7] + s1;
        }

        var (a, b, c, d, e, f, g, h) = (hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]);
        for (int i = 0; i < 64; i++)
        {
            uint s1 = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
            uint t1 = h + s1 + ((e & f) ^ (~e & g)) + Constants[i] + words[i];
            uint s0 = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
            uint t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
        }

        hash[0] += a;
        hash[1] += b;
        hash[2] += c;
        hash[3] += d;
        hash[4] += e;
        hash[5] += f;
        hash[6] += g;
        hash[7] += h;
    }

    private static uint[] MakeConstants()
    {
        uint[] constants = new uint[64];
        int prime = 2;
        for (int i = 0; i < constants.Length; prime++)
        {
            if (!IsPrime(prime)) continue;
            constants[i++] = (uint)(CubeRoot((BigInteger)prime << 96) & uint.MaxValue);
        }

        return constants;
    }

    private static bool IsPrime(int number)
    {
        for (int divisor = 2; divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0) return false;
        }

        return true;
    }

    private static BigInteger CubeRoot(BigInteger value)
    {
        var low = BigInteger.Zero;
        var high = BigInteger.One << 40;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (middle * middle * middle <= value) low = middle;
            else high = middle;
        }

        return low;
    }
}
