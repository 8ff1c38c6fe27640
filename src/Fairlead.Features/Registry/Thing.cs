using System.Collections.Immutable;

namespace Fairlead.Features.Registry;

/// <summary>A thing (spec/aws-registry-and-policies, section 3).</summary>
/// <param name="Name">Name; never changes.</param>
/// <param name="ThingId">Lower-case UUID; a new one when a thing of the same name is created again.</param>
/// <param name="Version">1 at creation, one more with each change.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
internal sealed record Thing(string Name, string ThingId, long Version, long CreatedAt)
{
    /// <summary>Name of its type; null for none.</summary>
    public string? TypeName { get; init; }

    /// <summary>Name of its billing group; null for none.</summary>
    public string? BillingGroupName { get; init; }

    /// <summary>Attributes by name, in ordinal order.</summary>
    public ImmutableSortedDictionary<string, string> Attributes { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
