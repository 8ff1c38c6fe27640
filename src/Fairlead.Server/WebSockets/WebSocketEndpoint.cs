using System.Net;
using System.Net.WebSockets;
using Fairlead.Broker;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Security;
using Fairlead.Features.Api;
using Fairlead.Features.Api.Signing;
using Fairlead.Features.Logs;
using Fairlead.Features.Policies;
using Fairlead.Server.Listeners;
using Fairlead.Server.Observability;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.WebSockets;

/// <summary>Takes MQTT over WebSocket (MQTT 5, section 6) and hands it to the broker.</summary>
internal sealed class WebSocketEndpoint(
    MqttBroker broker, SignatureCheck signatures, AuthenticationLog authentication, TimeProvider time, ILogger<WebSocketEndpoint> log)
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

        if (!TryIdentify(context, out var identity, out var refusal))
        {
            context.Response.Headers["x-amzn-ErrorType"] = refusal.Type;
            log.SignatureRefused(Remote(context), refusal.Message);
            authentication.Refused(SignatureFailure.Of(refusal), refusal.Message, AttemptOf(context));
            await Refuse(context, refusal.Status, refusal.Message);
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
        var described = Describe(context, listener, transport, context.Features.Get<TlsSession>() is null ? "ws" : "wss") with { Identity = identity };
        await broker.RunConnectionAsync(transport, described, context.RequestAborted);
        if (transport.GotText) log.TextFrame(Remote(context));
        await SayGoodbyeAsync(socket, transport.GotText, "MQTT goes in binary frames", time);
    }

    /// <summary>Says what is known about a connection over a WebSocket.</summary>
    /// <param name="context">The request that opened it.</param>
    /// <param name="listener">Where it came in.</param>
    /// <param name="transport">Its bytes.</param>
    /// <param name="protocol">What it speaks.</param>
    public static TransportInfo Describe(HttpContext context, Listener listener, WebSocketTransport transport, string protocol)
    {
        var (remote, local) = EndPointsOf(context);
        var tls = context.Features.Get<TlsSession>();
        return new TransportInfo
        {
            Listener = listener.Name,
            Protocol = protocol,
            RemoteEndPoint = remote,
            LocalEndPoint = local,
            CertificateId = tls?.CertificateId,
            CertificateSubject = tls?.CertificateSubject,
            CertificateChain = tls?.Certificates ?? PeerCertificates.None,
            IsCertificateTrusted = tls?.IsTrusted ?? false,
            TlsVersion = tls?.Version,
            ServerName = tls?.ServerName,
            HttpHeaders = context.Request.Headers.ToDictionary(static h => h.Key.ToLowerInvariant(), static h => h.Value.ToString(), StringComparer.Ordinal),
            HttpQuery = context.Request.QueryString.Value,
            IsLoopback = MqttConnections.IsLoopback(remote, local),
            ClosedByClient = () => transport.ClosedByClient,
            Abort = _ => context.Abort(),
        };
    }

    /// <summary>A signed handshake (spec/aws-messaging, section 4.3) proves an access key; an unsigned one leaves it to CONNECT.</summary>
    private bool TryIdentify(HttpContext context, out Principal? identity, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out ApiException? refusal)
    {
        identity = null;
        refusal = null;
        var headers = context.Request.Headers;
        if (!RawTarget.TryParse(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, out var target) || !SignatureCheck.IsSigned(target, headers))
            return true;
        try
        {
            var (key, _) = signatures.Verify(context.Request.Method, target, headers, default, ["iotdata", "iotdevicegateway"]);
            identity = new AccessKeyPrincipal(key);
            return true;
        }
        catch (ApiException exception)
        {
            refusal = exception;
            return false;
        }
    }

    private static AuthenticationAttempt AttemptOf(HttpContext context)
    {
        var (source, target) = EndPointsOf(context);
        return new AuthenticationAttempt("MQTT", source, target) { ServerName = context.Features.Get<TlsSession>()?.ServerName };
    }

    private static (IPEndPoint? Remote, IPEndPoint? Local) EndPointsOf(HttpContext context)
    {
        var connection = context.Connection;
        return (
            connection.RemoteIpAddress is { } from ? new IPEndPoint(from, connection.RemotePort) : null,
            connection.LocalIpAddress is { } to ? new IPEndPoint(to, connection.LocalPort) : null);
    }

    private static string Remote(HttpContext context) => $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}";

    /// <summary>Refuses a request with one sentence.</summary>
    public static async Task Refuse(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status426UpgradeRequired) context.Response.Headers.Upgrade = "websocket";
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(sentence + "\n");
    }

    /// <summary>Closes a WebSocket whose connection is over.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="gotText">Whether it ends because of a text frame.</param>
    /// <param name="textRefusal">What the peer is told then.</param>
    /// <param name="time">Clock.</param>
    public static async Task SayGoodbyeAsync(WebSocket socket, bool gotText, string textRefusal, TimeProvider time)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        using var deadline = new CancellationTokenSource(GoodbyeTimeout, time);
        try
        {
            await socket.CloseOutputAsync(
                gotText ? WebSocketCloseStatus.InvalidMessageType : WebSocketCloseStatus.NormalClosure,
                gotText ? textRefusal : null,
                deadline.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer is gone already.
        }
    }
}
