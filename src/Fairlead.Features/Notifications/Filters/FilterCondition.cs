using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Fairlead.Features.Notifications.Filters;

/// <summary>One of the conditions of a name, of which one has to hold.</summary>
internal abstract record FilterCondition
{
    /// <summary>Whether it looks at whether there is a value, not at the value.</summary>
    public virtual bool IsAboutPresence => false;

    /// <summary>Whether it holds.</summary>
    /// <param name="values">Values of the name: those of an array are several; none when it is not there.</param>
    public abstract bool Holds(IReadOnlyList<FilterValue> values);
}

/// <summary>One value is exactly this: a text, number, boolean or null.</summary>
internal sealed record ExactCondition(FilterValue Wanted) : FilterCondition
{
    /// <inheritdoc/>
    public override bool Holds(IReadOnlyList<FilterValue> values)
    {
        foreach (var value in values)
        {
            if (value == Wanted) return true;
        }

        return false;
    }
}

/// <summary>One value is a text for which a test holds: prefix, suffix, equal in any case, within a range of addresses.</summary>
internal sealed record TextCondition(Func<string, bool> Test) : FilterCondition
{
    /// <inheritdoc/>
    public override bool Holds(IReadOnlyList<FilterValue> values)
    {
        foreach (var value in values)
        {
            if (value.Kind == FilterValueKind.Text && Test(value.Text)) return true;
        }

        return false;
    }
}

/// <summary>One value is a number within limits.</summary>
internal sealed record NumberCondition(Func<double, bool> Test) : FilterCondition
{
    /// <inheritdoc/>
    public override bool Holds(IReadOnlyList<FilterValue> values)
    {
        foreach (var value in values)
        {
            if (value.Kind == FilterValueKind.Number && Test(value.Number)) return true;
        }

        return false;
    }
}

/// <summary>There is a value, and none for which one of these holds.</summary>
internal sealed record NotCondition(IReadOnlyList<FilterCondition> Refused) : FilterCondition
{
    /// <inheritdoc/>
    public override bool Holds(IReadOnlyList<FilterValue> values)
    {
        if (values.Count == 0) return false;
        foreach (var condition in Refused)
        {
            if (condition.Holds(values)) return false;
        }

        return true;
    }
}

/// <summary>There is a value, or there is none.</summary>
internal sealed record PresenceCondition(bool Wanted) : FilterCondition
{
    /// <inheritdoc/>
    public override bool IsAboutPresence => true;

    /// <inheritdoc/>
    public override bool Holds(IReadOnlyList<FilterValue> values) => values.Count > 0 == Wanted;
}

/// <summary>What kind a value has.</summary>
internal enum FilterValueKind
{
    /// <summary>Null.</summary>
    Null,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A text.</summary>
    Text,

    /// <summary>Something that has no value to compare, such as bytes.</summary>
    Other,
}

/// <summary>A value in a policy or in a message.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">The text.</param>
/// <param name="Number">The number; 1 for true.</param>
internal readonly record struct FilterValue(FilterValueKind Kind, string Text, double Number)
{
    /// <summary>Something without a value to compare.</summary>
    public static FilterValue Other { get; } = new(FilterValueKind.Other, "", 0);

    /// <summary>A text.</summary>
    public static FilterValue OfText(string text) => new(FilterValueKind.Text, text, 0);

    /// <summary>A number.</summary>
    public static FilterValue OfNumber(double number) => new(FilterValueKind.Number, "", number);

    /// <summary>A scalar of JSON; objects and arrays are <see cref="FilterValueKind.Other"/>.</summary>
    public static FilterValue Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => OfText(element.GetString()!),
        JsonValueKind.Number => element.TryGetDouble(out var number) ? OfNumber(number) : Other,
        JsonValueKind.True => new FilterValue(FilterValueKind.Boolean, "", 1),
        JsonValueKind.False => new FilterValue(FilterValueKind.Boolean, "", 0),
        JsonValueKind.Null => new FilterValue(FilterValueKind.Null, "", 0),
        _ => Other,
    };

    /// <summary>A number written as text.</summary>
    public static FilterValue ParseNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? OfNumber(number) : Other;

    /// <summary>A test for addresses within a range; null when the text is no range.</summary>
    public static Func<string, bool>? InRange(string cidr) => IPNetwork.TryParse(cidr, out var network)
        ? text => IPAddress.TryParse(text, out var address) && network.Contains(address)
        : null;
}
