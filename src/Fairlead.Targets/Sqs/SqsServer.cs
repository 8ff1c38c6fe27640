using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Fairlead.Targets.Http;
using Fairlead.Targets.Signing;

namespace Fairlead.Targets.Sqs;

/// <summary>
/// A server with the API of SQS, called directly: one signed POST a message, in the JSON protocol or, for older servers
/// (<c>?protocol=query</c>), in the query protocol.
/// </summary>
internal sealed class SqsServer
{
    private const int LongestAnswer = 64 * 1024;
    private readonly TargetHttp _http;
    private readonly RequestSigner? _signer;
    private readonly Uri _endpoint;
    private readonly bool _isQuery;

    /// <summary>Takes the endpoint; nothing is connected.</summary>
    /// <param name="endpoint">URL of the server; with a path, queues are below it, else below the path of the rule's URL.</param>
    /// <param name="signer">Signs requests; null for unsigned ones.</param>
    /// <param name="http">Client.</param>
    public SqsServer(string endpoint, RequestSigner? signer, TargetHttp http)
    {
        var url = new Uri(endpoint);
        _isQuery = url.Query == "?protocol=query";
        _endpoint = new Uri(url.GetLeftPart(UriPartial.Path));
        _signer = signer;
        _http = http;
    }

    /// <summary>Whether a text can be the endpoint: http or https, with no query but <c>protocol</c>.</summary>
    public static bool IsEndpoint(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.Query is "" or "?protocol=query" or "?protocol=json";

    /// <summary>The queue that a rule's URL names.</summary>
    /// <param name="path">Path of the URL of the rule, such as <c>/123456789012/orders</c>.</param>
    public ISqsQueue Queue(string path)
    {
        var url = _endpoint.AbsolutePath == "/" ? new Uri(_endpoint, path) : new Uri($"{_endpoint.AbsoluteUri.TrimEnd('/')}/{path[(path.LastIndexOf('/') + 1)..]}");
        return new ServerQueue(this, url);
    }

    private async ValueTask SendAsync(SqsCall call, Uri queue, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(call.Body.Span);
        var (contentType, body) = _isQuery ? Form(queue, text) : Json(queue, text);
        // Both protocols name the queue in the body; not every server also takes them at the queue's own path.
        using var request = TargetHttp.Post(new Uri(_endpoint, "/"), contentType, body);
        if (!_isQuery) request.Headers.TryAddWithoutValidation("X-Amz-Target", "AmazonSQS.SendMessage");
        _signer?.Sign(request, contentType, body);
        var answer = await _http.SendAsync(request, LongestAnswer, cancellationToken).ConfigureAwait(false);
        var what = $"cannot send to queue {queue}";
        if (answer.IsSuccess)
        {
            call.Succeed();
            return;
        }

        if (answer.Fault != HttpFault.None)
        {
            call.FailForNow($"{what}: {answer.Problem}");
            return;
        }

        var code = CodeOf(answer.Body);
        if (answer.MayPass || code.Contains("Throttl", StringComparison.Ordinal)) call.FailForNow($"{what}: status {answer.Status} {code}");
        else call.Fail($"{what}: status {answer.Status} {code}");
    }

    private static (string ContentType, byte[] Body) Json(Uri queue, string text) =>
        ("application/x-amz-json-1.0", JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["QueueUrl"] = queue.AbsoluteUri,
            ["MessageBody"] = text,
        }));

    private static (string ContentType, byte[] Body) Form(Uri queue, string text) =>
        ("application/x-www-form-urlencoded", Encoding.ASCII.GetBytes(
            $"Action=SendMessage&Version=2012-11-05&QueueUrl={Uri.EscapeDataString(queue.AbsoluteUri)}&MessageBody={Uri.EscapeDataString(text)}"));

    /// <summary>Code of an error, in either protocol; empty when the answer has none.</summary>
    private static string CodeOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            if (body.Span.TrimStart(" \r\n\t"u8) is not [(byte)'<', ..])
            {
                using var document = JsonDocument.Parse(body);
                return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("__type", out var type)
                    ? type.ToString()
                    : "";
            }

            var text = Encoding.UTF8.GetString(body.Span);
            return XDocument.Parse(text).Descendants().FirstOrDefault(static element => element.Name.LocalName == "Code")?.Value ?? "";
        }
        catch (Exception exception) when (exception is JsonException or XmlException)
        {
            return "";
        }
    }

    /// <summary>One queue of the server.</summary>
    private sealed class ServerQueue(SqsServer server, Uri url) : ISqsQueue
    {
        public async ValueTask SendAsync(IReadOnlyList<SqsCall> calls, CancellationToken cancellationToken)
        {
            foreach (var call in calls) await server.SendAsync(call, url, cancellationToken).ConfigureAwait(false);
        }
    }
}
