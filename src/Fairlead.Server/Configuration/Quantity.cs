using System.Globalization;

namespace Fairlead.Server.Configuration;

/// <summary>Sizes and times as people write them: <c>256K</c>, <c>16M</c>, <c>500ms</c>, <c>10s</c>, <c>5m</c>.</summary>
internal static class Quantity
{
    private static readonly (string Suffix, long Factor)[] Sizes = [("G", 1L << 30), ("M", 1L << 20), ("K", 1L << 10)];

    private static readonly (string Suffix, long Milliseconds)[] Times =
        [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    public static bool TryParseNumber(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public static bool TryParseSize(string text, out long value)
    {
        foreach (var (suffix, factor) in Sizes)
        {
            if (!text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) continue;
            if (!TryParseNumber(text[..^1], out value) || value < 0 || value > long.MaxValue / factor) return false;
            value *= factor;
            return true;
        }

        return TryParseNumber(text, out value);
    }

    /// <summary>A number without a unit counts seconds.</summary>
    public static bool TryParseTime(string text, out TimeSpan value)
    {
        value = default;
        // "ms" before "m" and "s": the longest suffix decides.
        foreach (var (suffix, milliseconds) in Times)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            return TryScale(text[..^suffix.Length], milliseconds, out value);
        }

        return TryScale(text, 1000, out value);
    }

    public static string Format(TimeSpan time)
    {
        var milliseconds = (long)time.TotalMilliseconds;
        if (milliseconds == 0) return "0s";
        for (var i = Times.Length - 1; i > 0; i--)
        {
            if (milliseconds % Times[i].Milliseconds == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / Times[i].Milliseconds}{Times[i].Suffix}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
    }

    private static bool TryScale(string digits, long milliseconds, out TimeSpan value)
    {
        value = default;
        if (!TryParseNumber(digits, out var count) || count < 0 || count > TimeSpan.MaxValue.TotalMilliseconds / 2 / milliseconds) return false;
        value = TimeSpan.FromMilliseconds(count * milliseconds);
        return true;
    }
}
