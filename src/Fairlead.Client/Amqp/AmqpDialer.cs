using System.IO.Pipelines;
using Fairlead.Amqp;
using Fairlead.Client.Mqtt;
using Fairlead.Client.Mqtt.Transports;

namespace Fairlead.Client.Amqp;

/// <summary>Makes connections to AMQP servers: TCP, TLS, WebSocket; then the engine in client role.</summary>
public static class AmqpDialer
{
    private const string WebSocketPath = "/$iothub/websocket";
    private const int BufferSize = 64 * 1024; // as few TLS records and WebSocket messages as can be

    /// <summary>Connects and opens.</summary>
    /// <param name="dial">Where to.</param>
    /// <param name="options">Settings of the connection; a host name that is not given is that of the server.</param>
    /// <param name="handler">Hears of ends; null when nobody wants to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AmqpDialException">There is no transport.</exception>
    /// <exception cref="AmqpException">The server refuses.</exception>
    public static async Task<AmqpConnection> ConnectAsync(
        AmqpDialOptions dial, AmqpOptions options, IAmqpHandler? handler = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dial);
        ArgumentNullException.ThrowIfNull(options);
        var address = Parse(dial.Server);
        var stream = await OpenAsync(dial, address, options.Time, cancellationToken);
        var pipe = new StreamPipe(stream);
        try
        {
            return await AmqpConnection.ConnectAsync(pipe, options.HostName is null ? options with { HostName = address.Host } : options, handler, cancellationToken);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static async ValueTask<Stream> OpenAsync(AmqpDialOptions dial, ServerAddress address, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(dial.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await TransportConnector.OpenAsync(new MqttClientOptions { Server = dial.Server, Tls = dial.Tls, Time = time }, address, either.Token);
        }
        catch (MqttException exception)
        {
            throw AmqpDialException.From(exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AmqpDialException(
                DialFailure.Timeout, $"cannot connect to {address}", $"there was no answer within {dial.ConnectTimeout.TotalSeconds:0.#} s", "Check the address and any firewall on the way");
        }
    }

    private static ServerAddress Parse(Uri server)
    {
        string host = server.IsAbsoluteUri ? server.IdnHost : "";
        var address = (server.IsAbsoluteUri ? server.Scheme : "") switch
        {
            "amqp" => new ServerAddress(host, server.Port > 0 ? server.Port : 5672, false, null),
            "amqps" => new ServerAddress(host, server.Port > 0 ? server.Port : 5671, true, null),
            "ws" => new ServerAddress(host, server.Port, false, WithPath(server)),
            "wss" => new ServerAddress(host, server.Port, true, WithPath(server)),
            _ => throw new AmqpDialException(
                DialFailure.Settings, $"cannot connect to {server}", "the URL has no scheme that this client knows", "Use amqp://, amqps://, ws:// or wss://"),
        };
        return address with { Protocol = "AMQP", Scheme = "amqp", SubProtocol = "AMQPWSB10", CommonPath = WebSocketPath };
    }

    private static Uri WithPath(Uri url) =>
        new UriBuilder(url) { UserName = "", Password = "", Path = url.AbsolutePath.Length > 1 ? url.AbsolutePath : WebSocketPath }.Uri;

    private sealed class StreamPipe(Stream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferSize));

        public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: BufferSize));
    }
}
