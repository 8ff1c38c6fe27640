using System.Collections.Immutable;

namespace Fairlead.Features.Registry;

/// <summary>A thing type (spec/aws-registry-and-policies, section 4).</summary>
/// <param name="Name">Name; never changes.</param>
/// <param name="TypeId">Lower-case UUID.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
internal sealed record ThingType(string Name, string TypeId, long CreatedAt)
{
    /// <summary>Description; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>Attributes to search by.</summary>
    public ImmutableArray<string> SearchableAttributes { get; init; } = [];

    /// <summary>The member <c>mqtt5Configuration</c> as it was given, JSON text; null for none.</summary>
    public string? Mqtt5Configuration { get; init; }

    /// <summary>When it was deprecated, milliseconds since the Unix epoch; null while it is not.</summary>
    public long? DeprecatedAt { get; init; }
}
