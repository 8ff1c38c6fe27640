using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Fairlead.Gateway.Http;

/// <summary>The description of the API: OpenAPI 3 for programs, a page for people; both from one list.</summary>
internal static class OpenApi
{
    private static readonly Lazy<string> Json = new(MakeDocument);
    private static readonly Lazy<string> Html = new(MakePage);

    /// <summary>The OpenAPI document.</summary>
    public static string Document => Json.Value;

    /// <summary>The page.</summary>
    public static string Page => Html.Value;

    private static string MakeDocument()
    {
        var buffer = new ArrayBufferWriter<byte>(16_384);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("openapi", "3.0.3");
            json.WriteStartObject("info");
            json.WriteString("title", "Fairlead gateway");
            json.WriteString("version", "1");
            json.WriteString("description", "Devices that speak HTTP reach an IoT hub. Credential: a device token in sas_token or Authorization, or none in policy mode.");
            json.WriteEndObject();
            json.WriteStartObject("paths");
            foreach (var path in ApiOperation.All.GroupBy(static operation => operation.Path))
            {
                json.WriteStartObject(path.Key);
                foreach (var operation in path) Write(json, operation);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            WriteSecurity(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, ApiOperation operation)
    {
        json.WriteStartObject(operation.Method);
        json.WriteString("summary", operation.Summary);
        var parameters = operation.Path.Split('/').Where(static segment => segment.StartsWith('{')).Select(static segment => (Name: segment.Trim('{', '}'), In: "path"))
            .Concat(operation.Summary.Contains("?wait=", StringComparison.Ordinal) ? [("wait", "query")] : [])
            .Concat(operation.Summary.Contains("?kinds=", StringComparison.Ordinal) ? [("kinds", "query"), ("ack", "query")] : [])
            .Concat(operation.Summary.Contains("?reject", StringComparison.Ordinal) ? [("reject", "query")] : [])
            .Concat(operation.Summary.Contains("Idempotency-Key", StringComparison.Ordinal) ? [("Idempotency-Key", "header")] : []);
        json.WriteStartArray("parameters");
        foreach (var (name, place) in parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("in", place);
            json.WriteBoolean("required", place == "path");
            json.WriteStartObject("schema");
            json.WriteString("type", name == "wait" ? "integer" : "string");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("responses");
        foreach (var (status, meaning) in operation.Answers.DistinctBy(static answer => answer.Status))
        {
            json.WriteStartObject(status.ToString(CultureInfo.InvariantCulture));
            json.WriteString("description", meaning);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSecurity(Utf8JsonWriter json)
    {
        json.WriteStartObject("components");
        json.WriteStartObject("securitySchemes");
        foreach (var (name, header) in ((string, string)[])[("token", "sas_token"), ("authorization", "Authorization"), ("key", "X-Api-Key")])
        {
            json.WriteStartObject(name);
            json.WriteString("type", "apiKey");
            json.WriteString("in", "header");
            json.WriteString("name", header);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string MakePage()
    {
        var page = new StringBuilder("""
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Fairlead gateway</title>
            <style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}code{font-family:ui-monospace,monospace}
            td,th{padding:.3rem .8rem .3rem 0;vertical-align:top;text-align:left;border-bottom:1px solid #8884}pre{background:#8882;padding:.7rem;overflow:auto}</style>
            <h1>Fairlead gateway</h1><p>Devices that speak HTTP reach an IoT hub. <a href="openapi.json">openapi.json</a> is the same for programs.</p>
            <pre>curl -d '{"t":21}' http://HOST/api/dev1
            curl -N http://HOST/api/dev1/stream</pre><table><tr><th>Route<th>What it does

            """);
        foreach (var operation in ApiOperation.All)
        {
            page.Append("<tr><td><code>").Append(operation.Method.ToUpperInvariant()).Append(' ').Append(WebUtility.HtmlEncode(operation.Path)).Append("</code><td>")
                .Append(WebUtility.HtmlEncode(operation.Summary)).Append('\n');
        }

        return page.Append("</table></html>\n").ToString();
    }
}
