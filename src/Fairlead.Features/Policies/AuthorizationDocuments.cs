using System.Text.Json.Serialization;

namespace Fairlead.Features.Policies;

/// <summary>Input of GetEffectivePolicies.</summary>
internal sealed record EffectivePoliciesInput(string? Principal, string? CognitoIdentityPoolId);

/// <summary>One of the output of GetEffectivePolicies.</summary>
internal sealed record EffectivePolicyDocument(string PolicyName, string PolicyArn, string PolicyDocument);

/// <summary>Output of GetEffectivePolicies.</summary>
internal sealed record EffectivePolicyListDocument(IReadOnlyList<EffectivePolicyDocument> EffectivePolicies);

/// <summary>Input of TestAuthorization.</summary>
internal sealed record TestAuthorizationInput(
    string? Principal, string? CognitoIdentityPoolId, IReadOnlyList<AuthInfoDocument>? AuthInfos, IReadOnlyList<string>? PolicyNamesToAdd,
    IReadOnlyList<string>? PolicyNamesToSkip);

/// <summary>What a principal wants to do.</summary>
internal sealed record AuthInfoDocument(string? ActionType, IReadOnlyList<string>? Resources);

/// <summary>Names of policies that decided one way.</summary>
internal sealed record DecidingPoliciesDocument(IReadOnlyList<PolicyReference> Policies);

/// <summary>Policies that did not allow it, and those that denied it.</summary>
internal sealed record DeniedDocument(DecidingPoliciesDocument ImplicitDeny, DecidingPoliciesDocument ExplicitDeny);

/// <summary>One of the output of TestAuthorization.</summary>
internal sealed record AuthResultDocument(
    AuthInfoDocument AuthInfo, DecidingPoliciesDocument Allowed, DeniedDocument Denied, string AuthDecision, IReadOnlyList<string> MissingContextValues);

/// <summary>Output of TestAuthorization.</summary>
internal sealed record AuthResultListDocument(IReadOnlyList<AuthResultDocument> AuthResults);

/// <summary>What is to be explained by <c>POST /v1/explain</c>: who wants to do what to what.</summary>
/// <param name="Thing">Thing whose certificate asks; also the Client Identifier unless that is given.</param>
/// <param name="CertificateId">Certificate that asks.</param>
/// <param name="KeyId">Access key that asks.</param>
/// <param name="ClientId">Client Identifier; alone, that of a client which is connected.</param>
/// <param name="Action">Such as <c>iot:Publish</c>, or <c>Publish</c>.</param>
/// <param name="Resource">ARN, or type and name such as <c>topic/lamp1/temp</c>.</param>
/// <param name="Topic">Topic Name or Topic Filter instead; for SendDirectMessage the key <c>iot:Topic</c>.</param>
/// <param name="WillTopic">Topic of the Will, for Connect.</param>
/// <param name="Persistent">Whether a persistent session is asked for, for Connect.</param>
/// <param name="SourceIp">Address of the client.</param>
internal sealed record ExplainInput(
    string? Thing, string? CertificateId, string? KeyId, string? ClientId, string? Action, string? Resource, string? Topic, string? WillTopic,
    bool? Persistent, string? SourceIp);

/// <summary>A statement as it was considered.</summary>
internal sealed record ExplainedStatement(
    string Statement, string Effect, bool Applies, bool MatchesAction, bool MatchesResource, IReadOnlyList<string>? FailedConditions,
    IReadOnlyList<string>? MissingVariables);

/// <summary>A policy as it was considered.</summary>
internal sealed record ExplainedPolicy(string PolicyName, IReadOnlyList<string>? AttachedTo, IReadOnlyList<ExplainedStatement> Statements);

/// <summary>The explanation.</summary>
internal sealed record ExplainDocument(
    string Decision, string? Policy, string? Statement, string? Detail, string Action, string Resource, string? ClientId, string? ThingName,
    string Principal, IReadOnlyList<ExplainedPolicy> Policies, IReadOnlyList<string> MissingVariables);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EffectivePoliciesInput))]
[JsonSerializable(typeof(EffectivePolicyListDocument))]
[JsonSerializable(typeof(TestAuthorizationInput))]
[JsonSerializable(typeof(AuthResultListDocument))]
[JsonSerializable(typeof(ExplainInput))]
[JsonSerializable(typeof(ExplainDocument))]
internal sealed partial class AuthorizationJson : JsonSerializerContext;
