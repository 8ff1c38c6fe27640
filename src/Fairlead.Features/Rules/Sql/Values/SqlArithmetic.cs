using System.Numerics;

namespace Fairlead.Features.Rules.Sql.Values;

/// <summary>Calculating with <see cref="SqlNumber"/>. False: the result has no value (division by zero, too large).</summary>
internal static class SqlArithmetic
{
    /// <summary>Digits that fit an Int128 together with a carry.</summary>
    private const int Room = 37;

    /// <summary>Compares by value.</summary>
    public static int Compare(SqlNumber left, SqlNumber right)
    {
        if (left.Exponent == right.Exponent) return left.Coefficient.CompareTo(right.Coefficient);
        if (left.Sign != right.Sign) return left.Sign.CompareTo(right.Sign);
        int byMagnitude = left.Magnitude.CompareTo(right.Magnitude);
        if (byMagnitude != 0) return left.Sign < 0 ? -byMagnitude : byMagnitude;
        return TryAlign(left, right, out var a, out var b, out _) ? a.CompareTo(b) : AlignBig(left, right, out var c, out _).CompareTo(c);
    }

    /// <summary>left + right.</summary>
    public static bool TryAdd(SqlNumber left, SqlNumber right, out SqlNumber sum)
    {
        if (TryAlign(left, right, out var a, out var b, out int exponent)) return SqlNumber.TryCreate(a + b, exponent, out sum);
        return SqlNumber.TryCreate(AlignBig(left, right, out var c, out exponent) + c, exponent, out sum);
    }

    /// <summary>left - right.</summary>
    public static bool TrySubtract(SqlNumber left, SqlNumber right, out SqlNumber difference) => TryAdd(left, Negate(right), out difference);

    /// <summary>left * right.</summary>
    public static bool TryMultiply(SqlNumber left, SqlNumber right, out SqlNumber product)
    {
        int exponent = left.Exponent + right.Exponent;
        if (PowersOfTen.Digits(left.Coefficient) + PowersOfTen.Digits(right.Coefficient) <= Room)
            return SqlNumber.TryCreate(left.Coefficient * right.Coefficient, exponent, out product);
        return SqlNumber.TryCreate((BigInteger)left.Coefficient * right.Coefficient, exponent, out product);
    }

    /// <summary>left / right, to 34 digits.</summary>
    public static bool TryDivide(SqlNumber left, SqlNumber right, out SqlNumber quotient)
    {
        quotient = default;
        if (right.Sign == 0) return false;
        // At least two digits more than are kept; what is left over after them counts as one more digit, for halves.
        int scale = Math.Max(0, SqlNumber.Precision + 2 + PowersOfTen.Digits(right.Coefficient) - PowersOfTen.Digits(left.Coefficient));
        var whole = BigInteger.DivRem(left.Coefficient * PowersOfTen.Big(scale), right.Coefficient, out var rest);
        long exponent = (long)left.Exponent - right.Exponent - scale;
        if (rest.IsZero) return SqlNumber.TryCreate(whole, exponent, out quotient);
        int direction = left.Sign * right.Sign;
        return SqlNumber.TryCreate((whole * 10) + direction, exponent - 1, out quotient);
    }

    /// <summary>left / right cut towards zero; both are whole [U3].</summary>
    public static bool TryDivideWhole(SqlNumber left, SqlNumber right, out SqlNumber quotient)
    {
        quotient = default;
        return right.Sign != 0 && SqlNumber.TryCreate(left.Coefficient / right.Coefficient, 0, out quotient);
    }

    /// <summary>What is left of left / right; it has the sign of the dividend.</summary>
    public static bool TryRemainder(SqlNumber left, SqlNumber right, out SqlNumber rest)
    {
        rest = default;
        if (right.Sign == 0) return false;
        if (TryAlign(left, right, out var a, out var b, out int exponent)) return SqlNumber.TryCreate(a % b, exponent, out rest);
        var c = AlignBig(left, right, out var d, out exponent);
        return SqlNumber.TryCreate(BigInteger.Remainder(c, d), exponent, out rest);
    }

    /// <summary>-value.</summary>
    public static SqlNumber Negate(SqlNumber value) => SqlNumber.Restore(-value.Coefficient, value.Exponent);

    /// <summary>The value without its sign.</summary>
    public static SqlNumber Abs(SqlNumber value) => value.Sign < 0 ? Negate(value) : value;

    /// <summary>The largest whole number that is not larger.</summary>
    public static SqlNumber Floor(SqlNumber value)
    {
        if (value.Exponent >= 0) return value;
        var whole = Cut(value, -value.Exponent, out bool isExact);
        return Whole(isExact || value.Sign > 0 ? whole : whole - 1);
    }

    /// <summary>The smallest whole number that is not smaller.</summary>
    public static SqlNumber Ceiling(SqlNumber value)
    {
        if (value.Exponent >= 0) return value;
        var whole = Cut(value, -value.Exponent, out bool isExact);
        return Whole(isExact || value.Sign < 0 ? whole : whole + 1);
    }

    /// <summary>The nearest whole number, half away from zero.</summary>
    public static SqlNumber Round(SqlNumber value)
    {
        if (value.Exponent >= 0) return value;
        if (-value.Exponent > Room) return 0;
        var whole = Cut(value, -value.Exponent, out _);
        var rest = Int128.Abs(value.Coefficient - (whole * PowersOfTen.Of(-value.Exponent)));
        return Whole(rest * 2 >= PowersOfTen.Of(-value.Exponent) ? whole + value.Sign : whole);
    }

    /// <summary>The number with the decimals after the first ones cut off.</summary>
    public static SqlNumber Truncate(SqlNumber value, int decimals)
    {
        int drop = -value.Exponent - decimals;
        if (drop <= 0) return value;
        return SqlNumber.TryCreate(Cut(value, drop, out _), -decimals, out var cut) ? cut : default;
    }

    private static Int128 Cut(SqlNumber value, int digits, out bool isExact)
    {
        isExact = false;
        if (digits > Room) return 0;
        var unit = PowersOfTen.Of(digits);
        var whole = value.Coefficient / unit;
        isExact = whole * unit == value.Coefficient;
        return whole;
    }

    private static SqlNumber Whole(Int128 value) => SqlNumber.TryCreate(value, 0, out var number) ? number : default;

    private static bool TryAlign(SqlNumber left, SqlNumber right, out Int128 a, out Int128 b, out int exponent)
    {
        (a, b) = (left.Coefficient, right.Coefficient);
        exponent = Math.Min(left.Exponent, right.Exponent);
        int difference = Math.Abs(left.Exponent - right.Exponent);
        if (difference == 0) return true;
        if (difference > Room) return false;
        ref var larger = ref left.Exponent > right.Exponent ? ref a : ref b;
        if (PowersOfTen.Digits(larger) + difference > Room) return false;
        larger *= PowersOfTen.Of(difference);
        return true;
    }

    private static BigInteger AlignBig(SqlNumber left, SqlNumber right, out BigInteger b, out int exponent)
    {
        exponent = Math.Min(left.Exponent, right.Exponent);
        b = right.Coefficient * PowersOfTen.Big(right.Exponent - exponent);
        return left.Coefficient * PowersOfTen.Big(left.Exponent - exponent);
    }
}
