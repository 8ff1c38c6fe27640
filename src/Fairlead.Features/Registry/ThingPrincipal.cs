namespace Fairlead.Features.Registry;

/// <summary>How a principal belongs to a thing (spec/aws-registry-and-policies, section 8).</summary>
/// <param name="IsExclusive">Whether the thing is the principal's only one: <c>EXCLUSIVE_THING</c>.</param>
/// <param name="AttachedAt">Milliseconds since the Unix epoch.</param>
internal sealed record ThingPrincipal(bool IsExclusive, long AttachedAt);
