namespace Fairlead.Targets.Http;

/// <summary>
/// The HTTP client of all actions: connections to one server, time to connect and size of answers are bounded; redirects, cookies and
/// proxies are not followed, so that a message goes to the place that the rule names or nowhere.
/// </summary>
internal sealed class TargetHttp(int connections) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        MaxConnectionsPerServer = connections,
        MaxResponseHeadersLength = 32,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Makes a POST whose body is sent as it is.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="contentType">Content-Type, sent as it is.</param>
    /// <param name="body">The body.</param>
    public static HttpRequestMessage Post(Uri url, string contentType, ReadOnlyMemory<byte> body)
    {
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
    }

    /// <summary>Sends a request and reads the answer up to a limit.</summary>
    /// <param name="request">The request.</param>
    /// <param name="longestAnswer">Most bytes of the body that are read; the rest is cut off with its connection.</param>
    /// <param name="cancellationToken">Ends the try; the only way in which this throws.</param>
    public async ValueTask<HttpAnswer> SendAsync(HttpRequestMessage request, int longestAnswer, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            var (body, isTooLong) = await ReadAsync(response.Content, longestAnswer, cancellationToken).ConfigureAwait(false);
            return new HttpAnswer(HttpFault.None, (int)response.StatusCode, body, isTooLong, response.Headers.ConnectionClose == true, "");
        }
        catch (HttpRequestException exception)
        {
            return new HttpAnswer(FaultOf(exception), 0, default, false, true, Reason(exception));
        }
        catch (IOException exception)
        {
            return new HttpAnswer(HttpFault.Broken, 0, default, false, true, exception.Message);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler's own time limit for opening a connection.
            return new HttpAnswer(HttpFault.NotReached, 0, default, false, true, exception.InnerException?.Message ?? "no connection in time");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async ValueTask<(ReadOnlyMemory<byte> Body, bool IsTooLong)> ReadAsync(
        HttpContent content, int longest, CancellationToken cancellationToken)
    {
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[Math.Min(longest + 1L, content.Headers.ContentLength is { } length ? length + 1 : 4096)];
            var filled = 0;
            while (true)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
                filled += read;
                if (read == 0) return (buffer.AsMemory(0, filled), false);
                if (filled > longest) return (buffer.AsMemory(0, longest), true);
                if (filled == buffer.Length) Array.Resize(ref buffer, (int)Math.Min(longest + 1L, buffer.Length * 2L));
            }
        }
    }

    private static HttpFault FaultOf(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => HttpFault.UnknownHost,
        HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError => HttpFault.NotReached,
        _ => HttpFault.Broken,
    };

    // The inner message tells more: "Connection refused" instead of "An error occurred".
    private static string Reason(HttpRequestException exception) => exception.InnerException is { } inner ? inner.Message : exception.Message;
}
