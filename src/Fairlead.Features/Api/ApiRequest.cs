using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Features.Api;

/// <summary>One authenticated request to an operation. Every accessor that finds a malformed value throws <see cref="ApiException"/> 400.</summary>
internal sealed class ApiRequest
{
    /// <summary>The operation.</summary>
    public required ApiOperation Operation { get; init; }

    /// <summary>Who calls.</summary>
    public required Caller Caller { get; init; }

    /// <summary>Id of this request, told in <c>x-amzn-RequestId</c>.</summary>
    public required string RequestId { get; init; }

    /// <summary>Path and query.</summary>
    public required RawTarget Target { get; init; }

    /// <summary>Labels of the path in order, still encoded.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Headers.</summary>
    public required IHeaderDictionary Headers { get; init; }

    /// <summary>The body as it came.</summary>
    public required ReadOnlyMemory<byte> RawBody { get; init; }

    /// <summary>Host header, without its port.</summary>
    public required string Host { get; init; }

    /// <summary>Cancelled when the caller has gone.</summary>
    public required CancellationToken Aborted { get; init; }

    /// <summary>A label of the path, decoded once.</summary>
    /// <param name="index">0 for the first.</param>
    public string Label(int index = 0) =>
        RawTarget.TryDecode(Labels[index], out var text) ? text : throw ApiException.InvalidRequest("the path is not well-formed percent-encoded UTF-8");

    /// <summary>A query parameter, decoded once; null when absent. Of several the first.</summary>
    public string? Query(string name)
    {
        foreach (var (key, value) in Target.Parameters)
        {
            if (key == name) return value;
        }

        return null;
    }

    /// <summary>A boolean query parameter: <c>true</c> or <c>false</c> in any case.</summary>
    public bool? QueryBoolean(string name) => Query(name) switch
    {
        null => null,
        var text when text.Equals("true", StringComparison.OrdinalIgnoreCase) => true,
        var text when text.Equals("false", StringComparison.OrdinalIgnoreCase) => false,
        var text => throw ApiException.InvalidRequest($"{name} must be true or false, not '{text}'"),
    };

    /// <summary>A whole number in the query, within limits.</summary>
    public long? QueryNumber(string name, long least, long most)
    {
        if (Query(name) is not { } text) return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw ApiException.InvalidRequest($"{name} must be a whole number from {least} to {most}, not '{text}'");
    }

    /// <summary>A header; null when absent.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;

    /// <summary>The body as a document; an empty body stands for <c>{}</c>.</summary>
    public T Body<T>(JsonTypeInfo<T> type)
    {
        if (!RawBody.IsEmpty && StrictJson.Problem(RawBody.Span) is { } problem) throw ApiException.InvalidRequest($"the body is not JSON that can be relied on: {problem}");
        try
        {
            return JsonSerializer.Deserialize(RawBody.IsEmpty ? "{}"u8 : RawBody.Span, type) ?? throw ApiException.InvalidRequest("the body must be a JSON object");
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException or NotSupportedException)
        {
            var where = exception is JsonException { Path.Length: > 1 } json ? $" at {json.Path}" : "";
            throw ApiException.InvalidRequest($"the body is not the JSON that {Operation.Name} takes{where}");
        }
    }
}
