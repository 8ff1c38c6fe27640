using System.Collections.Immutable;

namespace Fairlead.Features.Provisioning.Templates;

/// <summary>What happens to a property of something that exists already: <c>OverrideSettings</c>.</summary>
internal enum OverrideSetting
{
    /// <summary>Nothing is said: things keep what they have, a certificate takes the status.</summary>
    Unset,

    /// <summary><c>DO_NOTHING</c>.</summary>
    DoNothing,

    /// <summary><c>REPLACE</c>.</summary>
    Replace,

    /// <summary><c>FAIL</c>: provisioning fails when it would change.</summary>
    Fail,

    /// <summary><c>MERGE</c>: groups and attributes alone.</summary>
    Merge,
}

/// <summary>A resource of type <c>AWS::IoT::Thing</c>.</summary>
/// <param name="LogicalId">Its name in the template.</param>
/// <param name="Name">Thing name.</param>
internal sealed record ThingResource(string LogicalId, TemplateValue Name)
{
    public TemplateValue? TypeName { get; init; }

    public TemplateValue? BillingGroup { get; init; }

    /// <summary>Null when the template says nothing about attributes.</summary>
    public ImmutableSortedDictionary<string, TemplateValue>? Attributes { get; init; }

    /// <summary>Null when the template says nothing about groups.</summary>
    public TemplateValue? Groups { get; init; }

    public OverrideSetting TypeOverride { get; init; }

    public OverrideSetting AttributesOverride { get; init; }

    public OverrideSetting GroupsOverride { get; init; }
}

/// <summary>Where the certificate of a resource comes from.</summary>
internal enum CertificateSource
{
    /// <summary><c>CertificateId</c>: registered already.</summary>
    Registered,

    /// <summary><c>CertificateSigningRequest</c>: the hub issues it.</summary>
    SigningRequest,

    /// <summary><c>CertificatePem</c>, with <c>CACertificatePem</c> or without: it is registered.</summary>
    Pem,
}

/// <summary>A resource of type <c>AWS::IoT::Certificate</c>.</summary>
/// <param name="LogicalId">Its name in the template.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Value">Id, signing request or PEM.</param>
internal sealed record CertificateResource(string LogicalId, CertificateSource Source, TemplateValue Value)
{
    public TemplateValue? CaPem { get; init; }

    /// <summary><c>ACTIVE</c> or <c>INACTIVE</c>; null stands for active.</summary>
    public TemplateValue? Status { get; init; }

    public OverrideSetting StatusOverride { get; init; }

    /// <summary><c>ThingPrincipalType</c>; null stands for <c>NON_EXCLUSIVE_THING</c>.</summary>
    public TemplateValue? PrincipalType { get; init; }
}

/// <summary>A resource of type <c>AWS::IoT::Policy</c>: one that exists, or a document.</summary>
/// <param name="LogicalId">Its name in the template.</param>
/// <param name="Name">Name of a policy that exists; null with a document.</param>
/// <param name="Document">Policy document; null with a name.</param>
internal sealed record PolicyResource(string LogicalId, TemplateValue? Name, TemplateValue? Document);
