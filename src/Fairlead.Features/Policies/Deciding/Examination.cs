using Fairlead.Features.Policies.Language;

namespace Fairlead.Features.Policies.Deciding;

/// <summary>What a statement says about a request, and why it does not apply where it does not.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="HasAction">Whether it concerns the action.</param>
/// <param name="HasResource">Whether it concerns the resource.</param>
/// <param name="FailedConditions">Conditions that do not hold.</param>
/// <param name="Missing">Variables and keys without a value that it asks for; empty when it does not concern the action.</param>
internal sealed record ExaminedStatement(
    PolicyStatement Statement, bool HasAction, bool HasResource, IReadOnlyList<string> FailedConditions, IReadOnlyList<string> Missing)
{
    /// <summary>Whether it allows or denies the request.</summary>
    public bool Applies => HasAction && HasResource && FailedConditions.Count == 0;
}

/// <summary>A policy's statements.</summary>
/// <param name="Name">Name of the policy.</param>
/// <param name="Statements">Its statements.</param>
internal sealed record ExaminedPolicy(string Name, IReadOnlyList<ExaminedStatement> Statements)
{
    /// <summary>Whether a statement of the policy applies.</summary>
    /// <param name="allows">Of the Allows, or of the Denies.</param>
    public bool Has(bool allows) => Statements.Any(statement => statement.Applies && statement.Statement.IsAllow == allows);
}

/// <summary>A request judged by the same evaluator as the broker's, with everything that went into it.</summary>
/// <param name="Judgement">The judgement.</param>
/// <param name="Detail">Why nothing allows it; null otherwise.</param>
/// <param name="Policies">Every policy that concerns the principal.</param>
internal sealed record Examination(Judgement Judgement, string? Detail, IReadOnlyList<ExaminedPolicy> Policies)
{
    /// <summary>Variables and keys without a value, each once.</summary>
    public IReadOnlyList<string> Missing =>
        [.. Policies.SelectMany(static policy => policy.Statements).SelectMany(static statement => statement.Missing).Distinct(StringComparer.Ordinal)];

    /// <summary>Judges a request and notes what went into it.</summary>
    public static Examination Of(PolicySet policies, RequestedAction action, string arn, EvaluationContext context)
    {
        var judgement = SharedFilter.Judge(policies, action, new RequestedResource(arn), context);
        var inner = SharedFilter.InnerOf(arn);
        var detail = judgement.Verdict == Verdict.ImplicitDeny ? Explanation.WhyNot(policies, action, new RequestedResource(arn), context) : null;
        return new Examination(judgement, detail, [.. policies.Policies.Select(policy => new ExaminedPolicy(
            policy.Name, [.. policy.Document.Statements.Select(statement => Examine(statement, action, arn, inner, context))]))]);
    }

    private static ExaminedStatement Examine(
        PolicyStatement statement, RequestedAction action, string arn, string? inner, EvaluationContext context)
    {
        if (!statement.HasAction(action)) return new ExaminedStatement(statement, false, false, [], []);
        var hasResource = statement.HasResource(new RequestedResource(arn), context)
            || (inner is not null && statement.HasResource(new RequestedResource(inner), context));
        var missing = statement.Resources.SelectMany(resource => resource.Pattern.Unresolved(context)).ToList();
        if (hasResource || missing.Count > 0) missing.AddRange(statement.Conditions.SelectMany(condition => condition.Missing(context)));
        var failed = statement.Conditions.Where(condition => !condition.Holds(context, statement.IsAllow)).Select(static condition => condition.ToString());
        return new ExaminedStatement(statement, true, hasResource, [.. failed], [.. missing.Distinct(StringComparer.Ordinal)]);
    }
}
