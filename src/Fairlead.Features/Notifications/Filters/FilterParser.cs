using System.Text.Json;

namespace Fairlead.Features.Notifications.Filters;

/// <summary>Reads filter policies. What is not offered is refused by its name.</summary>
internal static class FilterParser
{
    /// <summary>Names of an object.</summary>
    public static IReadOnlyList<FilterName> Names(JsonElement element, bool ofBody)
    {
        if (element.ValueKind != JsonValueKind.Object) throw Wrong("it must be a JSON object");
        var names = new List<FilterName>();
        foreach (var member in element.EnumerateObject())
        {
            if (member.Name == "$or") throw Wrong("$or is not offered by this hub");
            if (names.Exists(name => name.Name == member.Name)) throw Wrong($"{member.Name} is there twice");
            names.Add(member.Value.ValueKind switch
            {
                JsonValueKind.Array => new FilterName(member.Name, Conditions(member.Value), null),
                JsonValueKind.Object when ofBody => new FilterName(member.Name, [], Names(member.Value, ofBody)),
                JsonValueKind.Object => throw Wrong($"\"{member.Name}\" must be an array: names within names are for FilterPolicyScope MessageBody"),
                _ => throw Wrong($"\"{member.Name}\" must be an object or an array"),
            });
        }

        return names.Count > 0 ? names : throw Wrong("it must have at least one name");
    }

    /// <summary>The refusal.</summary>
    public static NotificationException Wrong(string what) => NotificationException.Invalid($"FilterPolicy: {what}");

    private static List<FilterCondition> Conditions(JsonElement array)
    {
        var conditions = new List<FilterCondition>();
        foreach (var element in array.EnumerateArray())
            conditions.Add(element.ValueKind == JsonValueKind.Object ? Operator(element) : new ExactCondition(Scalar(element)));
        return conditions.Count > 0 ? conditions : throw Wrong("empty arrays are not allowed");
    }

    private static FilterCondition Operator(JsonElement element)
    {
        var members = element.EnumerateObject().ToList();
        if (members.Count != 1) throw Wrong("an object in an array must have one operator");
        var (name, value) = (members[0].Name, members[0].Value);
        return name switch
        {
            "exists" when value.ValueKind is JsonValueKind.True or JsonValueKind.False => new PresenceCondition(value.GetBoolean()),
            "exists" => throw Wrong("exists must be true or false"),
            "numeric" => Numeric(value),
            "anything-but" => AnythingBut(value),
            _ => TextOperator(name, value),
        };
    }

    private static TextCondition TextOperator(string name, JsonElement value)
    {
        if (name is not ("prefix" or "suffix" or "equals-ignore-case" or "cidr")) throw Wrong($"the operator {name} is not offered by this hub");
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 } text) throw Wrong($"{name} must be a text");
        return new TextCondition(name switch
        {
            "prefix" => given => given.StartsWith(text, StringComparison.Ordinal),
            "suffix" => given => given.EndsWith(text, StringComparison.Ordinal),
            "equals-ignore-case" => given => given.Equals(text, StringComparison.OrdinalIgnoreCase),
            _ => FilterValue.InRange(text) ?? throw Wrong("cidr must be a range of addresses such as 10.0.0.0/24"),
        });
    }

    private static NotCondition AnythingBut(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => new NotCondition([.. value.EnumerateArray().Select(static one => new ExactCondition(Scalar(one)))]),
        JsonValueKind.Object when value.EnumerateObject().ToList() is [var one] && one.Name is not ("numeric" or "exists" or "anything-but") =>
            new NotCondition([TextOperator(one.Name, one.Value)]),
        JsonValueKind.Object => throw Wrong("anything-but takes a value, an array of values, or an object with prefix, suffix, equals-ignore-case or cidr"),
        _ => new NotCondition([new ExactCondition(Scalar(value))]),
    };

    /// <summary><c>["=", 1]</c>, <c>["&gt;", 1]</c>, or two limits: <c>["&gt;=", 0, "&lt;", 10]</c>.</summary>
    private static NumberCondition Numeric(JsonElement value)
    {
        var parts = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToList() : [];
        if (parts.Count is not (2 or 4)) throw Wrong("numeric must be an array of one or two operators, each with its number");
        var first = Limit(parts[0], parts[1], out var isFirstLower);
        if (parts.Count == 2) return new NumberCondition(first);
        var second = Limit(parts[2], parts[3], out var isSecondLower);
        if (isFirstLower is not true || isSecondLower is not false) throw Wrong("two operators of numeric must be > or >=, then < or <=");
        return new NumberCondition(number => first(number) && second(number));
    }

    private static Func<double, bool> Limit(JsonElement name, JsonElement limit, out bool? isLower)
    {
        if (limit.ValueKind != JsonValueKind.Number || !limit.TryGetDouble(out var number)) throw Wrong("numeric takes numbers");
        var text = name.ValueKind == JsonValueKind.String ? name.GetString() : "";
        isLower = text switch { ">" or ">=" => true, "<" or "<=" => false, _ => null };
        return text switch
        {
            "=" => given => given == number,
            ">" => given => given > number,
            ">=" => given => given >= number,
            "<" => given => given < number,
            "<=" => given => given <= number,
            _ => throw Wrong("numeric takes =, >, >=, < and <="),
        };
    }

    private static FilterValue Scalar(JsonElement element) => FilterValue.Of(element) is { Kind: not FilterValueKind.Other } value
        ? value
        : throw Wrong("values must be texts, numbers, true, false or null");
}
