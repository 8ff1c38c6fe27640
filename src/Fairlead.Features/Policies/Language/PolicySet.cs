using System.Collections.Immutable;

namespace Fairlead.Features.Policies.Language;

/// <summary>How a request was judged (section 15.4).</summary>
internal enum Verdict
{
    /// <summary>A statement allows it and none denies it.</summary>
    Allowed,

    /// <summary>A statement denies it.</summary>
    ExplicitDeny,

    /// <summary>No statement allows it.</summary>
    ImplicitDeny,
}

/// <summary>A verdict and what it rests on.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Policy">Policy that decided; null for an implicit deny.</param>
/// <param name="Statement">Statement within the policy; null for an implicit deny.</param>
/// <param name="ReadsClock">Whether it may be another one a moment later.</param>
internal readonly record struct Judgement(Verdict Verdict, string? Policy, string? Statement, bool ReadsClock);

/// <summary>All policies that concern a principal.</summary>
/// <param name="Policies">The policies.</param>
internal sealed record PolicySet(ImmutableArray<NamedPolicy> Policies)
{
    /// <summary>No policy: everything is denied.</summary>
    public static PolicySet Empty { get; } = new(ImmutableArray<NamedPolicy>.Empty);

    /// <summary>Judges a request. Allocates nothing, unless a statement asks for the time.</summary>
    public Judgement Judge(RequestedAction action, in RequestedResource resource, EvaluationContext context)
    {
        var readsClock = false;
        var allowed = new Judgement(Verdict.ImplicitDeny, null, null, false);
        foreach (var policy in Policies)
        {
            foreach (var statement in policy.Document.Statements)
            {
                // One Allow is enough; a Deny may still come.
                if (statement.IsAllow && allowed.Verdict == Verdict.Allowed) continue;
                if (!statement.HasAction(action)) continue;
                readsClock |= statement.ReadsClock;
                if (!statement.HasResource(resource, context) || !statement.HoldsIn(context)) continue;
                if (!statement.IsAllow) return new Judgement(Verdict.ExplicitDeny, policy.Name, statement.Name, readsClock);
                allowed = new Judgement(Verdict.Allowed, policy.Name, statement.Name, false);
            }
        }

        return allowed with { ReadsClock = readsClock };
    }
}
