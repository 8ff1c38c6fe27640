using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Fairlead.Features.Api;

/// <summary>Answer of an operation.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">JSON, or what <see cref="ApiResponse.ContentType"/> says.</param>
internal readonly record struct ApiResponse(int Status, ReadOnlyMemory<byte> Body)
{
    private static readonly byte[] NoMembers = "{}"u8.ToArray();

    /// <summary>200 with an empty JSON object.</summary>
    public static ApiResponse Done { get; } = new(200, NoMembers);

    /// <summary>200 without a body.</summary>
    public static ApiResponse Empty { get; } = new(200, default);

    /// <summary>Name of the exception shape for <c>x-amzn-ErrorType</c>; null for a success.</summary>
    public string? ErrorType { get; init; }

    /// <summary>Media type of the body.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Writes a body that comes bit by bit, in place of <see cref="Body"/>; null for none.</summary>
    public Func<Stream, CancellationToken, Task>? Stream { get; init; }

    /// <summary>Further headers; null for none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Headers { get; init; }

    /// <summary>200 with a document.</summary>
    public static ApiResponse Json<T>(T document, JsonTypeInfo<T> type) => new(200, JsonSerializer.SerializeToUtf8Bytes(document, type));
}
