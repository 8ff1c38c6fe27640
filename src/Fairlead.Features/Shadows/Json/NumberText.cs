namespace Fairlead.Features.Shadows.Json;

/// <summary>Compares numbers by their value without turning them into machine numbers: every digit counts.</summary>
internal static class NumberText
{
    private const int LongestExponent = 15;

    /// <summary>Whether two JSON numbers have the same value, such as <c>28</c>, <c>28.0</c> and <c>2.8e1</c>.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right)) return true;
        var a = Parts.Of(left);
        var b = Parts.Of(right);
        if (a.IsZero || b.IsZero) return a.IsZero && b.IsZero;
        // What no exponent of fifteen digits can say is not compared by value.
        if (!a.IsKnown || !b.IsKnown || a.IsNegative != b.IsNegative || a.Scale != b.Scale) return false;
        return HaveEqualDigits(a.Digits, b.Digits);
    }

    /// <summary>Both start with a digit that is not zero; zeros at the end, which only move the point, may differ in number.</summary>
    private static bool HaveEqualDigits(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        while (true)
        {
            if (!left.IsEmpty && left[0] == (byte)'.') left = left[1..];
            if (!right.IsEmpty && right[0] == (byte)'.') right = right[1..];
            if (left.IsEmpty || right.IsEmpty) return !(left.IsEmpty ? right : left).ContainsAnyInRange((byte)'1', (byte)'9');
            if (left[0] != right[0]) return false;
            left = left[1..];
            right = right[1..];
        }
    }

    /// <summary>A number as 0.d1d2d3... times ten to the power of <see cref="Scale"/>.</summary>
    private readonly ref struct Parts
    {
        /// <summary>Digits from the first that is not zero, with the point if it comes later.</summary>
        public ReadOnlySpan<byte> Digits { get; private init; }

        public long Scale { get; private init; }

        public bool IsNegative { get; private init; }

        public bool IsZero { get; private init; }

        public bool IsKnown { get; private init; }

        public static Parts Of(ReadOnlySpan<byte> text)
        {
            bool negative = text[0] == (byte)'-';
            if (negative) text = text[1..];
            int e = text.IndexOfAny((byte)'e', (byte)'E');
            var mantissa = e < 0 ? text : text[..e];
            int first = mantissa.IndexOfAnyInRange((byte)'1', (byte)'9');
            if (first < 0) return new Parts { IsZero = true };
            int point = mantissa.IndexOf((byte)'.');
            if (point < 0) point = mantissa.Length;
            // Before the point each digit counts up, behind it each zero counts down.
            long scale = first < point ? point - first : point + 1 - first;
            long exponent = 0;
            bool known = e < 0 || TryExponent(text[(e + 1)..], out exponent);
            return new Parts { Digits = mantissa[first..], Scale = scale + exponent, IsNegative = negative, IsKnown = known };
        }

        private static bool TryExponent(ReadOnlySpan<byte> text, out long exponent)
        {
            exponent = 0;
            bool negative = text[0] == (byte)'-';
            if (text[0] is (byte)'-' or (byte)'+') text = text[1..];
            text = text.TrimStart((byte)'0');
            if (text.Length > LongestExponent) return false;
            foreach (byte digit in text) exponent = (exponent * 10) + (digit - '0');
            if (negative) exponent = -exponent;
            return true;
        }
    }
}
