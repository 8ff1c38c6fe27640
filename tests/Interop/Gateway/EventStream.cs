using System.Text.Json;

namespace Fairlead.Interop.Gateway;

/// <summary>Reads server-sent events.</summary>
public sealed class EventStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventStream(HttpResponseMessage response, StreamReader reader) => (_response, _reader) = (response, reader);

    public static async Task<EventStream> OpenAsync(GatewayRun gateway, string path, string? token = null)
    {
        var response = await gateway.SendAsync(HttpMethod.Get, path, null, token);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new EventStream(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    /// <summary>Waits for an event of a kind; others are passed over.</summary>
    public async Task<JsonElement> NextAsync(string kind)
    {
        using var deadline = new CancellationTokenSource(RheaHub.Patience);
        string name = "";
        while (await _reader.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line["event: ".Length..];
            if (line.StartsWith("data: ", StringComparison.Ordinal) && name == kind) return JsonElement.Parse(line["data: ".Length..]);
        }

        throw new EndOfStreamException($"the stream ended without an event {kind}");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
