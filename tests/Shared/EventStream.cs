using System.Net;
using System.Text.Json;

namespace Fairlead.Shared;

/// <summary>Reads server-sent events whose data is JSON on one line.</summary>
public sealed class EventStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;
    private readonly TimeSpan _patience;

    private EventStream(HttpResponseMessage response, Stream body, TimeSpan patience) => (_response, _reader, _patience) = (response, new StreamReader(body), patience);

    /// <summary>Reads an answer, which the stream owns from now on.</summary>
    /// <param name="response">The answer, up to its head.</param>
    /// <param name="patience">How long an event may take.</param>
    public static async Task<EventStream> ReadAsync(HttpResponseMessage response, TimeSpan patience)
    {
        if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            throw new InvalidOperationException($"no stream of events: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return new EventStream(response, await response.Content.ReadAsStreamAsync(), patience);
    }

    /// <summary>The next event; null when the stream has ended.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<(string Name, JsonElement Data)?> NextAsync()
    {
        using var deadline = new CancellationTokenSource(_patience);
        var name = "";
        while (await _reader.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line["event: ".Length..];
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return (name, JsonElement.Parse(line["data: ".Length..]));
        }

        return null;
    }

    /// <summary>The next event of a kind; others are passed over.</summary>
    /// <exception cref="EndOfStreamException">The stream has ended.</exception>
    public async Task<JsonElement> NextAsync(string kind)
    {
        while (await NextAsync() is var (name, data))
        {
            if (name == kind) return data;
        }

        throw new EndOfStreamException($"the stream ended without an event {kind}");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
