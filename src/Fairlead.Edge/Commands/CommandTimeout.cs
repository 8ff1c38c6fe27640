using System.Globalization;
using Fairlead.Edge.Ditto;

namespace Fairlead.Edge.Commands;

/// <summary>The header <c>timeout</c> of a command: how long its sender waits for an answer (spec section 12).</summary>
internal static class CommandTimeout
{
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    /// <summary>Reads it from an envelope; without one, or without the header, 60 s. Zero says that no answer is expected.</summary>
    public static TimeSpan Of(DittoEnvelope? envelope) =>
        envelope?.Headers["timeout"] is { } value ? Parse(value.AsString() ?? value.ToString() ?? "") : Default;

    /// <summary>Reads <c>10</c>, <c>10s</c>, <c>500ms</c> or <c>2m</c>; anything else, and an hour or more, is 60 s.</summary>
    public static TimeSpan Parse(string text)
    {
        (string digits, double unit) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 0.001),
            _ when text.EndsWith('s') => (text[..^1], 1),
            _ when text.EndsWith('m') => (text[..^1], 60),
            _ => (text, 1),
        };
        if (!uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)) return Default;
        var timeout = TimeSpan.FromSeconds(number * unit);
        return timeout < Limit ? timeout : Default;
    }
}
