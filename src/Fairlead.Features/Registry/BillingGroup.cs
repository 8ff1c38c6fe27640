namespace Fairlead.Features.Registry;

/// <summary>A billing group: a label that at most one of a kind is on a thing.</summary>
/// <param name="Name">Name; never changes.</param>
/// <param name="GroupId">Lower-case UUID.</param>
/// <param name="Version">1 at creation, one more with each change.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
internal sealed record BillingGroup(string Name, string GroupId, long Version, long CreatedAt)
{
    /// <summary>Description; null for none.</summary>
    public string? Description { get; init; }
}
