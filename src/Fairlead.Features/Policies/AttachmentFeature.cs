using Fairlead.Features.Api;

namespace Fairlead.Features.Policies;

/// <summary>
/// What policies are attached to, over HTTP (section 9): targets, and the four deprecated operations on principals, which old scripts
/// still use.
/// </summary>
internal sealed class AttachmentFeature(FeatureContext context, HubRecords records, PolicyService policies) : IFeature
{
    private const string PrincipalHeader = "x-amzn-iot-principal";

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("AttachPolicy", "PUT", "/target-policies/{policyName}", Change(r => policies.Attach(r.Label(), TargetIn(r))), ResourceIn),
        ApiOperation.Control("DetachPolicy", "POST", "/target-policies/{policyName}", Change(r => policies.Detach(r.Label(), TargetIn(r))), ResourceIn),
        ApiOperation.Control("ListAttachedPolicies", "POST", "/attached-policies/{target+}", ListAttached, static r => r.Label()),
        ApiOperation.Control("ListTargetsForPolicy", "POST", "/policy-targets/{policyName}", ListTargets, OfLabel),
        ApiOperation.Control("AttachPrincipalPolicy", "PUT", "/principal-policies/{policyName}", Change(AttachPrincipal), PrincipalResource),
        ApiOperation.Control("DetachPrincipalPolicy", "DELETE", "/principal-policies/{policyName}", Change(DetachPrincipal), PrincipalResource),
        ApiOperation.Control("ListPrincipalPolicies", "GET", "/principal-policies", ListPrincipalPolicies, PrincipalResource),
        ApiOperation.Control("ListPolicyPrincipals", "GET", "/policy-principals", ListPolicyPrincipals, r => policies.ArnOf(PolicyIn(r))),
    ];

    private static string? TargetIn(ApiRequest request) => request.Body(PolicyJson.Default.TargetDocument).Target;

    private static string ResourceIn(ApiRequest request) => TargetIn(request) ?? throw ApiException.InvalidRequest("target is missing");

    private static string PrincipalIn(ApiRequest request) =>
        request.Header(PrincipalHeader) is { Length: > 0 } principal ? principal : throw ApiException.InvalidRequest($"the header {PrincipalHeader} is missing");

    private static string PrincipalResource(ApiRequest request) => PrincipalIn(request);

    private static string PolicyIn(ApiRequest request) =>
        request.Header("x-amzn-iot-policy") is { Length: > 0 } name ? name : throw ApiException.InvalidRequest("the header x-amzn-iot-policy is missing");

    private static IEnumerable<string> After(IEnumerable<string> ordered, string? key, bool ascending) => ascending
        ? ordered.Where(entry => key is null || string.CompareOrdinal(entry, key) > 0)
        : ordered.Reverse().Where(entry => key is null || string.CompareOrdinal(entry, key) < 0);

    private string OfLabel(ApiRequest request) => policies.ArnOf(request.Label());

    private ApiHandler Change(Action<ApiRequest> change) => async request =>
    {
        lock (context.Documents.Gate) change(request);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Empty;
    };

    private void AttachPrincipal(ApiRequest request) => policies.Attach(request.Label(), policies.Targets.FindPrincipal(PrincipalIn(request)));

    private void DetachPrincipal(ApiRequest request)
    {
        var principal = policies.Targets.FindPrincipal(PrincipalIn(request));
        policies.Get(request.Label());
        if (!records.PolicyAttachments.Remove(request.Label(), principal))
            throw ApiException.NotFound($"the policy {request.Label()} is not attached to {principal}");
    }

    private ValueTask<ApiResponse> ListAttached(ApiRequest request)
    {
        var target = policies.Targets.Find(request.Label());
        var found = new List<Policy>(policies.AttachedTo(target));
        if (request.QueryBoolean("recursive") == true && policies.Targets.IsGroup(target, out var name))
        {
            while (records.ThingGroups.Find(name)?.ParentName is { } parent)
            {
                found.AddRange(policies.AttachedTo(context.Scope.Arn("thinggroup", parent)));
                name = parent;
            }
        }

        return AnswerPolicies(request, found.DistinctBy(static policy => policy.Name), ascending: false);
    }

    private ValueTask<ApiResponse> ListTargets(ApiRequest request)
    {
        policies.Get(request.Label());
        var paging = Paging.Security(request);
        var page = paging.Take(After(records.PolicyAttachments.RightsOf(request.Label()).Keys, paging.After, ascending: true), static target => target, out var next);
        return new(ApiResponse.Json(new TargetListDocument(page, next), PolicyJson.Default.TargetListDocument));
    }

    private ValueTask<ApiResponse> ListPrincipalPolicies(ApiRequest request) => AnswerPolicies(
        request, policies.AttachedTo(policies.Targets.FindPrincipal(PrincipalIn(request))), request.QueryBoolean("isAscendingOrder") ?? false);

    private ValueTask<ApiResponse> ListPolicyPrincipals(ApiRequest request)
    {
        var policy = policies.Get(PolicyIn(request));
        var paging = Paging.Security(request);
        var principals = records.PolicyAttachments.RightsOf(policy.Name).Keys.Where(target => !policies.Targets.IsGroup(target, out _));
        var page = paging.Take(After(principals, paging.After, request.QueryBoolean("isAscendingOrder") ?? false), static principal => principal, out var next);
        return new(ApiResponse.Json(new PrincipalListDocument(page, next), PolicyJson.Default.PrincipalListDocument));
    }

    private ValueTask<ApiResponse> AnswerPolicies(ApiRequest request, IEnumerable<Policy> found, bool ascending)
    {
        var paging = Paging.Security(request);
        var ordered = found.OrderBy(static policy => policy.CreatedAt).ThenBy(static policy => policy.Name, StringComparer.Ordinal).Select(static policy => policy.Name);
        var rest = ascending ? ordered : ordered.Reverse();
        if (paging.After is { } last) rest = rest.SkipWhile(name => name != last).Skip(1);
        var page = paging.Take(rest, static name => name, out var next);
        return new(ApiResponse.Json(
            new PolicyListDocument([.. page.Select(name => new PolicyReference(name, policies.ArnOf(name)))], next), PolicyJson.Default.PolicyListDocument));
    }
}
