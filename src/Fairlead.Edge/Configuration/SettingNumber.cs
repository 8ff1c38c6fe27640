using System.Globalization;

namespace Fairlead.Edge.Configuration;

/// <summary>Numbers as people write them in a configuration.</summary>
internal static class SettingNumber
{
    /// <summary>Reads a whole number: decimal or <c>0x</c>, with an optional suffix K, M or G.</summary>
    public static bool TryRead(string text, out long value)
    {
        var digits = text.AsSpan().Trim();
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return long.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        long unit = digits.Length == 0 ? 1 : char.ToUpperInvariant(digits[^1]) switch
        {
            'K' => 1L << 10,
            'M' => 1L << 20,
            'G' => 1L << 30,
            _ => 1,
        };
        if (unit > 1) digits = digits[..^1];
        if (!long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) || Math.Abs(value) > long.MaxValue / unit)
            return false;
        value *= unit;
        return true;
    }

    /// <summary>Reads a number with decimals.</summary>
    public static bool TryReadFraction(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
