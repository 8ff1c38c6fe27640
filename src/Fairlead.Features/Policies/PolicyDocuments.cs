using System.Text.Json.Serialization;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Policies;

/// <summary>Input of CreatePolicy and CreatePolicyVersion.</summary>
internal sealed record NewPolicyDocument(string? PolicyDocument, IReadOnlyList<TagDocument>? Tags);

/// <summary>Output of CreatePolicy.</summary>
internal sealed record CreatedPolicyDocument(string PolicyName, string PolicyArn, string PolicyDocument, string PolicyVersionId);

/// <summary>Output of GetPolicy.</summary>
internal sealed record PolicyDescription(
    string PolicyName, string PolicyArn, string PolicyDocument, string DefaultVersionId, double CreationDate, double LastModifiedDate, string GenerationId);

/// <summary>Name and ARN.</summary>
internal sealed record PolicyReference(string PolicyName, string PolicyArn);

/// <summary>Output of ListPolicies, ListAttachedPolicies and ListPrincipalPolicies.</summary>
internal sealed record PolicyListDocument(IReadOnlyList<PolicyReference> Policies, string? NextMarker);

/// <summary>Output of CreatePolicyVersion.</summary>
internal sealed record CreatedVersionDocument(string PolicyArn, string PolicyDocument, string PolicyVersionId, bool IsDefaultVersion);

/// <summary>Output of GetPolicyVersion.</summary>
internal sealed record VersionDescription(
    string PolicyArn, string PolicyName, string PolicyDocument, string PolicyVersionId, bool IsDefaultVersion,
    double CreationDate, double LastModifiedDate, string GenerationId);

/// <summary>One of the output of ListPolicyVersions.</summary>
internal sealed record VersionEntry(string VersionId, bool IsDefaultVersion, double CreateDate);

/// <summary>Output of ListPolicyVersions.</summary>
internal sealed record VersionListDocument(IReadOnlyList<VersionEntry> PolicyVersions);

/// <summary>Input of AttachPolicy and DetachPolicy.</summary>
internal sealed record TargetDocument(string? Target);

/// <summary>Output of ListTargetsForPolicy.</summary>
internal sealed record TargetListDocument(IReadOnlyList<string> Targets, string? NextMarker);

/// <summary>Output of ListPolicyPrincipals.</summary>
internal sealed record PrincipalListDocument(IReadOnlyList<string> Principals, string? NextMarker);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewPolicyDocument))]
[JsonSerializable(typeof(CreatedPolicyDocument))]
[JsonSerializable(typeof(PolicyDescription))]
[JsonSerializable(typeof(PolicyListDocument))]
[JsonSerializable(typeof(CreatedVersionDocument))]
[JsonSerializable(typeof(VersionDescription))]
[JsonSerializable(typeof(VersionListDocument))]
[JsonSerializable(typeof(TargetDocument))]
[JsonSerializable(typeof(TargetListDocument))]
[JsonSerializable(typeof(PrincipalListDocument))]
internal sealed partial class PolicyJson : JsonSerializerContext;
