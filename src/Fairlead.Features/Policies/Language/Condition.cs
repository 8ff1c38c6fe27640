using System.Collections.Immutable;

namespace Fairlead.Features.Policies.Language;

/// <summary>One key of one operator in a statement's <c>Condition</c> (section 17).</summary>
/// <param name="operation">Operator.</param>
/// <param name="key">Key.</param>
/// <param name="values">Values to compare with.</param>
internal sealed class Condition(ConditionOperator operation, ContextKey key, ImmutableArray<ConditionValue> values)
{
    /// <summary>Operator.</summary>
    public ConditionOperator Operator { get; } = operation;

    /// <summary>Key.</summary>
    public ContextKey Key { get; } = key;

    /// <summary>Whether key or values change with the clock.</summary>
    public bool ReadsClock { get; } = key.ReadsClock || values.Any(static value => value.Pattern.ReadsClock);

    /// <summary>Whether it holds.</summary>
    /// <param name="context">Whom the request concerns.</param>
    /// <param name="isAllow">Whether the statement allows.</param>
    public bool Holds(EvaluationContext context, bool isAllow)
    {
        var request = context.Find(Key);
        if (Operator.Comparison == Comparison.Null) return Meets(request.Count == 0 ? "true" : "false", context);
        // Nobody can tell that a value which is not there is none of the values: the statement then decides against the caller.
        if (Operator.IsNegated && !AllResolved(context)) return !isAllow;
        if (request.Count == 0) return HoldsWithout();
        var all = Operator.Set == SetOperator.ForAllValues || (Operator.Set == SetOperator.None && Operator.IsNegated);
        for (var i = 0; i < request.Count; i++)
        {
            if ((Meets(request[i], context) != Operator.IsNegated) != all) return !all;
        }

        return all;
    }

    /// <summary>Names of its key and of variables in its values that have nothing.</summary>
    public IEnumerable<string> Missing(EvaluationContext context)
    {
        if (context.Find(Key).Count == 0 && Operator.Comparison != Comparison.Null) yield return Key.Name;
        foreach (var value in values)
        {
            foreach (var name in value.Pattern.Unresolved(context)) yield return name;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Operator.Name} {Key.Name} [{string.Join(", ", values.Select(static value => value.Pattern.Text))}]";

    /// <summary>A key that is not there (an empty set is none either).</summary>
    private bool HoldsWithout() => Operator.Set switch
    {
        SetOperator.ForAllValues => true,
        _ when Operator.IfExists => true,
        SetOperator.ForAnyValue => false,
        _ => Operator.IsNegated,
    };

    private bool AllResolved(EvaluationContext context)
    {
        foreach (var value in values)
        {
            if (!value.Pattern.IsResolved(context)) return false;
        }

        return true;
    }

    private bool Meets(string requestValue, EvaluationContext context)
    {
        foreach (var value in values)
        {
            if (value.Meets(requestValue, context)) return true;
        }

        return false;
    }
}
