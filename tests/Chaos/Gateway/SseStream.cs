using System.Net;
using System.Text.Json;
using Fairlead.Chaos.Edge;

namespace Fairlead.Chaos.Gateway;

/// <summary>A device that reads server-sent events.</summary>
internal sealed class SseStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private SseStream(HttpResponseMessage response, Stream body) => (_response, _reader) = (response, new StreamReader(body));

    /// <summary>Opens a stream, after as many attempts as it takes: the gateway may be busy letting the device go.</summary>
    public static async Task<SseStream> OpenAsync(GatewayProcess gateway, string device, string? token = null, string query = "")
    {
        HttpResponseMessage? response = null;
        string said = "";
        await Wait.UntilAsync(
            async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/{device}/stream?kinds=messages{query}");
                if (token is not null) request.Headers.TryAddWithoutValidation("sas_token", token);
                response = await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                if (response.IsSuccessStatusCode) return true;
                said = $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
                response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, said);
                response.Dispose();
                return false;
            },
            () => said,
            LongForm.Patience);
        return new SseStream(response!, await response!.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event; null when the stream has ended.</summary>
    /// <exception cref="IOException">The gateway is gone.</exception>
    public async Task<(string Name, JsonElement Data)?> NextAsync()
    {
        using var deadline = new CancellationTokenSource(LongForm.Patience);
        var name = "";
        while (await _reader.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line["event: ".Length..];
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return (name, JsonElement.Parse(line["data: ".Length..]));
        }

        return null;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
