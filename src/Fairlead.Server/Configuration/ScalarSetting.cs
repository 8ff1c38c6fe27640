using System.Globalization;

namespace Fairlead.Server.Configuration;

/// <summary>A setting with one value.</summary>
/// <typeparam name="T">Its type.</typeparam>
internal sealed class ScalarSetting<T>(
    string key,
    string description,
    string allowed,
    Func<string, (bool Ok, T Value)> parse,
    Func<T, string> format,
    Func<HubOptions, T> get,
    Action<HubOptions, T> set,
    bool literal) : Setting(key, description)
{
    public override string Allowed => allowed;

    public override bool IsLiteral => literal;

    public override IReadOnlyList<string> Read(HubOptions options) => [format(get(options))];

    public override string? Apply(HubOptions options, IReadOnlyList<string> values)
    {
        if (values.Count != 1) return $"is a list, but must be {allowed}";
        var (ok, value) = parse(values[0]);
        if (!ok) return $"must be {allowed}";
        set(options, value);
        return null;
    }
}

/// <summary>A setting with any number of values.</summary>
/// <typeparam name="T">Type of one.</typeparam>
internal sealed class ListSetting<T>(
    string key,
    string description,
    string allowed,
    Func<string, (T? Value, string Problem)> parse,
    Func<HubOptions, IReadOnlyList<T>> get,
    Action<HubOptions, IReadOnlyList<T>> set) : Setting(key, description)
    where T : class
{
    public override string Allowed => allowed;

    public override bool IsList => true;

    public override IReadOnlyList<string> Read(HubOptions options) =>
        [.. get(options).Select(value => string.Create(CultureInfo.InvariantCulture, $"{value}"))];

    public override string? Apply(HubOptions options, IReadOnlyList<string> values)
    {
        var result = new List<T>(values.Count);
        foreach (var text in values)
        {
            var (value, problem) = parse(text);
            if (value is null) return values.Count > 1 ? $"has {Name(text, result.Count)} that {problem}" : problem;
            result.Add(value);
        }

        set(options, result);
        return null;
    }

    // What stands before the equals sign of a secret is its name.
    private string Name(string text, int number)
    {
        if (!IsSecret) return $"the element '{text}'";
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? $"the element '{text[..equals]}=...'" : string.Create(CultureInfo.InvariantCulture, $"an element, the one in place {number + 1},");
    }
}
