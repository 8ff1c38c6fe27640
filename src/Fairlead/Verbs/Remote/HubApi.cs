using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Fairlead.Verbs.Remote;

/// <summary>The hub's HTTP API; every failure becomes a <see cref="VerbException"/>.</summary>
internal sealed class HubApi : IDisposable
{
    private readonly Uri _url;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public HubApi(Uri url, string? token, TimeSpan timeout, TimeProvider time)
    {
        _url = url;
        _timeout = timeout;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Uri Url => _url;

    public void Dispose() => _http.Dispose();

    /// <summary>One path segment that arrives as it is: dots would else be taken for a way up.</summary>
    public static string Segment(string text) => text is "." or ".." ? text.Replace(".", "%2E", StringComparison.Ordinal) : Uri.EscapeDataString(text);

    /// <summary>Status code and body, whatever they are.</summary>
    public async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        string root = _url.GetLeftPart(UriPartial.Path).TrimEnd('/');
        using var request = new HttpRequestMessage(
            method, new Uri(root + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(either.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new VerbException(
                ExitCode.Timeout, $"the hub at {_url} did not answer", $"nothing came within {_timeout.TotalSeconds:0.###} s", "Check the hub, or wait longer with --timeout");
        }
        catch (HttpRequestException exception)
        {
            string why = exception.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => $"the name {_url.Host} is not known",
                HttpRequestError.ConnectionError => $"nothing answers on port {_url.Port} there",
                HttpRequestError.SecureConnectionError => "the TLS handshake failed",
                _ => exception.Message.ReplaceLineEndings(" ").TrimEnd('.'),
            };
            throw new VerbException(
                ExitCode.NotFound, $"cannot reach the hub at {_url}", why, "Start the hub with --listen http://127.0.0.1:8080, or name its address with --url or FAIRLEAD_URL");
        }
    }

    /// <summary>The JSON of a request that must succeed; undefined when there is no body.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="what">What is being tried, for the error.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<JsonElement> CallAsync(HttpMethod method, string path, string what, CancellationToken cancellationToken)
    {
        var (status, body) = await SendAsync(method, path, cancellationToken);
        if ((int)status is >= 200 and < 300)
        {
            return body.Length == 0
                ? default
                : Parse(body) ?? throw new VerbException(ExitCode.Failed, what, "the answer is not that of a Fairlead hub", "Check that --url names the hub's HTTP listener");
        }

        string? message = Parse(body) is { ValueKind: JsonValueKind.Object } problem && problem.TryGetProperty("message", out var text) ? text.GetString() : null;
        throw status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new VerbException(
                ExitCode.Denied, what, $"the hub refuses the token (HTTP {(int)status})", "Give the administration token with --data DIRECTORY, --token-file FILE or FAIRLEAD_TOKEN"),
            HttpStatusCode.NotFound => new VerbException(
                ExitCode.NotFound, what, message ?? "the hub knows nothing there (HTTP 404)", "Look at what there is with fairlead client ls"),
            _ => new VerbException(ExitCode.Failed, what, message ?? $"the hub answered HTTP {(int)status}", "Look into the hub's log"),
        };
    }

    private static JsonElement? Parse(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
