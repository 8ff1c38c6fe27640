using System.Collections.Immutable;

namespace Fairlead.Features.Tags;

/// <summary>Tags of a resource, by key in ordinal order.</summary>
/// <param name="Tags">At least one.</param>
internal sealed record TagSet(ImmutableSortedDictionary<string, string> Tags);
