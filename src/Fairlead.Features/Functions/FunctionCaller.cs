using System.Net.Http.Headers;

namespace Fairlead.Features.Functions;

/// <summary>
/// Calls functions: one POST with the event as JSON, whose answer of status 200 is the function's result. Everything is bounded: time,
/// size of the answer, calls under way.
/// </summary>
internal sealed class FunctionCaller(FunctionDirectory directory, TimeProvider time) : IDisposable
{
    private const int MostCalls = 256;
    private const int LongestAnswer = 256 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _calls = new(MostCalls, MostCalls);
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        // A function that has moved is configured anew: events carry credentials.
        AllowAutoRedirect = false,
        MaxConnectionsPerServer = 64,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = LongestAnswer,
    };

    private long _refused;

    /// <summary>Where functions are.</summary>
    public FunctionDirectory Directory { get; } = directory;

    /// <summary>Calls that were not made because too many were under way.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Calls a function. Never throws but for cancellation.</summary>
    /// <param name="function">Its URL or ARN.</param>
    /// <param name="payload">The event.</param>
    /// <param name="cancellationToken">Ends the wait when nobody needs the answer any more.</param>
    public async ValueTask<FunctionAnswer> CallAsync(string function, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (!Directory.TryResolve(function, out var url, out var problem)) return FunctionAnswer.Failed(problem);
        if (!await _calls.WaitAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
        {
            Interlocked.Increment(ref _refused);
            return FunctionAnswer.Failed($"more than {MostCalls} calls of functions are under way");
        }

        using var deadline = new CancellationTokenSource(Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await PostAsync(url, payload, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return FunctionAnswer.Failed($"{url.Host} did not answer within {Timeout.TotalSeconds} s");
        }
        catch (HttpRequestException exception)
        {
            return FunctionAnswer.Failed($"{url.Host} cannot be called: {exception.Message}");
        }
        finally
        {
            _calls.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _calls.Dispose();
    }

    private async Task<FunctionAnswer> PostAsync(Uri url, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(payload);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _http.PostAsync(url, content, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != System.Net.HttpStatusCode.OK)
            return FunctionAnswer.Failed($"{url.Host} answered with status {(int)response.StatusCode}");
        return new FunctionAnswer(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), null);
    }
}
