using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fairlead.Edge.Logging;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Health;

/// <summary>
/// Answers a handful of GET requests, one a connection (spec section 17.11). A whole web server would weigh more than the connector; what
/// this one cannot understand it refuses.
/// </summary>
internal sealed class HealthServer : IAsyncDisposable
{
    private const int LongestRequest = 8 * 1024;
    private const int MostConnections = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TcpListener _listener;
    private readonly Func<string, HealthAnswer?> _answer;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _room = new(MostConnections);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private HealthServer(TcpListener listener, Func<string, HealthAnswer?> answer, TimeProvider time, ILogger log)
    {
        _listener = listener;
        _answer = answer;
        _time = time;
        _log = log;
        EndPoint = (IPEndPoint)listener.LocalEndpoint;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Starts; null when the address cannot be listened on, which is logged: a connector without metrics still forwards.</summary>
    /// <param name="address">Address such as <c>127.0.0.1:9466</c>.</param>
    /// <param name="answer">Answer to a path; null for not found.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    public static HealthServer? TryStart(string address, Func<string, HealthAnswer?> answer, TimeProvider time, ILogger log)
    {
        var listener = new TcpListener(IPEndPoint.Parse(address));
        try
        {
            listener.Start();
        }
        catch (SocketException exception)
        {
            listener.Dispose();
            log.HealthFailed(address, exception.Message);
            return null;
        }

        var server = new HealthServer(listener, answer, time, log);
        log.HealthListens(server.EndPoint.ToString());
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _room.WaitAsync(_stop.Token);
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception)
            {
                _room.Release();
                if (_stop.IsCancellationRequested) return;
                _log.LoopFailed(exception);
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using var owned = socket;
            using var limit = new CancellationTokenSource(Patience, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
            string? head = await ReadHeadAsync(socket, either.Token);
            if (head is null) return;
            var bytes = Respond(head);
            for (int sent = 0; sent < bytes.Length;)
                sent += await socket.SendAsync(bytes.AsMemory(sent), SocketFlags.None, either.Token);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // Whoever asked is gone, or too slow.
        }
        finally
        {
            _room.Release();
        }
    }

    private byte[] Respond(string head)
    {
        string[] request = head.Split("\r\n", 2)[0].Split(' ');
        bool headOnly = request[0] == "HEAD";
        var answer = request is not [_, _, { } version] || !version.StartsWith("HTTP/1.", StringComparison.Ordinal)
            ? new HealthAnswer(400, "text/plain", "not a request\n")
            : request[0] is not ("GET" or "HEAD")
                ? new HealthAnswer(405, "text/plain", "GET alone\n")
                : _answer(request[1].Split('?')[0]) ?? new HealthAnswer(404, "text/plain", "there is /metrics, /healthz, /readyz and /status\n");
        byte[] body = Encoding.UTF8.GetBytes(answer.Body);
        string reason = answer.Status switch { 200 => "OK", 404 => "Not Found", 405 => "Method Not Allowed", 503 => "Service Unavailable", _ => "Bad Request" };
        string header = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {answer.Status} {reason}\r\nContent-Type: {answer.ContentType}; charset=utf-8\r\nContent-Length: {body.Length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(header), .. headOnly ? [] : body];
    }

    private static async Task<string?> ReadHeadAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestRequest];
        int length = 0;
        while (length < buffer.Length)
        {
            int read = await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None, cancellationToken);
            if (read == 0) return null;
            length += read;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0) return Encoding.Latin1.GetString(buffer, 0, length);
        }

        return "too long";
    }
}
