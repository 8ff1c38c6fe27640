using System.Globalization;
using System.Text.Json;

namespace Fairlead.Chaos.Edge;

/// <summary>The payloads of the acceptance run: Ditto messages that carry a number.</summary>
internal static class Live
{
    /// <summary>A live message with value n.</summary>
    public static string Message(int n) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"topic":"test/device/things/live/messages/m","headers":{},"path":"/inbox/messages/m","value":{{n}}}""");

    /// <summary>A twin command that sets property n of a feature.</summary>
    public static string Modify(string feature, int n, string headers = "") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"topic":"test/device/things/twin/commands/modify","headers":{{{headers}}},"path":"/features/{{feature}}/properties/n","value":{{n}}}""");

    /// <summary>The number that a recorded message carries; null when it is another message.</summary>
    public static int? NumberOf(Arrival arrival)
    {
        if (arrival.Text is not ['{', ..]) return null;
        try
        {
            using var json = JsonDocument.Parse(arrival.Text);
            if (arrival.Topic.StartsWith("$aws/", StringComparison.Ordinal))
            {
                return json.RootElement.TryGetProperty("state", out var state) && state.TryGetProperty("reported", out var reported) && reported.TryGetProperty("n", out var n)
                    ? n.GetInt32() : null;
            }

            return json.RootElement.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The numbers in order of arrival, copies included.</summary>
    public static List<int> Numbers(IEnumerable<Arrival> arrivals) => [.. arrivals.Select(NumberOf).OfType<int>()];

    /// <summary>Milliseconds of headers.x-timestamp.</summary>
    public static long? TimestampOf(Arrival arrival)
    {
        using var json = JsonDocument.Parse(arrival.Text);
        return json.RootElement.GetProperty("headers").TryGetProperty("x-timestamp", out var stamp) ? stamp.GetInt64() : null;
    }
}
