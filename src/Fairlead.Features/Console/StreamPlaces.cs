using Fairlead.Features.Api;

namespace Fairlead.Features.Console;

/// <summary>Bounds how many live streams there are: pages that nobody closes must not add up.</summary>
internal sealed class StreamPlaces
{
    private const int Most = 200;
    private static readonly IReadOnlyList<KeyValuePair<string, string>> Headers =
        [new("Cache-Control", "no-store"), new("X-Accel-Buffering", "no")];

    private int _taken;

    /// <summary>An answer that streams; its place is free again when it ends.</summary>
    /// <param name="run">Writes the events until nobody reads them.</param>
    /// <exception cref="ApiException">503: all places are taken.</exception>
    public ApiResponse Open(Func<EventStream, Task> run) => Open(EventStream.ContentType, (body, gone) => run(new EventStream(body, gone)));

    /// <summary>The same for another kind of stream.</summary>
    /// <param name="contentType">Its media type.</param>
    /// <param name="run">Writes it until nobody reads it.</param>
    /// <exception cref="ApiException">503: all places are taken.</exception>
    public ApiResponse Open(string contentType, Func<Stream, CancellationToken, Task> run)
    {
        if (Volatile.Read(ref _taken) >= Most) throw ApiException.ServiceUnavailable($"{Most} live pages are open already: close some");
        return new ApiResponse(200, default)
        {
            ContentType = contentType,
            Headers = Headers,
            Stream = async (body, gone) =>
            {
                Interlocked.Increment(ref _taken);
                try
                {
                    await run(body, gone).ConfigureAwait(false);
                }
                finally
                {
                    Interlocked.Decrement(ref _taken);
                }
            },
        };
    }
}
