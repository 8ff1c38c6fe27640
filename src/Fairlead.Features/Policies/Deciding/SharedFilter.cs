using Fairlead.Broker.Security;
using Fairlead.Features.Policies.Language;

namespace Fairlead.Features.Policies.Deciding;

/// <summary>
/// A shared subscription is allowed when either its whole filter <c>$share/{group}/{filter}</c> or the inner filter is; a Deny of either
/// wins (section 15.3).
/// </summary>
internal static class SharedFilter
{
    private const string Start = "topicfilter/$share/";

    private static readonly RequestedAction Subscribe = RequestedAction.Of(AccessAction.Subscribe);

    /// <summary>Judges a request, in both of its forms when it has two.</summary>
    public static Judgement Judge(PolicySet policies, RequestedAction action, in RequestedResource resource, EvaluationContext context)
    {
        var whole = policies.Judge(action, resource, context);
        if (whole.Verdict == Verdict.ExplicitDeny || action.Bit != Subscribe.Bit || InnerOf(resource.Arn) is not { } arn) return whole;
        var inner = policies.Judge(action, new RequestedResource(arn), context);
        var decides = inner.Verdict == Verdict.ExplicitDeny || whole.Verdict == Verdict.ImplicitDeny ? inner : whole;
        return decides with { ReadsClock = whole.ReadsClock || inner.ReadsClock };
    }

    /// <summary>ARN of the inner filter of a shared subscription; null for any other resource.</summary>
    public static string? InnerOf(ReadOnlySpan<char> arn)
    {
        var tail = RequestedResource.TailOf(arn);
        if (!tail.StartsWith(Start)) return null;
        var group = tail[Start.Length..].IndexOf('/');
        return group < 0 ? null : $"{arn[..^tail.Length]}topicfilter/{tail[(Start.Length + group + 1)..]}";
    }
}
