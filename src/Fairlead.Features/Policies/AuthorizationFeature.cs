using Fairlead.Features.Api;
using Fairlead.Features.Policies.Deciding;
using Fairlead.Features.Policies.Language;
using Fairlead.Features.Registry;

namespace Fairlead.Features.Policies;

/// <summary>What policies come to for a principal (section 9): the same evaluator as the broker's, asked over HTTP.</summary>
internal sealed class AuthorizationFeature(
    FeatureContext context, HubRecords records, PolicyService policies, EffectivePolicies effective, PolicyLibrary library) : IFeature
{
    private const int MostQuestions = 10;

    private readonly ThingAssociation _things = new(context.Scope, records);

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("GetEffectivePolicies", "POST", "/effective-policies", GetEffective),
        ApiOperation.Control("TestAuthorization", "POST", "/test-authorization", Test),
    ];

    /// <summary>How a verdict is called in answers.</summary>
    public static string NameOf(Verdict verdict) => verdict switch
    {
        Verdict.Allowed => "ALLOWED",
        Verdict.ExplicitDeny => "EXPLICIT_DENY",
        _ => "IMPLICIT_DENY",
    };

    private ValueTask<ApiResponse> GetEffective(ApiRequest request)
    {
        var input = request.Body(AuthorizationJson.Default.EffectivePoliciesInput);
        var thing = request.Query("thingName");
        if (input.Principal is null && thing is null) throw ApiException.InvalidRequest("give a principal, a thingName, or both");
        if (thing is not null && records.Things.Find(thing) is null) throw ApiException.NotFound($"there is no thing {thing}");
        var principal = input.Principal is null ? null : policies.Targets.FindPrincipal(input.Principal);
        // The groups of a thing that the principal does not stand for have no effect on it (section 16.4).
        if (principal is not null && thing is not null && records.ThingPrincipals.Find(thing, principal) is null) thing = null;
        var found = effective.Of(principal, thing).Policies
            .Select(policy => records.Policies.Find(policy.Name)).OfType<Policy>()
            .Select(policy => new EffectivePolicyDocument(policy.Name, policies.ArnOf(policy.Name), policy.Default.Document));
        return new(ApiResponse.Json(new EffectivePolicyListDocument([.. found]), AuthorizationJson.Default.EffectivePolicyListDocument));
    }

    private ValueTask<ApiResponse> Test(ApiRequest request)
    {
        var input = request.Body(AuthorizationJson.Default.TestAuthorizationInput);
        if (input.AuthInfos is not { Count: >= 1 and <= MostQuestions } questions)
            throw ApiException.InvalidRequest($"authInfos has 1 to {MostQuestions} entries");
        var evaluation = ContextOf(input.Principal, request.Query("clientId"), out var principal);
        var set = Changed(effective.Of(principal, evaluation.Thing?.Name), input);
        return new(ApiResponse.Json(
            new AuthResultListDocument([.. questions.Select(question => Answer(question, set, evaluation))]), AuthorizationJson.Default.AuthResultListDocument));
    }

    /// <summary>What is known of a connection that does not exist: keys such as the address are missing, and reported so.</summary>
    private EvaluationContext ContextOf(string? asked, string? clientId, out string? principal)
    {
        principal = asked is null ? null : policies.Targets.FindPrincipal(asked);
        var evaluation = new EvaluationContext { Time = context.Time, IsMqtt = true, ClientId = clientId, IsSecure = true, ConnectAttributes = [] };
        if (principal is null || !context.Scope.TryParseArn(principal, "cert", out var id)) return evaluation;
        return evaluation with
        {
            CertificateId = id,
            Certificate = records.Certificates.Find(id),
            Thing = _things.Find(id, clientId ?? "", out _),
        };
    }

    private PolicySet Changed(PolicySet set, TestAuthorizationInput input)
    {
        var skipped = (input.PolicyNamesToSkip ?? []).Select(name => policies.Get(name).Name).ToHashSet(StringComparer.Ordinal);
        var added = (input.PolicyNamesToAdd ?? []).Select(name => policies.Get(name).Name)
            .Where(name => !set.Policies.Any(policy => policy.Name == name)).Distinct(StringComparer.Ordinal)
            .Select(library.Find).OfType<NamedPolicy>();
        return new PolicySet([.. set.Policies.Where(policy => !skipped.Contains(policy.Name)), .. added]);
    }

    private AuthResultDocument Answer(AuthInfoDocument question, PolicySet set, EvaluationContext evaluation)
    {
        if (question.Resources is not { Count: > 0 } resources) throw ApiException.InvalidRequest("authInfos.resources is missing");
        var action = RequestedAction.Of(question.ActionType switch
        {
            "PUBLISH" => "iot:Publish",
            "SUBSCRIBE" => "iot:Subscribe",
            "RECEIVE" => "iot:Receive",
            "CONNECT" => "iot:Connect",
            _ => throw ApiException.InvalidRequest("authInfos.actionType is one of PUBLISH, SUBSCRIBE, RECEIVE, CONNECT"),
        });
        // Keys of Connect alone (section 17).
        var asked = question.ActionType == "CONNECT" ? evaluation : evaluation with { ConnectAttributes = default };
        var examined = resources.Select(resource => Examination.Of(set, action, resource, asked)).ToList();
        var worst = examined.Exists(static one => one.Judgement.Verdict == Verdict.ExplicitDeny) ? Verdict.ExplicitDeny
            : examined.Exists(static one => one.Judgement.Verdict == Verdict.ImplicitDeny) ? Verdict.ImplicitDeny
            : Verdict.Allowed;
        var all = examined.SelectMany(static one => one.Policies).ToLookup(static policy => policy.Name, StringComparer.Ordinal);
        return new AuthResultDocument(
            question,
            Named(all.Where(static one => one.Any(static policy => policy.Has(allows: true)))),
            new DeniedDocument(
                Named(all.Where(static one => !one.Any(static policy => policy.Has(allows: true) || policy.Has(allows: false)))),
                Named(all.Where(static one => one.Any(static policy => policy.Has(allows: false))))),
            NameOf(worst),
            [.. examined.SelectMany(static one => one.Missing).Distinct(StringComparer.Ordinal)]);

        DecidingPoliciesDocument Named(IEnumerable<IGrouping<string, ExaminedPolicy>> groups) =>
            new([.. groups.Select(group => new PolicyReference(group.Key, policies.ArnOf(group.Key)))]);
    }
}
