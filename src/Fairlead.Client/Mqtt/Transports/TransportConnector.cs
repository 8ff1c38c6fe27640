using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;

namespace Fairlead.Client.Mqtt.Transports;

/// <summary>Opens the byte stream to a server: TCP, TLS or WebSocket; every failure becomes an <see cref="MqttException"/> with its cause and cure.</summary>
internal static class TransportConnector
{
    public static async ValueTask<Stream> OpenAsync(MqttClientOptions options, ServerAddress address, CancellationToken cancellationToken)
    {
        if (options.OpenTransport is { } open)
            return await open(cancellationToken);
        if (address.WebSocket is not null)
            return await OpenWebSocketAsync(options, address, cancellationToken);

        // The files first: what is wrong with them is known without the network.
        var handshake = address.Tls ? TlsHandshake.Create(options.Tls, address, options.Time) : null;
        var stream = options.Proxy is { } proxy
            ? await OpenTunnelAsync(proxy, address, cancellationToken)
            : await OpenTcpAsync(address, cancellationToken);
        return handshake is null ? stream : await StartTlsAsync(stream, handshake, cancellationToken);
    }

    private static async ValueTask<Stream> OpenTcpAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            if (exception is SocketException error)
                throw Explain(error, address);
            throw;
        }
    }

    private static async ValueTask<Stream> OpenTunnelAsync(HttpProxyOptions proxy, ServerAddress address, CancellationToken cancellationToken)
    {
        var stream = await OpenTcpAsync(new ServerAddress(proxy.Address.IdnHost, proxy.Address.Port, false, null), cancellationToken);
        try
        {
            await HttpTunnel.OpenAsync(stream, proxy, address, cancellationToken);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static async ValueTask<Stream> StartTlsAsync(Stream inner, TlsHandshake handshake, CancellationToken cancellationToken)
    {
        var stream = new SslStream(inner, leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsClientAsync(handshake.Settings, cancellationToken);
            return stream;
        }
        catch (AuthenticationException exception)
        {
            await stream.DisposeAsync();
            throw handshake.Explain(exception);
        }
        catch (IOException exception)
        {
            await stream.DisposeAsync();
            throw handshake.Explain(exception);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static async ValueTask<Stream> OpenWebSocketAsync(MqttClientOptions options, ServerAddress address, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(address.SubProtocol);
        socket.Options.CollectHttpResponseDetails = true;
        foreach (var (name, value) in options.HttpHeaders) socket.Options.SetRequestHeader(name, value);
        var handshake = address.Tls ? TlsHandshake.Create(options.Tls, address, options.Time) : null;
        using var handler = new SocketsHttpHandler { UseProxy = options.Proxy is not null };
        if (options.Proxy is { } proxy)
        {
            handler.Proxy = new WebProxy(proxy.Address)
            {
                Credentials = proxy.UserName is null ? null : new NetworkCredential(proxy.UserName, proxy.Password),
            };
        }

        if (handshake is not null)
        {
            handshake.Settings.ApplicationProtocols ??= [SslApplicationProtocol.Http11];
            handler.SslOptions = handshake.Settings;
        }

        using var invoker = new HttpMessageInvoker(handler);
        try
        {
            await socket.ConnectAsync(address.WebSocket!, invoker, cancellationToken);
            return WebSocketStream.Create(socket, WebSocketMessageType.Binary, closeTimeout: TimeSpan.FromSeconds(1));
        }
        catch (WebSocketException exception)
        {
            int status = (int)socket.HttpStatusCode;
            socket.Dispose();
            throw Explain(exception, status, handshake, address);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static MqttException Explain(WebSocketException exception, int status, TlsHandshake? handshake, ServerAddress address)
    {
        if (handshake?.Rejection is { } rejection)
            return rejection;
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException error)
                return Explain(error, address);
            if (inner is AuthenticationException authentication && handshake is not null)
                return handshake.Explain(authentication);
        }

        string why = status is 0 or 101
            ? $"the answer is not that of a WebSocket server for {address.Protocol}"
            : $"the server answered HTTP {status} instead of opening a WebSocket";
        return new MqttException(
            status is 401 or 403 ? MqttFailure.Refused : MqttFailure.Closed,
            $"cannot connect to {address}",
            why,
            $"Check host, port and path; hubs commonly use the path {address.CommonPath}",
            innerException: exception);
    }

    private static MqttException Explain(SocketException exception, ServerAddress address)
    {
        string what = $"cannot connect to {address}";
        return exception.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery => new MqttException(
                MqttFailure.NameNotFound,
                what,
                $"the name {address.Host} is not known",
                "Check the spelling and the name service of this machine",
                innerException: exception),
            SocketError.ConnectionRefused => new MqttException(
                MqttFailure.Unreachable,
                what,
                $"connection refused: nothing listens on port {address.Port} there",
                "Start the server, or check host and port",
                innerException: exception),
            SocketError.TimedOut => new MqttException(
                MqttFailure.Timeout,
                what,
                "the host does not answer",
                "Check the address and any firewall on the way",
                innerException: exception),
            _ => new MqttException(
                MqttFailure.Unreachable,
                what,
                exception.Message.TrimEnd('.'),
                "Check the address and the network",
                innerException: exception),
        };
    }
}
