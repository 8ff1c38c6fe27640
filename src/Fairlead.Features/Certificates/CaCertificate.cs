namespace Fairlead.Features.Certificates;

/// <summary>A registered CA certificate (spec/aws-registry-and-policies, section 7).</summary>
/// <param name="Id">Lower-case hexadecimal SHA-256 of <paramref name="Der"/>.</param>
/// <param name="Der">The certificate.</param>
/// <param name="IsActive">Whether it may register further device certificates.</param>
/// <param name="AutoRegisters">Whether unknown certificates that it issued register themselves when they connect.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
/// <param name="ModifiedAt">Milliseconds since the Unix epoch.</param>
internal sealed record CaCertificate(string Id, byte[] Der, bool IsActive, bool AutoRegisters, long CreatedAt, long ModifiedAt)
{
    /// <summary>Mode <c>SNI_ONLY</c>: registered without proof of possession.</summary>
    public bool IsSniOnly { get; init; }

    /// <summary>Provisioning template for devices that register themselves (JITP), JSON text; null for none.</summary>
    public string? TemplateBody { get; init; }

    /// <summary>Name of a provisioning template instead; null for none.</summary>
    public string? TemplateName { get; init; }

    /// <summary>Role named in the registration configuration; kept to be told again.</summary>
    public string? RoleArn { get; init; }

    /// <summary>Changes so far: <c>customerVersion</c> is one more.</summary>
    public int Changes { get; init; }
}
