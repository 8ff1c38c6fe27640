using System.Net;
using System.Net.Http.Headers;
using Fairlead.Features.Functions;

namespace Fairlead.Features.Rules.Functions;

/// <summary>
/// Calls functions for <c>aws_lambda</c>: one POST of JSON, answered with JSON within two seconds. It waits: statements are evaluated on
/// threads that may.
/// </summary>
internal sealed class LambdaCaller(FunctionDirectory directory, TimeProvider time) : IDisposable
{
    private const int LongestAnswer = 256 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(2000);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        MaxConnectionsPerServer = 32,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = LongestAnswer,
    };

    /// <summary>Whether a function can be called.</summary>
    public bool Knows(string function, out string problem) => directory.TryResolve(function, out _, out problem);

    /// <summary>Calls a function. Never throws.</summary>
    public FunctionAnswer Call(string function, byte[] payload)
    {
        if (!directory.TryResolve(function, out var url, out var problem)) return FunctionAnswer.Failed(problem);
        using var deadline = new CancellationTokenSource(Limit, time);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(payload) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = _http.Send(request, deadline.Token);
            if (response.StatusCode != HttpStatusCode.OK) return FunctionAnswer.Failed($"{url.Host} answered with status {(int)response.StatusCode}");
            using var body = new MemoryStream();
            response.Content.ReadAsStream(deadline.Token).CopyTo(body);
            return new FunctionAnswer(body.ToArray(), null);
        }
        catch (OperationCanceledException)
        {
            return FunctionAnswer.Failed($"{url.Host} did not answer within {Limit.TotalSeconds} s");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return FunctionAnswer.Failed($"{url.Host} cannot be called: {exception.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
