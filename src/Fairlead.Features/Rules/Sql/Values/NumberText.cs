using System.Buffers.Text;

namespace Fairlead.Features.Rules.Sql.Values;

/// <summary>Numbers to text and back.</summary>
internal static class NumberText
{
    private const int PlainFrom = -6;
    private const int PlainBelow = 21;
    private const int LargestExponent = 1_000_000;
    private const int KeptDigits = 36;

    /// <summary>Reads a number in the form of JSON, whose grammar has been checked; false when it is too large.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SqlNumber number)
    {
        int at = 0;
        bool isNegative = text[0] == (byte)'-';
        if (isNegative) at++;
        if (text.Length - at <= 18 && TryParseShort(text[at..], isNegative, out number)) return true;

        Int128 coefficient = 0;
        long exponent = 0;
        int digits = 0;
        bool hasPoint = false;
        bool isCut = false;
        for (; at < text.Length && text[at] is not ((byte)'e' or (byte)'E'); at++)
        {
            if (text[at] == (byte)'.')
            {
                hasPoint = true;
                continue;
            }

            int digit = text[at] - '0';
            if (digits < KeptDigits)
            {
                coefficient = (coefficient * 10) + digit;
                if (coefficient != 0) digits++;
                if (hasPoint) exponent--;
                continue;
            }

            isCut |= digit != 0;
            if (!hasPoint) exponent++;
        }

        if (at < text.Length) exponent += Exponent(text[(at + 1)..]);
        if (isCut)
        {
            // The digits left out only matter for which way a half is rounded: one more digit stands for them.
            coefficient = (coefficient * 10) + 1;
            exponent--;
        }

        return SqlNumber.TryCreate(isNegative ? -coefficient : coefficient, exponent, out number);
    }

    /// <summary>
    /// Reads a String as a number (section 3.2): <c>-?\d+(\.\d+)?([eE]-?\d+)?</c> and nothing else; false when it is not of that form.
    /// </summary>
    public static bool TryParseText(ReadOnlySpan<byte> text, out SqlNumber number)
    {
        number = default;
        int at = 0;
        if (at < text.Length && text[at] == (byte)'-') at++;
        if (!TrySkipDigits(text, ref at)) return false;
        if (at < text.Length && text[at] == (byte)'.')
        {
            at++;
            if (!TrySkipDigits(text, ref at)) return false;
        }

        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            at++;
            if (at < text.Length && text[at] == (byte)'-') at++;
            if (!TrySkipDigits(text, ref at)) return false;
        }

        return at == text.Length && TryParse(text, out number);
    }

    /// <summary>Writes a number; see <see cref="SqlNumber.Format"/>.</summary>
    public static int Format(SqlNumber number, Span<byte> to, bool isDecimal)
    {
        if (number.IsWhole && (!isDecimal || number.Magnitude < PlainBelow))
        {
            int length = FormatDigits(number.Coefficient, to);
            if (!isDecimal) return length;
            ".0"u8.CopyTo(to[length..]);
            return length + 2;
        }

        return number.Magnitude is >= PlainFrom and < PlainBelow ? FormatPlain(number, to) : FormatScientific(number, to);
    }

    /// <summary>Writes a number as <c>1.2E-7</c>.</summary>
    public static int FormatScientific(SqlNumber number, Span<byte> to)
    {
        Span<byte> digits = stackalloc byte[SqlNumber.LongestText];
        int count = FormatDigits(Int128.Abs(number.Coefficient), digits);
        int exponent = number.Exponent + count - 1;
        while (count > 1 && digits[count - 1] == (byte)'0') count--;
        int at = 0;
        if (number.Sign < 0) to[at++] = (byte)'-';
        to[at++] = digits[0];
        if (count > 1)
        {
            to[at++] = (byte)'.';
            digits[1..count].CopyTo(to[at..]);
            at += count - 1;
        }

        to[at++] = (byte)'E';
        Utf8Formatter.TryFormat(exponent, to[at..], out int written);
        return at + written;
    }

    private static int FormatPlain(SqlNumber number, Span<byte> to)
    {
        Span<byte> digits = stackalloc byte[SqlNumber.LongestText];
        int count = FormatDigits(Int128.Abs(number.Coefficient), digits);
        int at = 0;
        if (number.Sign < 0) to[at++] = (byte)'-';
        int whole = count + number.Exponent;
        if (whole <= 0)
        {
            to[at++] = (byte)'0';
            to[at++] = (byte)'.';
            to.Slice(at, -whole).Fill((byte)'0');
            at -= whole;
            whole = 0;
        }
        else
        {
            digits[..whole].CopyTo(to[at..]);
            at += whole;
            to[at++] = (byte)'.';
        }

        digits[whole..count].CopyTo(to[at..]);
        return at + count - whole;
    }

    private static int FormatDigits(Int128 value, Span<byte> to)
    {
        int length;
        if (value >= long.MinValue && value <= long.MaxValue) Utf8Formatter.TryFormat((long)value, to, out length);
        else value.TryFormat(to, out length);
        return length;
    }

    private static bool TryParseShort(ReadOnlySpan<byte> text, bool isNegative, out SqlNumber number)
    {
        long value = 0;
        int fraction = -1;
        foreach (byte letter in text)
        {
            if (fraction >= 0) fraction++;
            uint digit = (uint)(letter - '0');
            if (digit <= 9)
            {
                value = (value * 10) + digit;
                continue;
            }

            number = default;
            if (letter != (byte)'.') return false; // an exponent takes the long way
            fraction = 0;
        }

        if (isNegative) value = -value;
        if (fraction > 0) return SqlNumber.TryCreate(value, -fraction, out number);
        number = value;
        return true;
    }

    private static long Exponent(ReadOnlySpan<byte> text)
    {
        bool isNegative = text[0] == (byte)'-';
        if (text[0] is (byte)'-' or (byte)'+') text = text[1..];
        long exponent = 0;
        foreach (byte digit in text) exponent = Math.Min(LargestExponent, (exponent * 10) + (digit - '0'));
        return isNegative ? -exponent : exponent;
    }

    private static bool TrySkipDigits(ReadOnlySpan<byte> text, ref int at)
    {
        int start = at;
        while (at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9') at++;
        return at > start;
    }
}
