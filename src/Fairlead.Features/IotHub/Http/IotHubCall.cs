using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Features.Api;
using Fairlead.Features.IotHub.Credentials;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Features.IotHub.Http;

/// <summary>One request of the Azure-shaped HTTP API whose caller has proved what it may. Accessors that find a malformed value throw <see cref="IotHubException"/> 400.</summary>
internal sealed class IotHubCall
{
    /// <summary>What the caller may.</summary>
    public required HubGrant Grant { get; init; }

    /// <summary>Path and query.</summary>
    public required RawTarget Target { get; init; }

    /// <summary>Labels of the path by their names, decoded.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Headers.</summary>
    public required IHeaderDictionary Headers { get; init; }

    /// <summary>The body as it came.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Cancelled when the caller has gone.</summary>
    public required CancellationToken Aborted { get; init; }

    /// <summary>Device or module in the path.</summary>
    public required IdentityName Name { get; init; }

    /// <summary>Version of the API that the caller asked for; empty for none. Any is accepted.</summary>
    public string ApiVersion => Query("api-version") ?? "";

    /// <summary>Etag in <c>If-Match</c> without its quotes (the star comes quoted too, section 4.3); null when absent.</summary>
    public string? IfMatch
    {
        get
        {
            if (Header("If-Match") is not { Length: > 0 } text) return null;
            if (text.StartsWith("W/", StringComparison.Ordinal)) text = text[2..];
            return text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;
        }
    }

    /// <summary>A label of the path.</summary>
    public string Label(string name) => Labels[name];

    /// <summary>A query parameter, decoded; null when absent. Of several the first.</summary>
    public string? Query(string name)
    {
        foreach (var (key, value) in Target.Parameters)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase)) return value;
        }

        return null;
    }

    /// <summary>A header; null when absent.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;

    /// <summary>A whole number in text that a caller gave, within limits.</summary>
    public static int? Number(string? text, string name, int least, int most)
    {
        if (string.IsNullOrEmpty(text)) return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw new IotHubException(IotHubError.ArgumentInvalid($"{name} must be a whole number from {least} to {most}"));
    }

    /// <summary>The body as a document.</summary>
    public T Json<T>(JsonTypeInfo<T> type)
    {
        if (Body.IsEmpty) throw new IotHubException(IotHubError.ArgumentNull("the body is missing"));
        if (StrictJson.Problem(Body.Span) is { } problem) throw new IotHubException(IotHubError.Deserialization($"the body is not JSON that can be relied on: {problem}"));
        try
        {
            return JsonSerializer.Deserialize(Body.Span, type) ?? throw new IotHubException(IotHubError.ArgumentNull("the body is null"));
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            var where = exception is JsonException { Path.Length: > 1 } json ? $" at {json.Path}" : "";
            throw new IotHubException(IotHubError.Deserialization($"the body is not the JSON that this operation takes{where}"));
        }
    }
}
