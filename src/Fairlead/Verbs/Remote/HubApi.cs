using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Fairlead.Verbs.Remote;

/// <summary>The hub's HTTP API; every failure becomes a <see cref="VerbException"/>.</summary>
internal sealed class HubApi : IDisposable
{
    private readonly TimeSpan _timeout;
    private readonly Terminal _terminal;
    private readonly CurlLine? _curl;
    private readonly HttpClient _http;
    private string? _tlsProblem;

    public HubApi(HubAddress address, TimeSpan timeout, Terminal terminal, bool curl)
    {
        Address = address;
        _timeout = timeout;
        _terminal = terminal;
        _curl = curl ? new CurlLine(address) : null;
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        if (address.Url.Scheme == "https")
            handler.SslOptions = TlsOf(address);
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        if (address.Token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", address.Token);
    }

    public HubAddress Address { get; }

    public Uri Url => Address.Url;

    public void Dispose() => _http.Dispose();

    /// <summary>The answer, whatever it is.</summary>
    public async Task<HubAnswer> SendAsync(HubRequest request, CancellationToken cancellationToken)
    {
        var limit = request.Timeout ?? _timeout;
        using var patience = new CancellationTokenSource(limit, _terminal.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            using var response = await StartAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            return new HubAnswer(response.StatusCode, await response.Content.ReadAsByteArrayAsync(either.Token), ErrorType(response))
            {
                Continuation = response.Headers.TryGetValues("x-ms-continuation", out var next) ? next.First() : null,
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw TimedOut(limit);
        }
        catch (HttpRequestException exception)
        {
            throw Unreachable(exception);
        }
    }

    /// <summary>The body of an answer that goes on and on, line by line.</summary>
    public async IAsyncEnumerable<string> LinesAsync(
        HubRequest request, string what, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await OpenAsync(request, what, cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (true)
        {
            string? line;
            try
            {
                line = await reader.ReadLineAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                throw new VerbException(ExitCode.NotFound, what, "the hub closed the connection", "Check that the hub runs, and start again");
            }

            if (line is null)
                yield break;
            if (line.Length > 0)
                yield return line;
        }
    }

    /// <summary>The JSON of a request that must succeed; undefined when there is no body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="what">What is being tried, for the error.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<JsonElement> CallAsync(HubRequest request, string what, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(request, cancellationToken);
        if (!answer.IsSuccess)
            throw answer.ToException(what);
        return answer.Body.Length == 0
            ? default
            : answer.Json() ?? throw new VerbException(ExitCode.Failed, what, "the answer is not that of a Fairlead hub", "Check that --url names the hub's HTTP listener");
    }

    private static string? ErrorType(HttpResponseMessage response) =>
        response.Headers.TryGetValues("x-amzn-ErrorType", out var values) || response.Headers.TryGetValues("iothub-errorcode", out values) ? values.First().Split(':')[0] : null;

    /// <summary>The answer to a request that must succeed, with its body still to be read.</summary>
    public async Task<HttpResponseMessage> OpenAsync(HubRequest request, string what, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_timeout, _terminal.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            var response = await StartAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
                throw new HubAnswer(response.StatusCode, await response.Content.ReadAsByteArrayAsync(either.Token), ErrorType(response)).ToException(what);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw TimedOut(_timeout);
        }
        catch (HttpRequestException exception)
        {
            throw Unreachable(exception);
        }
    }

    private async Task<HttpResponseMessage> StartAsync(HubRequest request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        if (_curl is not null)
            await _terminal.Error.WriteLineAsync(_curl.Of(request));
        string root = Url.GetLeftPart(UriPartial.Path).TrimEnd('/');
        using var message = new HttpRequestMessage(
            request.Method, new Uri(root + request.Path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        }

        foreach (var (name, value) in request.Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        return await _http.SendAsync(message, completion, cancellationToken);
    }

    private SslClientAuthenticationOptions TlsOf(HubAddress address)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = address.HostName };
        var authorities = address.ReadAuthorities();
        if (authorities.Count > 0)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        options.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            _tlsProblem = TlsProblem.Of(errors, certificate, address.HostName, _terminal.Time.GetUtcNow());
            return errors == SslPolicyErrors.None;
        };
        return options;
    }

    private VerbException TimedOut(TimeSpan limit) => new(
        ExitCode.Timeout, $"the hub at {Url} did not answer", $"nothing came within {limit.TotalSeconds:0.###} s", "Check the hub, or wait longer with --timeout");

    private VerbException Unreachable(HttpRequestException exception)
    {
        if (exception.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            return new VerbException(
                ExitCode.Failed, $"cannot talk to the hub at {Url}", _tlsProblem ?? "the TLS handshake failed: the port may not be one for https",
                "Trust the hub's authority with --cafile FILE or --data DIRECTORY, and use a name that its certificate carries");
        }

        string why = exception.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => $"the name {Url.Host} is not known",
            HttpRequestError.ConnectionError => $"nothing answers on port {Url.Port} there",
            HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse => "it does not answer as an HTTP server does: the port may be one for MQTT, or for the other of http and https",
            _ when exception.InnerException is IOException => "it does not answer as an HTTP server does: the port may be one for MQTT, or for the other of http and https",
            _ => exception.Message.ReplaceLineEndings(" ").TrimEnd('.'),
        };
        return new VerbException(
            ExitCode.NotFound, $"cannot reach the hub at {Url}", why, "Start one with fairlead dev (or fairlead hub --listen http://127.0.0.1:8080), or name its address with --url or FAIRLEAD_URL");
    }
}
