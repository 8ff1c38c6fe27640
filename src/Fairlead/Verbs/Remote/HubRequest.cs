using System.Text;
using System.Text.Json.Nodes;

namespace Fairlead.Verbs.Remote;

/// <summary>One request to the hub's API.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path and query, encoded; see <see cref="Segment"/>.</param>
internal sealed record HubRequest(HttpMethod Method, string Path)
{
    /// <summary>Body; null for none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Its media type.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Further headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Longest wait; null for that of the verb.</summary>
    public TimeSpan? Timeout { get; init; }

    public static HubRequest Get(string path) => new(HttpMethod.Get, path);

    public static HubRequest Delete(string path) => new(HttpMethod.Delete, path);

    public static HubRequest Post(string path, JsonObject? body = null) => new HubRequest(HttpMethod.Post, path).With(body);

    public static HubRequest Put(string path, JsonObject? body = null) => new HubRequest(HttpMethod.Put, path).With(body);

    public static HubRequest Patch(string path, JsonObject? body = null) => new HubRequest(HttpMethod.Patch, path).With(body);

    /// <summary>One path segment, or a value in a query, that arrives as it is: dots alone would be taken for a way up.</summary>
    public static string Segment(string text) => text is "." or ".." ? text.Replace(".", "%2E", StringComparison.Ordinal) : Uri.EscapeDataString(text);

    /// <summary>A path with those parameters that have a value.</summary>
    public static string Query(string path, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var text = new StringBuilder(path);
        char separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (var (name, value) in parameters)
        {
            if (value is null)
                continue;
            text.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return text.ToString();
    }

    private HubRequest With(JsonObject? body) => body is null ? this : this with { Body = Encoding.UTF8.GetBytes(body.ToJsonString()) };
}
