using System.Net;
using System.Net.WebSockets;
using Fairlead.Broker;
using Fairlead.Broker.Connections;
using Fairlead.Server.Listeners;
using Fairlead.Server.Observability;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.WebSockets;

/// <summary>Takes MQTT over WebSocket (MQTT 5, section 6) and hands it to the broker.</summary>
internal sealed class WebSocketEndpoint(MqttBroker broker, TimeProvider time, ILogger<WebSocketEndpoint> log)
{
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Serves a request for the WebSocket path.</summary>
    public async Task RunAsync(HttpContext context, Listener listener)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Refuse(context, StatusCodes.Status426UpgradeRequired, "this path takes MQTT over WebSocket; it needs an Upgrade request");
            return;
        }

        // [MQTT-6.0.0-3] and [MQTT-6.0.0-4]; version 3.1 clients ask for a name of their own.
        var offered = context.WebSockets.WebSocketRequestedProtocols;
        var protocol = offered.Contains("mqtt") ? "mqtt" : offered.Contains("mqttv3.1") ? "mqttv3.1" : null;
        if (protocol is null)
        {
            await Refuse(context, StatusCodes.Status400BadRequest, "the WebSocket sub-protocol must be mqtt (header Sec-WebSocket-Protocol)");
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = protocol,
            DangerousEnableCompression = false,
            // MQTT has a Keep Alive of its own.
            KeepAliveInterval = TimeSpan.Zero,
        });
        using var transport = new WebSocketTransport(socket);
        await broker.RunConnectionAsync(transport, Describe(context, listener, transport), context.RequestAborted);
        if (transport.GotText) log.TextFrame(Remote(context));
        await SayGoodbyeAsync(socket, transport.GotText);
    }

    private static TransportInfo Describe(HttpContext context, Listener listener, WebSocketTransport transport)
    {
        var connection = context.Connection;
        var remote = connection.RemoteIpAddress is { } from ? new IPEndPoint(from, connection.RemotePort) : null;
        var local = connection.LocalIpAddress is { } to ? new IPEndPoint(to, connection.LocalPort) : null;
        var tls = context.Features.Get<TlsSession>();
        return new TransportInfo
        {
            Listener = listener.Name,
            Protocol = tls is null ? "ws" : "wss",
            RemoteEndPoint = remote,
            LocalEndPoint = local,
            CertificateId = tls?.CertificateId,
            CertificateSubject = tls?.CertificateSubject,
            TlsVersion = tls?.Version,
            ServerName = tls?.ServerName,
            IsLoopback = MqttConnections.IsLoopback(remote, local),
            ClosedByClient = () => transport.ClosedByClient,
            Abort = _ => context.Abort(),
        };
    }

    private static string Remote(HttpContext context) => $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}";

    private static async Task Refuse(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status426UpgradeRequired) context.Response.Headers.Upgrade = "websocket";
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(sentence + "\n");
    }

    private async Task SayGoodbyeAsync(WebSocket socket, bool gotText)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        using var deadline = new CancellationTokenSource(GoodbyeTimeout, time);
        try
        {
            await socket.CloseOutputAsync(
                gotText ? WebSocketCloseStatus.InvalidMessageType : WebSocketCloseStatus.NormalClosure,
                gotText ? "MQTT goes in binary frames" : null,
                deadline.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer is gone already.
        }
    }
}
