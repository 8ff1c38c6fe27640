using System.Net;
using Fairlead.Broker.Security;
using Fairlead.Features.Api;
using Fairlead.Features.Policies.Deciding;
using Fairlead.Features.Policies.Language;
using Fairlead.Features.Registry;

namespace Fairlead.Features.Policies;

/// <summary>
/// <c>POST /v1/explain</c>: whether somebody may do something, which statement decides, what every other one says, and which variables
/// have no value. For the tools and the console.
/// </summary>
internal sealed class ExplainFeature(FeatureContext context, HubRecords records, SubjectAccess access, PolicyLibrary library) : IFeature
{
    private readonly ThingAssociation _things = new(context.Scope, records);

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations => [ApiOperation.Hub("Explain", "POST", "/v1/explain", Explain)];

    private ValueTask<ApiResponse> Explain(ApiRequest request) =>
        new(ApiResponse.Json(Explain(request.Body(AuthorizationJson.Default.ExplainInput)), AuthorizationJson.Default.ExplainDocument));

    /// <summary>Explains.</summary>
    /// <exception cref="ApiException">The question is incomplete, or names somebody who is not there.</exception>
    public ExplainDocument Explain(ExplainInput input)
    {
        if (string.IsNullOrEmpty(input.Action)) throw ApiException.InvalidRequest("action is missing, such as iot:Publish");
        var action = RequestedAction.Of(input.Action.Contains(':', StringComparison.Ordinal) ? input.Action : $"iot:{input.Action}");
        var asker = Find(input);
        var evaluation = asker.Context with
        {
            SourceAddress = Address(input.SourceIp) ?? asker.Context.SourceAddress,
            Keys = input.Topic is not null && Is(action, "iot:SendDirectMessage") ? new Dictionary<string, string>(StringComparer.Ordinal) { ["iot:Topic"] = input.Topic } : null,
        };
        if (Is(action, "iot:Connect"))
        {
            evaluation = evaluation with
            {
                LastWillTopic = input.WillTopic is null ? null : context.Scope.Arn("topic", input.WillTopic),
                ConnectAttributes = SubjectAccess.ConnectAttributesOf(input.Persistent ?? false, input.WillTopic is not null),
            };
        }

        var resource = ResourceOf(input, action, evaluation);
        return Describe(asker, action, resource, evaluation);
    }

    private static bool Is(RequestedAction action, string name) => action.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string? Address(string? text)
    {
        if (text is null) return null;
        return IPAddress.TryParse(text, out var address) ? EvaluationContext.TextOf(address) : throw ApiException.InvalidRequest($"sourceIp '{text}' is not an IP address");
    }

    private static IReadOnlyList<string>? NotEmpty(IReadOnlyList<string> texts) => texts.Count > 0 ? texts : null;

    private string ResourceOf(ExplainInput input, RequestedAction action, EvaluationContext evaluation)
    {
        if (input.Resource is { Length: > 0 } resource)
            return resource == "*" || resource.StartsWith("arn:", StringComparison.Ordinal) ? resource : context.Scope.ArnPrefix + resource;
        if (Is(action, "iot:Connect") && evaluation.ClientId is { } clientId) return context.Scope.Arn("client", clientId);
        if (input.Topic is not { Length: > 0 } topic) throw ApiException.InvalidRequest("give a resource, such as topic/lamp1/temp, or a topic");
        return context.Scope.Arn(Is(action, "iot:Subscribe") ? "topicfilter" : "topic", topic);
    }

    private Asker Find(ExplainInput input)
    {
        if (input.KeyId is { } keyId) return OfKey(keyId, input.ClientId);
        if (input.CertificateId is { } id)
        {
            return records.Certificates.Find(id) is not null
                ? OfCertificate(id, input.ClientId ?? input.Thing)
                : throw ApiException.NotFound($"there is no certificate {id}");
        }

        if (input.Thing is { } thing) return OfThing(thing, input.ClientId ?? thing);
        return input.ClientId is { } clientId ? OfClient(clientId) : throw ApiException.InvalidRequest("give one of thing, certificateId, keyId and clientId");
    }

    private Asker OfKey(string id, string? clientId)
    {
        var key = records.AccessKeys.Find(id) ?? throw ApiException.NotFound($"there is no key {id}");
        var evaluation = new EvaluationContext { Time = context.Time, IsMqtt = clientId is not null, ClientId = clientId };
        return new Asker($"key {id}", library.Of(key), evaluation, [], key.IsEnabled ? null : "the key is disabled");
    }

    private Asker OfThing(string thing, string clientId)
    {
        if (records.Things.Find(thing) is null) throw ApiException.NotFound($"there is no thing {thing}");
        var certificates = records.ThingPrincipals.RightsOf(thing).Keys
            .Select(arn => context.Scope.TryParseArn(arn, "cert", out var id) ? records.Certificates.Find(id) : null)
            .OfType<Certificates.DeviceCertificate>()
            .OrderBy(static certificate => certificate.Status == Certificates.CertificateStatus.Active ? 0 : 1);
        return certificates.FirstOrDefault() is { } certificate
            ? OfCertificate(certificate.Id, clientId)
            : new Asker($"thing {thing}", PolicySet.Empty, new EvaluationContext { Time = context.Time, IsMqtt = true, ClientId = clientId }, [], "no certificate is attached to the thing");
    }

    private Asker OfCertificate(string id, string? clientId)
    {
        var certificate = records.Certificates.Find(id)!;
        var evaluation = new EvaluationContext
        {
            Time = context.Time,
            IsMqtt = true,
            IsSecure = true,
            ClientId = clientId,
            CertificateId = id,
            Certificate = certificate,
            Thing = _things.Find(id, clientId ?? "", out _),
        };
        var seen = new List<AccessDependency>();
        var policies = access.Policies.Of(context.Scope.Arn("cert", id), evaluation.Thing?.Name, seen);
        var refusal = certificate.Status == Certificates.CertificateStatus.Active ? null : "the certificate is not active";
        return new Asker($"certificate {id}", policies, evaluation, seen, refusal);
    }

    /// <summary>A client as it is connected now.</summary>
    private Asker OfClient(string clientId)
    {
        if (!context.Broker.TryGetState(clientId, out var state) || state.Transport is not { } transport || state.Principal is not { } principal)
            throw ApiException.NotFound($"no client {clientId} is connected: give a thing or a certificateId instead");
        if (!access.Governs(principal)) return new Asker($"{principal}", null, new EvaluationContext { Time = context.Time, ClientId = clientId }, [], null);
        var found = access.Find(new AccessSubject(principal, clientId, transport));
        var seen = new List<AccessDependency>();
        if (found.Context.CertificateId is { } id) access.Policies.Of(context.Scope.Arn("cert", id), found.Context.Thing?.Name, seen);
        return new Asker($"{principal}", found.Policies, found.Context, seen, found.Refusal);
    }

    private ExplainDocument Describe(Asker asker, RequestedAction action, string resource, EvaluationContext evaluation)
    {
        if (asker.Policies is null || asker.Refusal is not null)
        {
            return new ExplainDocument(
                asker.Refusal is null ? "ALLOWED" : "IMPLICIT_DENY", null, null, asker.Refusal ?? "no policies concern it: it may do everything", action.Name,
                resource, evaluation.ClientId, evaluation.Thing?.Name, asker.Name, [], []);
        }

        var examined = Examination.Of(asker.Policies, action, resource, evaluation);
        var targets = asker.Seen.Where(static one => one.Kind == DependencyKind.PoliciesOfTarget).Select(static one => one.Key).ToList();
        var explained = examined.Policies.Select(policy => new ExplainedPolicy(
            policy.Name,
            NotEmpty([.. targets.Where(target => records.PolicyAttachments.Find(policy.Name, target) is not null)]),
            [.. policy.Statements.Select(static one => new ExplainedStatement(
                one.Statement.Name, one.Statement.IsAllow ? "Allow" : "Deny", one.Applies, one.HasAction, one.HasResource, NotEmpty(one.FailedConditions), NotEmpty(one.Missing)))]));
        return new ExplainDocument(
            AuthorizationFeature.NameOf(examined.Judgement.Verdict), examined.Judgement.Policy, examined.Judgement.Statement, examined.Detail, action.Name,
            resource, evaluation.ClientId, evaluation.Thing?.Name, asker.Name, [.. explained], examined.Missing);
    }

    /// <summary>Who asks.</summary>
    /// <param name="Name">In words.</param>
    /// <param name="Policies">Its policies; null for everything.</param>
    /// <param name="Context">What they may ask about it.</param>
    /// <param name="Seen">Where they come from.</param>
    /// <param name="Refusal">Why it may do nothing; null otherwise.</param>
    private sealed record Asker(string Name, PolicySet? Policies, EvaluationContext Context, IReadOnlyList<AccessDependency> Seen, string? Refusal);
}
