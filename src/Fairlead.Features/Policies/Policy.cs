using System.Collections.Immutable;

namespace Fairlead.Features.Policies;

/// <summary>A policy with its versions (spec/aws-registry-and-policies, section 9).</summary>
/// <param name="Name">Name; never changes.</param>
/// <param name="DefaultVersion">Number of the version in force.</param>
/// <param name="LastVersion">Highest number ever used: numbers are never used again.</param>
/// <param name="Versions">Versions in rising order of their numbers, at most five.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
/// <param name="ModifiedAt">Milliseconds since the Unix epoch.</param>
internal sealed record Policy(
    string Name, int DefaultVersion, int LastVersion, ImmutableArray<PolicyVersion> Versions, long CreatedAt, long ModifiedAt)
{
    /// <summary>The version in force.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public PolicyVersion Default
    {
        get
        {
            foreach (var version in Versions)
            {
                if (version.Number == DefaultVersion) return version;
            }

            throw new InvalidOperationException($"Policy {Name} has no version {DefaultVersion}.");
        }
    }
}

/// <summary>One version of a policy.</summary>
/// <param name="Number">1 and up.</param>
/// <param name="Document">The document as it was given.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
internal sealed record PolicyVersion(int Number, string Document, long CreatedAt);

/// <summary>A policy's attachment to a target.</summary>
/// <param name="AttachedAt">Milliseconds since the Unix epoch.</param>
internal sealed record PolicyAttachment(long AttachedAt);
