using System.Text.Json.Serialization;
using Fairlead.Features.Certificates;
using TagDocument = Fairlead.Features.Tags.TagDocument;

namespace Fairlead.Features.Provisioning;

/// <summary>CreateProvisioningTemplate.</summary>
internal sealed record NewTemplateDocument(
    string? TemplateName, string? Description, string? TemplateBody, bool? Enabled, string? ProvisioningRoleArn, HookDocument? PreProvisioningHook, string? Type,
    IReadOnlyList<TagDocument>? Tags);

/// <summary>Function that is asked before a device is provisioned.</summary>
internal sealed record HookDocument(string? PayloadVersion, string? TargetArn);

/// <summary>UpdateProvisioningTemplate.</summary>
internal sealed record TemplateChangeDocument(
    string? Description, bool? Enabled, int? DefaultVersionId, string? ProvisioningRoleArn, HookDocument? PreProvisioningHook, bool? RemovePreProvisioningHook);

/// <summary>Answer of CreateProvisioningTemplate.</summary>
internal sealed record TemplateCreatedDocument(string TemplateArn, string TemplateName, int DefaultVersionId);

/// <summary>Answer of DescribeProvisioningTemplate.</summary>
internal sealed record TemplateDocument(
    string TemplateArn, string TemplateName, string? Description, double CreationDate, double LastModifiedDate, int DefaultVersionId, string TemplateBody, bool Enabled,
    string ProvisioningRoleArn, HookDocument? PreProvisioningHook, string Type);

/// <summary>An entry of ListProvisioningTemplates.</summary>
internal sealed record TemplateSummaryDocument(
    string TemplateArn, string TemplateName, string? Description, double CreationDate, double LastModifiedDate, bool Enabled, string Type);

/// <summary>Answer of ListProvisioningTemplates.</summary>
internal sealed record TemplateListDocument(IReadOnlyList<TemplateSummaryDocument> Templates, string? NextToken);

/// <summary>CreateProvisioningTemplateVersion.</summary>
internal sealed record NewTemplateVersionDocument(string? TemplateBody);

/// <summary>Answer of CreateProvisioningTemplateVersion.</summary>
internal sealed record TemplateVersionCreatedDocument(string TemplateArn, string TemplateName, int VersionId, bool IsDefaultVersion);

/// <summary>Answer of DescribeProvisioningTemplateVersion; without the body an entry of ListProvisioningTemplateVersions.</summary>
internal sealed record TemplateVersionDocument(int VersionId, double CreationDate, string? TemplateBody, bool IsDefaultVersion);

/// <summary>Answer of ListProvisioningTemplateVersions.</summary>
internal sealed record TemplateVersionListDocument(IReadOnlyList<TemplateVersionDocument> Versions, string? NextToken);

/// <summary>Answer of CreateProvisioningClaim.</summary>
internal sealed record ClaimDocument(string CertificateId, string CertificatePem, KeyPairDocument KeyPair, double Expiration);

/// <summary>RegisterThing.</summary>
internal sealed record RegisterThingDocument(string? TemplateBody, Dictionary<string, string>? Parameters);

/// <summary>Answer of RegisterThing.</summary>
internal sealed record ThingRegisteredDocument(string CertificatePem, IReadOnlyDictionary<string, string> ResourceArns);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewTemplateDocument))]
[JsonSerializable(typeof(TemplateChangeDocument))]
[JsonSerializable(typeof(TemplateCreatedDocument))]
[JsonSerializable(typeof(TemplateDocument))]
[JsonSerializable(typeof(TemplateListDocument))]
[JsonSerializable(typeof(NewTemplateVersionDocument))]
[JsonSerializable(typeof(TemplateVersionCreatedDocument))]
[JsonSerializable(typeof(TemplateVersionDocument))]
[JsonSerializable(typeof(TemplateVersionListDocument))]
[JsonSerializable(typeof(ClaimDocument))]
[JsonSerializable(typeof(RegisterThingDocument))]
[JsonSerializable(typeof(ThingRegisteredDocument))]
internal sealed partial class ProvisioningJson : JsonSerializerContext;
