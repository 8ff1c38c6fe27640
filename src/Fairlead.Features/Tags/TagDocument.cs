using System.Text.Json.Serialization;

namespace Fairlead.Features.Tags;

/// <summary>A tag. Its members are capitalised, unlike all others of this API.</summary>
internal sealed record TagDocument([property: JsonPropertyName("Key")] string? Key, [property: JsonPropertyName("Value")] string? Value);
