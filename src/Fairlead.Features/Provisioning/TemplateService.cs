using System.Buffers;
using Fairlead.Features.Api;
using Fairlead.Features.Functions;
using Fairlead.Features.Provisioning.Templates;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Provisioning;

/// <summary>The rules of provisioning templates. Everything is called under <see cref="Documents.DocumentStore.Gate"/> and commits nothing.</summary>
internal sealed class TemplateService(FeatureContext context, HubRecords hub, ProvisioningRecords records, TagService tags, FunctionDirectory functions)
{
    /// <summary>Version of the event that hooks get.</summary>
    public const string PayloadVersion = "2020-04-01";

    private const int MostTemplates = 1_000;
    private const int MostVersions = 5;
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-");

    /// <summary>Creates a template with its first version.</summary>
    public ProvisioningTemplate Create(NewTemplateDocument input)
    {
        var name = input.TemplateName ?? throw ApiException.InvalidRequest("templateName is missing");
        CheckName(name);
        var justInTime = input.Type switch
        {
            null or "FLEET_PROVISIONING" => false,
            "JITP" => true,
            _ => throw ApiException.InvalidRequest($"type must be FLEET_PROVISIONING or JITP, not '{input.Type}'"),
        };
        CheckBody(input.TemplateBody, justInTime);
        if (justInTime && input.PreProvisioningHook is not null) throw ApiException.InvalidRequest("a template of type JITP has no preProvisioningHook");
        if (records.Templates.Find(name) is not null)
            throw ApiException.AlreadyExists($"the template {name} exists already", name, ArnOf(name));
        if (records.Templates.Count >= MostTemplates) throw ApiException.LimitExceeded($"there are {MostTemplates} templates already");
        var template = new ProvisioningTemplate(
            name, [new TemplateVersion(1, input.TemplateBody!, context.Now)], 1, 1, CheckRole(input.ProvisioningRoleArn), input.Enabled ?? false, context.Now, context.Now)
        {
            Description = CheckDescription(input.Description),
            IsJustInTime = justInTime,
        };
        template = WithHook(template, input.PreProvisioningHook);
        TagService.Check(input.Tags);
        context.Documents.InOne(() =>
        {
            records.Templates.Save(name, template);
            tags.Create(ArnOf(name), input.Tags);
        });
        return template;
    }

    /// <summary>Finds a template.</summary>
    public ProvisioningTemplate Find(string name) => records.Templates.Find(name) ?? throw ApiException.NotFound($"there is no provisioning template {name}");

    /// <summary>Changes what the request names.</summary>
    public void Update(string name, TemplateChangeDocument input)
    {
        var template = Find(name);
        if (input.DefaultVersionId is { } number && template.Find(number) is null)
            throw ApiException.InvalidRequest($"the template {name} has no version {number}");
        if (input is { RemovePreProvisioningHook: true, PreProvisioningHook: not null })
            throw ApiException.InvalidRequest("removePreProvisioningHook goes without preProvisioningHook");
        if (template.IsJustInTime && input.PreProvisioningHook is not null) throw ApiException.InvalidRequest("a template of type JITP has no preProvisioningHook");
        var changed = template with
        {
            Description = input.Description is null ? template.Description : CheckDescription(input.Description),
            IsEnabled = input.Enabled ?? template.IsEnabled,
            DefaultVersion = input.DefaultVersionId ?? template.DefaultVersion,
            RoleArn = input.ProvisioningRoleArn is null ? template.RoleArn : CheckRole(input.ProvisioningRoleArn),
            HookTarget = input.RemovePreProvisioningHook == true ? null : template.HookTarget,
            HookPayloadVersion = input.RemovePreProvisioningHook == true ? null : template.HookPayloadVersion,
            ModifiedAt = context.Now,
        };
        records.Templates.Save(name, WithHook(changed, input.PreProvisioningHook));
    }

    /// <summary>Deletes a template that no CA provisions by.</summary>
    public void Delete(string name)
    {
        Find(name);
        foreach (var (id, ca) in hub.CaCertificates.After(null))
        {
            if (ca.TemplateName == name) throw ApiException.DeleteConflict($"the template {name} is the one that CA certificate {id} provisions by");
        }

        records.Templates.Remove(name);
    }

    /// <summary>Adds a version.</summary>
    public TemplateVersion AddVersion(string name, string? body, bool setAsDefault)
    {
        var template = Find(name);
        CheckBody(body, template.IsJustInTime);
        if (template.Versions.Length >= MostVersions)
            throw new ApiException(409, "VersionsLimitExceededException", $"the template {name} has {MostVersions} versions already");
        var version = new TemplateVersion(template.LastVersion + 1, body!, context.Now);
        records.Templates.Save(name, template with
        {
            Versions = template.Versions.Add(version),
            LastVersion = version.Number,
            DefaultVersion = setAsDefault ? version.Number : template.DefaultVersion,
            ModifiedAt = context.Now,
        });
        return version;
    }

    /// <summary>Deletes a version that is not in force.</summary>
    public void DeleteVersion(string name, int number)
    {
        var template = Find(name);
        var version = template.Find(number) ?? throw ApiException.NotFound($"the template {name} has no version {number}");
        if (number == template.DefaultVersion) throw ApiException.DeleteConflict($"version {number} is the default of the template {name}");
        records.Templates.Save(name, template with { Versions = template.Versions.Remove(version), ModifiedAt = context.Now });
    }

    /// <summary>ARN of a template.</summary>
    public string ArnOf(string name) => context.Scope.Arn("provisioningtemplate", name);

    private static void CheckName(string name)
    {
        if (name.Length is 0 or > 36 || name.AsSpan().ContainsAnyExcept(NameCharacters))
            throw ApiException.InvalidRequest("templateName has 1 to 36 letters, digits, underscores and hyphens");
    }

    /// <summary>Refuses a template that could provision nobody.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static void CheckBody(string? body, bool justInTime)
    {
        if (body is null) throw ApiException.InvalidRequest("templateBody is missing");
        try
        {
            var template = TemplateReader.Read(body);
            if (template.Certificate.Source != CertificateSource.Registered)
                throw new TemplateProblem($"Resources/{template.Certificate.LogicalId} must name its certificate by CertificateId: {{\"Ref\": \"AWS::IoT::Certificate::Id\"}}");
            if (justInTime && template.DeviceConfiguration is not null)
                throw new TemplateProblem("DeviceConfiguration has no reader in a template of type JITP");
        }
        catch (TemplateProblem problem)
        {
            throw ApiException.InvalidRequest($"templateBody: {problem.Message}");
        }
    }

    private static string CheckRole(string? arn) => arn switch
    {
        null => throw ApiException.InvalidRequest("provisioningRoleArn is missing"),
        { Length: < 20 or > 2048 } => throw ApiException.InvalidRequest("provisioningRoleArn has 20 to 2048 characters"),
        _ => arn,
    };

    private static string? CheckDescription(string? description) => description is { Length: > 500 } || description?.Any(char.IsControl) == true
        ? throw ApiException.InvalidRequest("description has at most 500 characters and no control characters")
        : description;

    private ProvisioningTemplate WithHook(ProvisioningTemplate template, HookDocument? hook)
    {
        if (hook is null) return template;
        if (hook.TargetArn is null) throw ApiException.InvalidRequest("preProvisioningHook: targetArn is missing");
        if (hook.PayloadVersion is not (null or PayloadVersion))
            throw ApiException.InvalidRequest($"preProvisioningHook: payloadVersion must be {PayloadVersion}, the only one there is");
        if (!functions.TryResolve(hook.TargetArn, out _, out var problem)) throw ApiException.InvalidRequest($"preProvisioningHook: {problem}");
        return template with { HookTarget = hook.TargetArn, HookPayloadVersion = PayloadVersion };
    }
}
