using Fairlead.Features.Policies.Language;

namespace Fairlead.Features.Policies.Deciding;

/// <summary>Says in one sentence why nothing allows a request: the condition that failed, the variable without a value, or what is allowed instead.</summary>
internal static class Explanation
{
    private const int LongestPattern = 128;

    /// <summary>Explains an implicit deny.</summary>
    public static string WhyNot(PolicySet policies, RequestedAction action, in RequestedResource resource, EvaluationContext context)
    {
        if (policies.Policies.IsEmpty) return "no policy is attached";
        string? failed = null, missing = null, nearest = null;
        var common = -1;
        foreach (var policy in policies.Policies)
        {
            foreach (var statement in policy.Document.Statements)
            {
                if (!statement.IsAllow || !statement.HasAction(action)) continue;
                if (statement.HasResource(resource, context)) failed ??= FailedCondition(policy, statement, context);
                foreach (var pattern in statement.Resources)
                {
                    if (!pattern.Pattern.IsResolved(context))
                        missing ??= $"policy {policy.Name} allows {Shown(pattern)}, and {string.Join(" and ", pattern.Pattern.Unresolved(context).Distinct(StringComparer.Ordinal))} has no value";
                    if (!statement.IsNotResource) Nearer(policy, pattern, resource, ref common, ref nearest);
                }
            }
        }

        return failed ?? missing ?? nearest ?? $"no statement of {string.Join(", ", policies.Policies.Select(static policy => policy.Name))} allows {action.Name}";
    }

    private static string? FailedCondition(NamedPolicy policy, PolicyStatement statement, EvaluationContext context)
    {
        foreach (var condition in statement.Conditions)
        {
            if (condition.Holds(context, isAllow: true)) continue;
            var absent = condition.Missing(context).Distinct(StringComparer.Ordinal).ToList();
            var reason = absent.Count == 0 ? "" : $": {string.Join(" and ", absent)} has no value";
            return $"{statement.Name} of policy {policy.Name} would allow it, but its condition {condition} does not hold{reason}";
        }

        return null;
    }

    private static void Nearer(NamedPolicy policy, ResourcePattern pattern, in RequestedResource resource, ref int common, ref string? nearest)
    {
        var start = pattern.Pattern.Start;
        var length = start.AsSpan().CommonPrefixLength(start.StartsWith("arn:", StringComparison.Ordinal) ? resource.Arn : resource.Tail);
        if (length <= common) return;
        common = length;
        nearest = $"policy {policy.Name} allows {Shown(pattern)}";
    }

    /// <summary>Type and name are enough: the rest of the ARN is the same everywhere.</summary>
    private static string Shown(ResourcePattern pattern)
    {
        var text = pattern.Pattern.Text;
        var shown = text.StartsWith("arn:", StringComparison.Ordinal) && !text[..Math.Min(text.Length, 64)].Contains("${", StringComparison.Ordinal)
            ? RequestedResource.TailOf(text).ToString()
            : text;
        return shown.Length <= LongestPattern ? shown : $"{shown[..LongestPattern]}...";
    }
}
