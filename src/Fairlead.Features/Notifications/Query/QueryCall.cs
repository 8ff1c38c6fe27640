using System.Xml;
using Fairlead.Features.Api;

namespace Fairlead.Features.Notifications.Query;

/// <summary>A request to an operation.</summary>
/// <param name="Operation">Name of the operation.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Caller">Who calls; null when the request is not signed.</param>
/// <param name="Authorizer">Decides what the caller may do.</param>
internal sealed record QueryCall(string Operation, QueryParameters Parameters, Caller? Caller, IApiAuthorizer Authorizer)
{
    /// <summary>Refuses the call unless the caller may do it.</summary>
    /// <param name="resource">ARN of the topic, or <c>*</c>.</param>
    /// <exception cref="NotificationException">403.</exception>
    public void Authorize(string resource)
    {
        if (Caller is null) throw new NotificationException(403, "MissingAuthenticationToken", "the request is not signed: 'fairlead env' prints what AWS tools need");
        if (Caller.Kind is not (CallerKind.Administrator or CallerKind.AccessKey))
            throw NotificationException.Denied($"{Operation} takes signed requests");
        var decision = Authorizer.Authorize(Caller, $"sns:{Operation}", resource);
        if (decision.Allowed) return;
        var why = decision.Policy is null ? "no statement of its policy allows it" : $"denied by {decision.Policy} {decision.Statement}".TrimEnd();
        throw NotificationException.Denied($"{Caller.PrincipalId} may not sns:{Operation} on {resource}: {why}");
    }
}

/// <summary>Serves an operation.</summary>
/// <returns>Writes the members of the result; null when the operation has none.</returns>
internal delegate ValueTask<Action<XmlWriter>?> QueryHandler(QueryCall call);
