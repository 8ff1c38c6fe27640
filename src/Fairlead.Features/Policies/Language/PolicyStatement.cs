using System.Collections.Immutable;

namespace Fairlead.Features.Policies.Language;

/// <summary>A compiled statement.</summary>
/// <param name="Name">Its <c>Sid</c>, or <c>statement 2</c> for the second one without.</param>
/// <param name="IsAllow">Whether its effect is Allow.</param>
internal sealed record PolicyStatement(string Name, bool IsAllow)
{
    private readonly ImmutableArray<TextPattern> _actions = [];
    private readonly int _bits;

    /// <summary>Actions, compared without regard to case.</summary>
    public required ImmutableArray<TextPattern> Actions
    {
        get => _actions;
        init
        {
            _actions = value;
            foreach (var action in RequestedAction.WithBits)
            {
                if (NamesAction(action)) _bits |= action.Bit;
            }
        }
    }

    /// <summary><c>NotAction</c>: it concerns every action but these.</summary>
    public bool IsNotAction { get; init; }

    /// <summary>Resources.</summary>
    public required ImmutableArray<ResourcePattern> Resources { get; init; }

    /// <summary><c>NotResource</c>: it concerns every resource but these.</summary>
    public bool IsNotResource { get; init; }

    /// <summary>Conditions, all of which must hold.</summary>
    public ImmutableArray<Condition> Conditions { get; init; } = [];

    /// <summary>Whether what it says changes with the clock.</summary>
    public bool ReadsClock { get; init; }

    /// <summary>Whether it concerns an action.</summary>
    public bool HasAction(RequestedAction action) =>
        (action.Bit != 0 ? (_bits & action.Bit) != 0 : NamesAction(action)) != IsNotAction;

    /// <summary>Whether it concerns a resource.</summary>
    public bool HasResource(in RequestedResource resource, EvaluationContext context)
    {
        // What a variable without a value would have excluded is unknown: an Allow then gives nothing.
        var mustResolve = IsNotResource && IsAllow;
        foreach (var pattern in Resources)
        {
            if (mustResolve && !pattern.Pattern.IsResolved(context)) return false;
            if (pattern.Matches(resource, context)) return !IsNotResource;
        }

        return IsNotResource;
    }

    /// <summary>Whether all of its conditions hold.</summary>
    public bool HoldsIn(EvaluationContext context)
    {
        foreach (var condition in Conditions)
        {
            if (!condition.Holds(context, IsAllow)) return false;
        }

        return true;
    }

    private bool NamesAction(RequestedAction action)
    {
        foreach (var pattern in _actions)
        {
            if (pattern.Matches(action.Name, NoContext) || (action.Alias is { } alias && pattern.Matches(alias, NoContext))) return true;
        }

        return false;
    }

    /// <summary>Actions have no variables.</summary>
    private static readonly EvaluationContext NoContext = new() { Time = TimeProvider.System };
}
