using System.Collections.Immutable;

namespace Fairlead.Features.Registry;

/// <summary>A static thing group (spec/aws-registry-and-policies, section 5).</summary>
/// <param name="Name">Name; never changes.</param>
/// <param name="GroupId">Lower-case UUID.</param>
/// <param name="Version">1 at creation, one more with each change.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
/// <param name="ParentName">Name of its parent; null for a root. Never changes.</param>
internal sealed record ThingGroup(string Name, string GroupId, long Version, long CreatedAt, string? ParentName)
{
    /// <summary>Description; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>Attributes by name, in ordinal order.</summary>
    public ImmutableSortedDictionary<string, string> Attributes { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}

/// <summary>A thing's direct membership in a group.</summary>
/// <param name="AddedAt">Milliseconds since the Unix epoch.</param>
internal sealed record GroupMembership(long AddedAt);
