using Fairlead.Broker.Security;
using Fairlead.Features.Api;
using Fairlead.Features.Certificates;
using Fairlead.Features.Policies.Language;

namespace Fairlead.Features.Policies.Deciding;

/// <summary>
/// Decides by policies what callers of the HTTP API may do: keys by their own document, certificates by the policies attached to them,
/// others by the documents that their authorizer gave them. Over HTTP there is no Client Identifier and no thing (section 16.2).
/// </summary>
internal sealed class CallerAuthorizer(FeatureContext context, HubRecords records, EffectivePolicies effective, PolicyLibrary library) : IApiAuthorizer
{
    private static readonly Decision Administrators = new(Allowed: true, "administrators");
    private static readonly Decision Everything = new(Allowed: true, "key");

    /// <inheritdoc/>
    public Decision Authorize(Caller caller, string action, string resource, IReadOnlyDictionary<string, string>? keys = null)
    {
        if (caller.Kind == CallerKind.Administrator) return Administrators;
        if (caller is { Kind: CallerKind.AccessKey, Key.PolicyDocument: null }) return Everything;
        var evaluation = ContextOf(caller, keys);
        var policies = PoliciesOf(caller, evaluation);
        var requested = RequestedAction.Of(action);
        var judgement = policies.Judge(requested, new RequestedResource(resource), evaluation);
        return judgement.Verdict == Verdict.ImplicitDeny
            ? new Decision(Allowed: false, Detail: Explanation.WhyNot(policies, requested, new RequestedResource(resource), evaluation))
            : new Decision(judgement.Verdict == Verdict.Allowed, judgement.Policy, judgement.Statement);
    }

    private EvaluationContext ContextOf(Caller caller, IReadOnlyDictionary<string, string>? keys) => new()
    {
        Time = context.Time,
        SourceAddress = EvaluationContext.TextOf(caller.Address),
        IsSecure = caller.IsSecure,
        DomainName = caller.ServerName,
        CertificateId = caller.Kind == CallerKind.Certificate ? caller.PrincipalId : null,
        Certificate = caller.Kind == CallerKind.Certificate ? records.Certificates.Find(caller.PrincipalId) : null,
        Keys = keys,
    };

    private PolicySet PoliciesOf(Caller caller, EvaluationContext evaluation) => caller switch
    {
        { Kind: CallerKind.AccessKey, Key: { } key } => library.Of(key) ?? PolicySet.Empty,
        { Principal: DocumentPrincipal principal } => library.Of(principal, principal.PolicyDocuments),
        { Kind: CallerKind.Certificate } when evaluation.Certificate is { Status: CertificateStatus.Active } =>
            effective.Of(context.Scope.Arn("cert", caller.PrincipalId), thing: null),
        _ => PolicySet.Empty,
    };
}
