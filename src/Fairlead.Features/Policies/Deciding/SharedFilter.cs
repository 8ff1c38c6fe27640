using Fairlead.Features.Policies.Language;

namespace Fairlead.Features.Policies.Deciding;

/// <summary>
/// A shared subscription is allowed when either its whole filter <c>$share/{group}/{filter}</c> or the inner filter is; a Deny of either
/// wins (section 15.3).
/// </summary>
internal static class SharedFilter
{
    private const string Share = "$share/";

    /// <summary>Judges a request, in both of its forms when it has two.</summary>
    /// <param name="policies">Policies.</param>
    /// <param name="action">Action.</param>
    /// <param name="resource">Resource.</param>
    /// <param name="nameStart">Where in its ARN the name begins.</param>
    /// <param name="context">Whom it concerns.</param>
    public static Judgement Judge(PolicySet policies, RequestedAction action, in RequestedResource resource, int nameStart, EvaluationContext context)
    {
        var whole = policies.Judge(action, resource, context);
        var name = resource.Arn[nameStart..];
        if (whole.Verdict == Verdict.ExplicitDeny || action.Bit != Subscribe.Bit || !name.StartsWith(Share)) return whole;
        var group = name[Share.Length..].IndexOf('/');
        if (group < 0) return whole;
        var inner = policies.Judge(action, new RequestedResource([.. resource.Arn[..nameStart], .. name[(Share.Length + group + 1)..]]), context);
        var decides = inner.Verdict == Verdict.ExplicitDeny || whole.Verdict == Verdict.ImplicitDeny ? inner : whole;
        return decides with { ReadsClock = whole.ReadsClock || inner.ReadsClock };
    }

    private static readonly RequestedAction Subscribe = RequestedAction.Of(Broker.Security.AccessAction.Subscribe);
}
