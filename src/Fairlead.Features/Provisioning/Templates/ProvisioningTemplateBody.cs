using System.Collections.Immutable;
using System.Text.Json;

namespace Fairlead.Features.Provisioning.Templates;

/// <summary>A template that has been read and checked.</summary>
internal sealed record ProvisioningTemplateBody
{
    /// <summary>Names of the parameters with their defaults; a null default is none.</summary>
    public required ImmutableSortedDictionary<string, string?> Parameters { get; init; }

    /// <summary>Section Mappings: two levels of names, then a text.</summary>
    public required ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>>> Mappings { get; init; }

    /// <summary>The thing; null when the template makes none.</summary>
    public ThingResource? Thing { get; init; }

    /// <summary>The certificate.</summary>
    public required CertificateResource Certificate { get; init; }

    /// <summary>The policies.</summary>
    public required ImmutableArray<PolicyResource> Policies { get; init; }

    /// <summary>What the device is told, functions not yet computed; null for nothing.</summary>
    public JsonElement? DeviceConfiguration { get; init; }

    /// <summary>Reads functions against the declared names.</summary>
    public required TemplateFunctions Functions { get; init; }
}
