using System.Collections.Immutable;

namespace Fairlead.Features.Provisioning;

/// <summary>A provisioning template with its versions (spec/aws-registry-and-policies, section 11.1).</summary>
/// <param name="Name">Name; never changes.</param>
/// <param name="Versions">Versions in rising order of their numbers, at most five.</param>
/// <param name="DefaultVersion">Number of the version in force.</param>
/// <param name="LastVersion">Highest number ever used: numbers are never used again.</param>
/// <param name="RoleArn">Role that AWS would assume; kept to be told again.</param>
/// <param name="IsEnabled">Whether devices may provision themselves by it.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
/// <param name="ModifiedAt">Milliseconds since the Unix epoch.</param>
internal sealed record ProvisioningTemplate(
    string Name, ImmutableArray<TemplateVersion> Versions, int DefaultVersion, int LastVersion, string RoleArn, bool IsEnabled, long CreatedAt, long ModifiedAt)
{
    /// <summary>Description; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>Function that is asked before a device is provisioned; null for none.</summary>
    public string? HookTarget { get; init; }

    /// <summary>Version of the event that it is sent.</summary>
    public string? HookPayloadVersion { get; init; }

    /// <summary>Whether it is of type <c>JITP</c>: for certificates that register themselves.</summary>
    public bool IsJustInTime { get; init; }

    /// <summary>Finds a version; null when there is none of this number.</summary>
    public TemplateVersion? Find(int number) => Versions.FirstOrDefault(version => version.Number == number);

    /// <summary>The text of the version in force.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Body => Find(DefaultVersion)?.Body ?? throw new InvalidOperationException($"Template {Name} has no version {DefaultVersion}.");
}

/// <summary>One version of a template.</summary>
/// <param name="Number">1 and up.</param>
/// <param name="Body">The template as it was given.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
internal sealed record TemplateVersion(int Number, string Body, long CreatedAt);
