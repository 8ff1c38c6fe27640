using System.Collections.Immutable;

namespace Fairlead.Features.Provisioning.Templates;

/// <summary>A template whose values have been computed for one device.</summary>
internal sealed record ResolvedTemplate(ResolvedThing? Thing, ResolvedCertificate Certificate, ImmutableArray<ResolvedPolicy> Policies, byte[]? DeviceConfiguration)
{
    /// <summary>Computes it.</summary>
    /// <exception cref="TemplateProblem">A parameter is missing, or a value is not what it must be.</exception>
    public static ResolvedTemplate From(ProvisioningTemplateBody template, IReadOnlyDictionary<string, string> parameters)
    {
        var evaluation = new TemplateEvaluation(template, parameters);
        return new ResolvedTemplate(
            template.Thing is { } thing ? ResolvedThing.From(thing, evaluation) : null,
            ResolvedCertificate.From(template.Certificate, evaluation),
            [.. template.Policies.Select(policy => ResolvedPolicy.From(policy, evaluation))],
            evaluation.Configuration());
    }
}

/// <summary>The thing of a template with its values.</summary>
internal sealed record ResolvedThing(ThingResource Resource, string Name)
{
    public string? TypeName { get; init; }

    public string? BillingGroup { get; init; }

    public ImmutableSortedDictionary<string, string>? Attributes { get; init; }

    public ImmutableArray<string>? Groups { get; init; }

    public static ResolvedThing From(ThingResource resource, TemplateEvaluation evaluation) => new(resource, evaluation.Text(resource.Name))
    {
        TypeName = resource.TypeName is { } type ? evaluation.Text(type) : null,
        BillingGroup = resource.BillingGroup is { } billing ? evaluation.Text(billing) : null,
        Attributes = resource.Attributes?.ToImmutableSortedDictionary(static pair => pair.Key, pair => evaluation.Text(pair.Value), StringComparer.Ordinal),
        Groups = resource.Groups is { } groups ? [.. evaluation.List(groups).Distinct(StringComparer.Ordinal)] : null,
    };
}

/// <summary>The certificate of a template with its values.</summary>
/// <param name="Resource">How the template declares it.</param>
/// <param name="Value">Id, signing request or PEM.</param>
/// <param name="CaPem">PEM of its CA; null for none.</param>
/// <param name="IsActive">Status that it gets.</param>
/// <param name="IsExclusive">Whether the thing becomes its only one.</param>
internal sealed record ResolvedCertificate(CertificateResource Resource, string Value, string? CaPem, bool IsActive, bool IsExclusive)
{
    public static ResolvedCertificate From(CertificateResource resource, TemplateEvaluation evaluation) => new(
        resource,
        evaluation.Text(resource.Value),
        resource.CaPem is { } ca ? evaluation.Text(ca) : null,
        resource.Status is not { } status || Choose(evaluation.Text(status), "Status", "ACTIVE", "INACTIVE"),
        resource.PrincipalType is { } type && Choose(evaluation.Text(type), "ThingPrincipalType", "EXCLUSIVE_THING", "NON_EXCLUSIVE_THING"));

    private static bool Choose(string text, string name, string yes, string no)
    {
        if (text.Equals(yes, StringComparison.OrdinalIgnoreCase)) return true;
        return text.Equals(no, StringComparison.OrdinalIgnoreCase) ? false : throw new TemplateProblem($"{name} must be {yes} or {no}, not '{text}'");
    }
}

/// <summary>A policy of a template with its values.</summary>
/// <param name="LogicalId">Its name in the template.</param>
/// <param name="Name">Name of the policy; the hash of its document when the template gives one.</param>
/// <param name="Document">Document; null when the policy must exist.</param>
internal sealed record ResolvedPolicy(string LogicalId, string Name, string? Document)
{
    public static ResolvedPolicy From(PolicyResource resource, TemplateEvaluation evaluation)
    {
        if (resource.Name is { } name) return new ResolvedPolicy(resource.LogicalId, evaluation.Text(name), null);
        var document = evaluation.Text(resource.Document!);
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(document));
        return new ResolvedPolicy(resource.LogicalId, Convert.ToHexStringLower(hash), document);
    }
}
