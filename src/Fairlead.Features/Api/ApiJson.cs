using System.Text.Json.Serialization;

namespace Fairlead.Features.Api;

/// <summary>Body of an error answer. <c>traceId</c> equals the request id and comes from the data plane alone.</summary>
internal sealed record ApiErrorDocument(string Message, string? ResourceId, string? ResourceArn, string? TraceId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiErrorDocument))]
internal sealed partial class ApiJson : JsonSerializerContext;
