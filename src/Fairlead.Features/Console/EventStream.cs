using System.Text;

namespace Fairlead.Features.Console;

/// <summary>Writes server-sent events: one JSON document each, flushed at once.</summary>
internal sealed class EventStream(Stream body, CancellationToken gone)
{
    /// <summary>Media type of such a stream.</summary>
    public const string ContentType = "text/event-stream; charset=utf-8";

    private static readonly byte[] Beat = ": \n\n"u8.ToArray();
    private static readonly byte[] End = "\n\n"u8.ToArray();

    /// <summary>Cancelled when nobody reads any more.</summary>
    public CancellationToken Gone => gone;

    /// <summary>Sends an event.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="json">JSON without line feeds.</param>
    public async Task SendAsync(string name, ReadOnlyMemory<byte> json)
    {
        await body.WriteAsync(Encoding.ASCII.GetBytes($"event: {name}\ndata: "), gone).ConfigureAwait(false);
        await body.WriteAsync(json, gone).ConfigureAwait(false);
        await body.WriteAsync(End, gone).ConfigureAwait(false);
        await body.FlushAsync(gone).ConfigureAwait(false);
    }

    /// <summary>Shows that the stream is alive.</summary>
    public async Task BeatAsync()
    {
        await body.WriteAsync(Beat, gone).ConfigureAwait(false);
        await body.FlushAsync(gone).ConfigureAwait(false);
    }
}
