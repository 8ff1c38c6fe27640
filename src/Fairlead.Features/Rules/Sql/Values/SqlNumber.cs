using System.Numerics;

namespace Fairlead.Features.Rules.Sql.Values;

/// <summary>
/// A decimal number: coefficient times ten to the power of the exponent, 34 significant digits, half even, magnitudes from 1E-999 to
/// 9.99E999 (spec/aws-rules, section 3.1). One value has one form: whole numbers of up to 34 digits have exponent 0, others no zeros at
/// the end. The default is 0.
/// </summary>
internal readonly struct SqlNumber : IEquatable<SqlNumber>
{
    /// <summary>Significant digits.</summary>
    public const int Precision = 34;

    /// <summary>Room that <see cref="Format"/> may need.</summary>
    public const int LongestText = 64;

    private const int LargestMagnitude = 999;

    private SqlNumber(Int128 coefficient, int exponent) => (Coefficient, Exponent) = (coefficient, exponent);

    /// <summary>Digits with their sign; less than 10^34.</summary>
    public Int128 Coefficient { get; }

    /// <summary>Power of ten.</summary>
    public int Exponent { get; }

    /// <summary>Whether it is a whole number of up to 34 digits.</summary>
    public bool IsWhole => Exponent == 0;

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => Int128.Sign(Coefficient);

    /// <summary>Position of the first digit: 0 for 1 to 9, -1 for 0.1 and so on.</summary>
    public int Magnitude => PowersOfTen.Digits(Coefficient) + Exponent - 1;

    /// <summary>A whole number.</summary>
    public static implicit operator SqlNumber(long value) => new(value, 0);

    /// <summary>Takes apart what <see cref="SqlValue"/> holds; both have been made here.</summary>
    public static SqlNumber Restore(Int128 coefficient, int exponent) => new(coefficient, exponent);

    /// <summary>A number of any form; false when it is too large. What is too small becomes 0.</summary>
    public static bool TryCreate(Int128 coefficient, long exponent, out SqlNumber number)
    {
        if (Int128.Abs(coefficient) >= PowersOfTen.Of(Precision)) return TryCreate((BigInteger)coefficient, exponent, out number);
        number = default;
        if (coefficient == 0) return true;
        if (exponent < 0) DropZeros(ref coefficient, ref exponent, limit: 0);
        if (exponent > 0)
        {
            int room = (int)Math.Min(Precision - PowersOfTen.Digits(coefficient), exponent);
            coefficient *= PowersOfTen.Of(room);
            exponent -= room;
            if (exponent > 0) DropZeros(ref coefficient, ref exponent, int.MaxValue);
        }

        long magnitude = PowersOfTen.Digits(coefficient) + exponent - 1;
        if (magnitude > LargestMagnitude) return false;
        if (magnitude >= -LargestMagnitude) number = new SqlNumber(coefficient, (int)exponent);
        return true;
    }

    /// <summary>The same for numbers of any length: rounded half even to 34 digits.</summary>
    public static bool TryCreate(BigInteger coefficient, long exponent, out SqlNumber number)
    {
        int drop = PowersOfTen.Digits(coefficient) - Precision;
        if (drop > 0)
        {
            var unit = PowersOfTen.Big(drop);
            var kept = BigInteger.DivRem(coefficient, unit, out var rest);
            int half = (BigInteger.Abs(rest) * 2).CompareTo(unit);
            if (half > 0 || (half == 0 && !kept.IsEven)) kept += coefficient.Sign;
            coefficient = kept;
            exponent += drop;
        }

        return TryCreate((Int128)coefficient, exponent, out number);
    }

    /// <summary>The shortest decimal that stands for a double; false for NaN and infinities.</summary>
    public static bool TryCreate(double value, out SqlNumber number)
    {
        number = default;
        if (!double.IsFinite(value)) return false;
        if (Math.Abs(value) < 1e15 && Math.Truncate(value) == value)
        {
            number = (long)value;
            return true;
        }

        Span<byte> text = stackalloc byte[32];
        return value.TryFormat(text, out int length, "R") && NumberText.TryParse(text[..length], out number);
    }

    /// <summary>The nearest double.</summary>
    public double ToDouble()
    {
        if (Exponent == 0) return (double)Coefficient;
        Span<byte> text = stackalloc byte[LongestText];
        int length = NumberText.FormatScientific(this, text);
        return double.Parse(text[..length]);
    }

    /// <summary>The number as a long; false when it has a fraction or does not fit.</summary>
    public bool TryToLong(out long value)
    {
        bool fits = Exponent == 0 && Coefficient >= long.MinValue && Coefficient <= long.MaxValue;
        value = fits ? (long)Coefficient : 0;
        return fits;
    }

    /// <summary>The number as an int within a range: what lies outside becomes the nearer end. The fraction is cut downwards.</summary>
    public int Clamp(int low, int high)
    {
        var whole = SqlArithmetic.Floor(this);
        if (SqlArithmetic.Compare(whole, low) <= 0) return low;
        return SqlArithmetic.Compare(whole, high) >= 0 ? high : (int)(long)whole.Coefficient;
    }

    /// <summary>Writes the number (section 3.1 and U9): plain from 1E-6 to 1E21 and for Ints, else scientific.</summary>
    /// <param name="to">Room for <see cref="LongestText"/> bytes.</param>
    /// <param name="isDecimal">Whether a whole number shows its <c>.0</c>.</param>
    /// <returns>Bytes written.</returns>
    public int Format(Span<byte> to, bool isDecimal) => NumberText.Format(this, to, isDecimal);

    /// <inheritdoc />
    public bool Equals(SqlNumber other) => Exponent == other.Exponent && Coefficient == other.Coefficient;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is SqlNumber other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Coefficient, Exponent);

    /// <inheritdoc />
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[LongestText];
        return System.Text.Encoding.ASCII.GetString(text[..Format(text, isDecimal: false)]);
    }

    private static void DropZeros(ref Int128 coefficient, ref long exponent, int limit)
    {
        if (coefficient >= long.MinValue && coefficient <= long.MaxValue)
        {
            long small = (long)coefficient;
            while (exponent < limit && small % 10 == 0)
            {
                small /= 10;
                exponent++;
            }

            coefficient = small;
            return;
        }

        while (exponent < limit && coefficient % 10 == 0)
        {
            coefficient /= 10;
            exponent++;
        }
    }
}
