namespace Fairlead.Features.Policies.Language;

/// <summary>How an operator compares two values.</summary>
internal enum Comparison
{
    /// <summary>Same text.</summary>
    Text,

    /// <summary>Same text, upper and lower case being the same.</summary>
    TextAnyCase,

    /// <summary>Text with wildcards.</summary>
    Like,

    /// <summary>Numbers.</summary>
    Numeric,

    /// <summary>Points in time.</summary>
    Date,

    /// <summary><c>true</c> and <c>false</c>.</summary>
    Bool,

    /// <summary>Address in a network.</summary>
    Address,

    /// <summary>The six fields of an ARN, each with wildcards.</summary>
    Arn,

    /// <summary>Whether the key is absent.</summary>
    Null,
}

/// <summary>What must hold between numbers or points in time.</summary>
internal enum Order
{
    /// <summary>Equal.</summary>
    Equal,

    /// <summary>Less.</summary>
    Less,

    /// <summary>Less or equal.</summary>
    LessOrEqual,

    /// <summary>Greater.</summary>
    Greater,

    /// <summary>Greater or equal.</summary>
    GreaterOrEqual,
}

/// <summary>How a set of values is judged.</summary>
internal enum SetOperator
{
    /// <summary>No set operator.</summary>
    None,

    /// <summary>Every value must meet the condition; true for an empty set.</summary>
    ForAllValues,

    /// <summary>At least one value must; false for an empty set.</summary>
    ForAnyValue,
}

/// <summary>An operator with its prefix and suffix.</summary>
/// <param name="Name">As the document writes it.</param>
/// <param name="Comparison">How two values are compared.</param>
/// <param name="Order">For numbers and points in time.</param>
/// <param name="IsNegated">Whether it holds when the values do not compare so.</param>
/// <param name="Set">Set operator.</param>
/// <param name="IfExists">Whether it holds for a key that is absent.</param>
internal sealed record ConditionOperator(
    string Name, Comparison Comparison, Order Order, bool IsNegated, SetOperator Set, bool IfExists)
{
    private const string IfExistsSuffix = "IfExists";

    /// <summary>Understands an operator; null when there is none of that name.</summary>
    public static ConditionOperator? Parse(string name)
    {
        var set = SetOperator.None;
        var rest = name;
        if (rest.StartsWith("ForAllValues:", StringComparison.Ordinal)) set = SetOperator.ForAllValues;
        else if (rest.StartsWith("ForAnyValue:", StringComparison.Ordinal)) set = SetOperator.ForAnyValue;
        if (set != SetOperator.None) rest = rest[(rest.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var ifExists = rest.EndsWith(IfExistsSuffix, StringComparison.Ordinal);
        if (ifExists) rest = rest[..^IfExistsSuffix.Length];
        if (ParsePlain(rest) is not var (comparison, order, negated)) return null;
        if (comparison == Comparison.Null && (ifExists || set != SetOperator.None)) return null;
        return new ConditionOperator(name, comparison, order, negated, set, ifExists);
    }

    private static (Comparison Comparison, Order Order, bool IsNegated)? ParsePlain(string name) => name switch
    {
        "StringEquals" => (Comparison.Text, Order.Equal, false),
        "StringNotEquals" => (Comparison.Text, Order.Equal, true),
        "StringEqualsIgnoreCase" => (Comparison.TextAnyCase, Order.Equal, false),
        "StringNotEqualsIgnoreCase" => (Comparison.TextAnyCase, Order.Equal, true),
        "StringLike" => (Comparison.Like, Order.Equal, false),
        "StringNotLike" => (Comparison.Like, Order.Equal, true),
        "Bool" => (Comparison.Bool, Order.Equal, false),
        "IpAddress" => (Comparison.Address, Order.Equal, false),
        "NotIpAddress" => (Comparison.Address, Order.Equal, true),
        "ArnEquals" or "ArnLike" => (Comparison.Arn, Order.Equal, false),
        "ArnNotEquals" or "ArnNotLike" => (Comparison.Arn, Order.Equal, true),
        "Null" => (Comparison.Null, Order.Equal, false),
        _ when name.StartsWith("Numeric", StringComparison.Ordinal) => ParseOrder(Comparison.Numeric, name["Numeric".Length..]),
        _ when name.StartsWith("Date", StringComparison.Ordinal) => ParseOrder(Comparison.Date, name["Date".Length..]),
        _ => null,
    };

    private static (Comparison Comparison, Order Order, bool IsNegated)? ParseOrder(Comparison comparison, string order) => order switch
    {
        "Equals" => (comparison, Order.Equal, false),
        "NotEquals" => (comparison, Order.Equal, true),
        "LessThan" => (comparison, Order.Less, false),
        "LessThanEquals" => (comparison, Order.LessOrEqual, false),
        "GreaterThan" => (comparison, Order.Greater, false),
        "GreaterThanEquals" => (comparison, Order.GreaterOrEqual, false),
        _ => null,
    };
}
