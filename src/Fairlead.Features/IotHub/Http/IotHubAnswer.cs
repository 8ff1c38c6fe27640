using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Fairlead.Features.IotHub.Http;

/// <summary>Answer of an operation.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Body; empty for none.</param>
internal readonly record struct IotHubAnswer(int Status, ReadOnlyMemory<byte> Body)
{
    /// <summary>Media type of JSON answers.</summary>
    public const string JsonType = "application/json; charset=utf-8";

    /// <summary>204.</summary>
    public static IotHubAnswer Done { get; } = new(204, default);

    /// <summary>Media type of the body.</summary>
    public string ContentType { get; init; } = JsonType;

    /// <summary>Further headers; null for none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Headers { get; init; }

    /// <summary>200 with a document.</summary>
    public static IotHubAnswer Json<T>(T document, JsonTypeInfo<T> type) => new(200, JsonSerializer.SerializeToUtf8Bytes(document, type));

    /// <summary>The same with an etag, which stands in quotes.</summary>
    public IotHubAnswer With(string etag) => this with { Headers = [new("ETag", $"\"{etag}\"")] };
}
