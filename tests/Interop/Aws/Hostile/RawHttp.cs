using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.Hostile;

/// <summary>HTTP as bytes on a socket: what no client library would send.</summary>
public sealed class RawHttp : IAsyncDisposable
{
    private readonly TcpClient _socket;
    private readonly Stream _stream;

    private RawHttp(TcpClient socket, Stream stream) => (_socket, _stream) = (socket, stream);

    /// <summary>Connects, over TLS for https.</summary>
    public static async Task<RawHttp> OpenAsync(Uri url)
    {
        var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", url.Port).WaitAsync(RawMqttClient.Deadline);
        if (url.Scheme != "https") return new RawHttp(socket, socket.GetStream());
        // Who the hub is, others have tested.
        var stream = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync("localhost").WaitAsync(RawMqttClient.Deadline);
        return new RawHttp(socket, stream);
    }

    /// <summary>Sends bytes; a hub that has heard enough may have closed meanwhile, and what it said decides.</summary>
    public async Task SendAsync(byte[] bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes).AsTask().WaitAsync(RawMqttClient.Deadline);
            await _stream.FlushAsync().WaitAsync(RawMqttClient.Deadline);
        }
        catch (IOException)
        {
            // The answer that was sent before, or none, decides.
        }
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends a request with its headers and its body as they are.</summary>
    public async Task SendAsync(string method, string target, IEnumerable<KeyValuePair<string, string>> headers, byte[] body, string version = "HTTP/1.1")
    {
        var head = new StringBuilder().Append(method).Append(' ').Append(target).Append(' ').Append(version).Append("\r\n");
        foreach (var (name, value) in headers) head.Append(name).Append(": ").Append(value).Append("\r\n");
        await SendAsync([.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. body]);
    }

    /// <summary>Reads an answer; null when the hub closed without one.</summary>
    public async Task<RawHttpAnswer?> ReadAsync()
    {
        using var deadline = new CancellationTokenSource(RawMqttClient.Deadline);
        var bytes = new List<byte>();
        var one = new byte[4096];
        var head = -1;
        while (head < 0)
        {
            var count = await ReadSomeAsync(one, deadline.Token);
            if (count == 0) return null;
            bytes.AddRange(one.AsSpan(0, count));
            head = Encoding.Latin1.GetString([.. bytes]).IndexOf("\r\n\r\n", StringComparison.Ordinal);
        }

        var lines = Encoding.Latin1.GetString([.. bytes[..head]]).Split("\r\n");
        var headers = lines[1..].Select(static line => line.Split(':', 2)).ToDictionary(static pair => pair[0], static pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase);
        var length = headers.TryGetValue("content-length", out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        while (bytes.Count < head + 4 + length)
        {
            var count = await ReadSomeAsync(one, deadline.Token);
            if (count == 0) break;
            bytes.AddRange(one.AsSpan(0, count));
        }

        return new RawHttpAnswer(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, Encoding.UTF8.GetString([.. bytes[(head + 4)..]]));
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private async Task<int> ReadSomeAsync(byte[] into, CancellationToken deadline)
    {
        try
        {
            return await _stream.ReadAsync(into, deadline);
        }
        catch (IOException)
        {
            return 0; // Reset instead of closed.
        }
    }
}

/// <summary>An answer.</summary>
public sealed record RawHttpAnswer(int Status, Dictionary<string, string> Headers, string Body)
{
    /// <summary>What SDKs make the exception of.</summary>
    public string? ErrorType => Headers.GetValueOrDefault("x-amzn-ErrorType");

    /// <summary>The error's text.</summary>
    public string? Message => JsonDocument.Parse(Body).RootElement.GetProperty("message").GetString();
}
