using System.Globalization;
using System.Text.Json;

namespace Fairlead.Unit.Shadows;

/// <summary>
/// JSON as the model sees it: objects are dictionaries, arrays lists, everything else a kind and its text. Slow and plain on purpose.
/// </summary>
internal static class ModelJson
{
    /// <summary>A scalar. Numbers keep their text.</summary>
    public sealed record Scalar(JsonValueKind Kind, string Text);

    public static object Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return From(document.RootElement);
    }

    public static object From(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new SortedDictionary<string, object>(StringComparer.Ordinal);
                foreach (var member in element.EnumerateObject()) members[member.Name] = From(member.Value);
                return members;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(From).ToList();
            case JsonValueKind.String:
                return new Scalar(JsonValueKind.String, element.GetString()!);
            default:
                return new Scalar(element.ValueKind, element.GetRawText());
        }
    }

    public static SortedDictionary<string, object> Object(params (string Name, object Value)[] members)
    {
        var made = new SortedDictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, value) in members) made[name] = value;
        return made;
    }

    public static Scalar Number(long value) => new(JsonValueKind.Number, value.ToString(CultureInfo.InvariantCulture));

    public static SortedDictionary<string, object> Time(long seconds) => Object(("timestamp", Number(seconds)));

    public static bool IsNull(object value) => value is Scalar { Kind: JsonValueKind.Null };

    /// <summary>Text in which members stand in order of their names: equal texts are equal documents.</summary>
    public static string Write(object value) => value switch
    {
        SortedDictionary<string, object> members => "{" + string.Join(',', members.Select(m => JsonSerializer.Serialize(m.Key) + ":" + Write(m.Value))) + "}",
        List<object> elements => "[" + string.Join(',', elements.Select(Write)) + "]",
        Scalar { Kind: JsonValueKind.String } text => JsonSerializer.Serialize(text.Text),
        Scalar scalar => scalar.Text,
        _ => throw new InvalidOperationException(),
    };

    public static object Copy(object value) => value switch
    {
        SortedDictionary<string, object> members => Object([.. members.Select(m => (m.Key, Copy(m.Value)))]),
        List<object> elements => elements.ConvertAll(Copy),
        _ => value,
    };

    /// <summary>Equality of spec/aws-shadow, section 6.</summary>
    public static bool AreEqual(object left, object right) => (left, right) switch
    {
        (SortedDictionary<string, object> a, SortedDictionary<string, object> b) =>
            a.Count == b.Count && a.All(m => b.TryGetValue(m.Key, out var other) && AreEqual(m.Value, other)),
        (List<object> a, List<object> b) => a.Count == b.Count && a.Zip(b).All(static pair => AreEqual(pair.First, pair.Second)),
        (Scalar { Kind: JsonValueKind.Number } a, Scalar { Kind: JsonValueKind.Number } b) => Value(a) == Value(b),
        (Scalar a, Scalar b) => a == b,
        _ => false,
    };

    private static decimal Value(Scalar number) => decimal.Parse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
