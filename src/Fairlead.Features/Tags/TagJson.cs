using System.Text.Json.Serialization;

namespace Fairlead.Features.Tags;

/// <summary>Body of TagResource.</summary>
internal sealed record TagInputDocument(string? ResourceArn, IReadOnlyList<TagDocument>? Tags);

/// <summary>Body of UntagResource.</summary>
internal sealed record UntagInputDocument(string? ResourceArn, IReadOnlyList<string>? TagKeys);

/// <summary>Answer of ListTagsForResource.</summary>
internal sealed record TagPageDocument(IReadOnlyList<TagDocument> Tags);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TagSet))]
[JsonSerializable(typeof(TagInputDocument))]
[JsonSerializable(typeof(UntagInputDocument))]
[JsonSerializable(typeof(TagPageDocument))]
internal sealed partial class TagJson : JsonSerializerContext;
