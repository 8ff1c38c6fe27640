using System.Text.Json;

namespace Fairlead.Features.IotHub.Query;

/// <summary>Whether a twin is meant: true, false, or null where something compared is not there, so that NOT does not make it true.</summary>
internal delegate bool? QueryCondition(JsonElement twin);

/// <summary>A value in a query: something in the twin, or a literal. Null when it is not there.</summary>
internal delegate JsonElement? QueryOperand(JsonElement twin);

/// <summary>What conditions are made of.</summary>
internal static class QueryNodes
{
    /// <summary>A literal.</summary>
    /// <param name="json">Its JSON text.</param>
    public static QueryOperand Literal(string json)
    {
        using var document = JsonDocument.Parse(json);
        var value = document.RootElement.Clone();
        return _ => value;
    }

    /// <summary>A path in the twin.</summary>
    public static QueryOperand Path(IReadOnlyList<string> names) => twin => Find(twin, names);

    /// <summary>The value at a path; null when it is not there.</summary>
    public static JsonElement? Find(JsonElement twin, IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (twin.ValueKind != JsonValueKind.Object || !twin.TryGetProperty(name, out var next)) return null;
            twin = next;
        }

        return twin;
    }

    /// <summary>A comparison.</summary>
    public static QueryCondition Compare(QueryOperand left, string symbol, QueryOperand right) => twin =>
    {
        if (left(twin) is not { } one || right(twin) is not { } other) return null;
        bool? result = symbol switch
        {
            "=" => AreEqual(one, other),
            "!=" or "<>" => !AreEqual(one, other),
            _ => Order(one, other) is not { } order ? null : symbol switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 },
        };
        return result;
    };

    /// <summary>Whether a value is among several.</summary>
    public static QueryCondition In(QueryOperand value, IReadOnlyList<QueryOperand> among) => twin =>
        value(twin) is { } one ? among.Any(other => other(twin) is { } candidate && AreEqual(one, candidate)) : null;

    /// <summary>Both.</summary>
    public static QueryCondition And(QueryCondition left, QueryCondition right) => twin =>
        (left(twin), right(twin)) switch { (false, _) or (_, false) => false, (true, true) => true, _ => null };

    /// <summary>One of them, or both.</summary>
    public static QueryCondition Or(QueryCondition left, QueryCondition right) => twin =>
        (left(twin), right(twin)) switch { (true, _) or (_, true) => true, (false, false) => false, _ => null };

    /// <summary>The contrary.</summary>
    public static QueryCondition Not(QueryCondition condition) => twin => !condition(twin);

    /// <summary>A function with its arguments; null when there is none of the name.</summary>
    public static QueryCondition? Call(string name, IReadOnlyList<QueryOperand> arguments) => (name.ToUpperInvariant(), arguments.Count) switch
    {
        ("IS_DEFINED", 1) => twin => arguments[0](twin) is not null,
        ("IS_NULL", 1) => twin => arguments[0](twin)?.ValueKind == JsonValueKind.Null,
        ("IS_BOOL", 1) => twin => arguments[0](twin)?.ValueKind is JsonValueKind.True or JsonValueKind.False,
        ("IS_NUMBER", 1) => twin => arguments[0](twin)?.ValueKind == JsonValueKind.Number,
        ("IS_STRING", 1) => twin => arguments[0](twin)?.ValueKind == JsonValueKind.String,
        ("IS_OBJECT", 1) => twin => arguments[0](twin)?.ValueKind == JsonValueKind.Object,
        ("IS_PRIMITIVE", 1) => twin => arguments[0](twin)?.ValueKind is not (null or JsonValueKind.Object or JsonValueKind.Array),
        ("STARTSWITH", 2) => Text(arguments, static (text, part) => text.StartsWith(part, StringComparison.Ordinal)),
        ("ENDSWITH", 2) => Text(arguments, static (text, part) => text.EndsWith(part, StringComparison.Ordinal)),
        ("CONTAINS", 2) => Text(arguments, static (text, part) => text.Contains(part, StringComparison.Ordinal)),
        _ => null,
    };

    private static QueryCondition Text(IReadOnlyList<QueryOperand> arguments, Func<string, string, bool> test) => twin =>
        arguments[0](twin) is { ValueKind: JsonValueKind.String } text && arguments[1](twin) is { ValueKind: JsonValueKind.String } part ? test(text.GetString()!, part.GetString()!) : null;

    private static bool AreEqual(JsonElement one, JsonElement other)
    {
        if (one.ValueKind == JsonValueKind.Number && other.ValueKind == JsonValueKind.Number) return one.GetDouble().Equals(other.GetDouble());
        return one.ValueKind == other.ValueKind && JsonElement.DeepEquals(one, other);
    }

    private static int? Order(JsonElement one, JsonElement other) => (one.ValueKind, other.ValueKind) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => one.GetDouble().CompareTo(other.GetDouble()),
        (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(one.GetString(), other.GetString()),
        _ => null,
    };
}
