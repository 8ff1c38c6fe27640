namespace Fairlead.Features.Rules.Sql.Functions.Hashes;

/// <summary>The message digest MD2 (RFC 1319), which the platform does not have. For the SQL function of that name and nothing else.</summary>
internal static class Md2
{
    private const int Block = 16;
    private const int Rounds = 18;

    private static readonly byte[] Substitution = MakeSubstitution();

    /// <summary>The digest of 16 bytes.</summary>
    public static byte[] HashData(ReadOnlySpan<byte> data)
    {
        int padding = Block - (data.Length % Block);
        byte[] padded = new byte[data.Length + padding + Block];
        data.CopyTo(padded);
        padded.AsSpan(data.Length, padding).Fill((byte)padding);
        var checksum = padded.AsSpan(data.Length + padding);
        WriteChecksum(padded.AsSpan(0, data.Length + padding), checksum);

        Span<byte> state = stackalloc byte[Block * 3];
        state.Clear();
        for (int at = 0; at < padded.Length; at += Block) Compress(state, padded.AsSpan(at, Block));
        return state[..Block].ToArray();
    }

    private static void WriteChecksum(ReadOnlySpan<byte> padded, Span<byte> checksum)
    {
        byte last = 0;
        for (int i = 0; i < padded.Length; i++) last = checksum[i % Block] ^= Substitution[padded[i] ^ last];
    }

    private static void Compress(Span<byte> state, ReadOnlySpan<byte> block)
    {
        for (int i = 0; i < Block; i++)
        {
            state[Block + i] = block[i];
            state[(2 * Block) + i] = (byte)(block[i] ^ state[i]);
        }

        int t = 0;
        for (int round = 0; round < Rounds; round++)
        {
            for (int k = 0; k < state.Length; k++) t = state[k] ^= Substitution[t];
            t = (t + round) & 0xFF;
        }
    }

    /// <summary>The numbers from 0 to 255, shuffled with the digits of pi.</summary>
    private static byte[] MakeSubstitution()
    {
        byte[] table = new byte[256];
        for (int i = 0; i < table.Length; i++) table[i] = (byte)i;
        var digits = PiDigits(800).GetEnumerator();
        for (int i = 2; i <= table.Length; i++)
        {
            int other = Draw(i, digits);
            (table[other], table[i - 1]) = (table[i - 1], table[other]);
        }

        return table;
    }

    private static int Draw(int below, IEnumerator<int> digits)
    {
        while (true)
        {
            int x = Next(digits);
            int range = 10;
            while (range < below)
            {
                x = (x * 10) + Next(digits);
                range *= 10;
            }

            if (x < below * (range / below)) return x % below;
        }
    }

    private static int Next(IEnumerator<int> digits)
    {
        digits.MoveNext();
        return digits.Current;
    }

    /// <summary>Digits of pi, by Machin's formula with ten digits to spare.</summary>
    private static IEnumerable<int> PiDigits(int count)
    {
        var unit = System.Numerics.BigInteger.Pow(10, count + 10);
        var pi = 4 * ((4 * ArcCotangent(5, unit)) - ArcCotangent(239, unit));
        foreach (char digit in pi.ToString()[..count]) yield return digit - '0';
    }

    private static System.Numerics.BigInteger ArcCotangent(int x, System.Numerics.BigInteger unit)
    {
        var power = unit / x;
        var sum = power;
        for (int n = 3; !power.IsZero; n += 2)
        {
            power = -power / (x * x);
            sum += power / n;
        }

        return sum;
    }
}
