using Fairlead.Features.Api;

namespace Fairlead.Features.Notifications.Query;

/// <summary>Parameters of a request in the query protocol (spec/aws-rules, section 10.1). What is missing or malformed is refused with its name.</summary>
internal sealed class QueryParameters
{
    private const int MostEntries = 1_000;
    private readonly Dictionary<string, string> _values;

    private QueryParameters(Dictionary<string, string> values) => _values = values;

    /// <summary>Name of the operation; empty for none.</summary>
    public string Action => Optional("Action") ?? "";

    /// <summary>Version of the API; null for none.</summary>
    public string? Version => Optional("Version");

    /// <summary>Reads those of a query string and of a form.</summary>
    /// <param name="query">Parameters of the query string, decoded.</param>
    /// <param name="form">Body of the form; empty for none.</param>
    /// <returns>Null when the form is malformed or names a parameter twice.</returns>
    public static QueryParameters? Read(IReadOnlyList<KeyValuePair<string, string>> query, string form)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in query)
        {
            if (!values.TryAdd(name, value)) return null;
        }

        if (form.Length == 0) return new QueryParameters(values);
        // A form writes a blank as a plus, which a query of ours does not.
        foreach (var pair in form.Split('&'))
        {
            if (pair.Length == 0) continue;
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? "" : pair[(equals + 1)..];
            if (!RawTarget.TryDecode(name.Replace('+', ' '), out var key) || !RawTarget.TryDecode(value.Replace('+', ' '), out var text)) return null;
            if (!values.TryAdd(key, text)) return null;
        }

        return new QueryParameters(values);
    }

    /// <summary>A parameter; null when absent.</summary>
    public string? Optional(string name) => _values.GetValueOrDefault(name);

    /// <summary>A parameter that must be there and not be empty.</summary>
    public string Required(string name) => _values.GetValueOrDefault(name) is { Length: > 0 } value
        ? value
        : throw NotificationException.Invalid($"{name} is missing");

    /// <summary>true or false; false when absent.</summary>
    public bool Flag(string name) => Optional(name) is { } text && Topics.NotificationText.Flag(text, name);

    /// <summary>A map: <c>NAME.entry.1.key</c> and <c>NAME.entry.1.value</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Map(string name) => Pairs($"{name}.entry", "key", "value");

    /// <summary>Tags: <c>NAME.member.1.Key</c> and <c>NAME.member.1.Value</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags(string name) => Pairs($"{name}.member", "Key", "Value");

    /// <summary>A list: <c>NAME.member.1</c>.</summary>
    public IReadOnlyList<string> List(string name)
    {
        var found = new List<string>();
        for (var i = 1; Optional($"{name}.member.{i}") is { } value; i++) Add(found, value, name);
        return found;
    }

    /// <summary>Attributes of a message: <c>NAME.entry.1.Name</c>, <c>.Value.DataType</c>, <c>.Value.StringValue</c> or <c>.Value.BinaryValue</c>.</summary>
    public IReadOnlyList<Delivery.MessageAttribute> Attributes(string name)
    {
        var found = new List<Delivery.MessageAttribute>();
        for (var i = 1; Optional($"{name}.entry.{i}.Name") is { } key; i++)
        {
            var at = $"{name}.entry.{i}.Value";
            var text = Optional($"{at}.StringValue");
            var bytes = Optional($"{at}.BinaryValue");
            var type = Optional($"{at}.DataType") ?? "";
            if (text is not null && bytes is not null) throw NotificationException.Invalid($"the message attribute '{key}' has two values");
            if (type == "Binary" ? text is not null : bytes is not null)
                throw NotificationException.Invalid($"the message attribute '{key}' has a value of another type than its DataType");
            if (found.Exists(one => one.Name == key)) throw NotificationException.Invalid($"the message attribute '{key}' is there twice");
            Add(found, new Delivery.MessageAttribute(key, type, text ?? bytes ?? ""), name);
        }

        return found;
    }

    private List<KeyValuePair<string, string>> Pairs(string prefix, string key, string value)
    {
        var found = new List<KeyValuePair<string, string>>();
        for (var i = 1; Optional($"{prefix}.{i}.{key}") is { } name; i++)
        {
            if (found.Exists(one => one.Key == name)) throw NotificationException.Invalid($"{name} is there twice");
            Add(found, new KeyValuePair<string, string>(name, Optional($"{prefix}.{i}.{value}") ?? ""), prefix);
        }

        return found;
    }

    private static void Add<T>(List<T> found, T value, string name)
    {
        if (found.Count >= MostEntries) throw NotificationException.Invalid($"{name} has more than {MostEntries} entries");
        found.Add(value);
    }
}
