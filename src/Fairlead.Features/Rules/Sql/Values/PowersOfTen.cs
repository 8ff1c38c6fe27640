using System.Numerics;

namespace Fairlead.Features.Rules.Sql.Values;

/// <summary>Powers of ten and lengths of numbers.</summary>
internal static class PowersOfTen
{
    private static readonly Int128[] Small = Enumerable.Range(0, 39).Select(static i => (Int128)BigInteger.Pow(10, i)).ToArray();
    private static readonly BigInteger[] Large = Enumerable.Range(0, 128).Select(static i => BigInteger.Pow(10, i)).ToArray();

    /// <summary>10 to the power of 0 to 38.</summary>
    public static Int128 Of(int power) => Small[power];

    /// <summary>10 to any power.</summary>
    public static BigInteger Big(int power) => power < Large.Length ? Large[power] : BigInteger.Pow(10, power);

    /// <summary>Decimal digits of a number; 1 for 0.</summary>
    public static int Digits(Int128 value)
    {
        var size = value < 0 ? (UInt128)(-value) : (UInt128)value;
        int bits = 128 - (int)UInt128.LeadingZeroCount(size);
        int digits = Math.Max(1, bits * 1233 >> 12); // 1233 / 4096 is a little more than log10(2)
        return digits < Small.Length && size >= (UInt128)Small[digits] ? digits + 1 : digits;
    }

    /// <summary>Decimal digits of a number; 1 for 0.</summary>
    public static int Digits(BigInteger value)
    {
        var size = BigInteger.Abs(value);
        int digits = Math.Max(1, (int)(size.GetBitLength() * 1233 / 4096));
        while (size >= Big(digits)) digits++;
        while (digits > 1 && size < Big(digits - 1)) digits--;
        return digits;
    }
}
