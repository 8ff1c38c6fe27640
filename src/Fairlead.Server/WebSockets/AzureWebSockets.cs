using Fairlead.Features.IotHub.Amqp;
using Fairlead.Server.Listeners;
using Fairlead.Server.Observability;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.WebSockets;

/// <summary>
/// The path at which the device and service SDKs for Azure IoT Hub open WebSockets (spec/azure-gateway, sections 2.1 and 3.1). The sub-protocol
/// says what goes over them: <c>AMQPWSB10</c> is AMQP, <c>mqtt</c> is MQTT.
/// </summary>
internal sealed class AzureWebSockets(AmqpEndpoint amqp, WebSocketEndpoint mqtt, TimeProvider time, ILogger<AzureWebSockets> log)
{
    /// <summary>The path; the dollar sign is literal.</summary>
    public const string Path = "/$iothub/websocket";

    private const string AmqpProtocol = "AMQPWSB10";

    /// <summary>Serves a request for the path.</summary>
    public async Task RunAsync(HttpContext context, Listener listener)
    {
        var offered = context.WebSockets.IsWebSocketRequest ? context.WebSockets.WebSocketRequestedProtocols : [];
        if (offered.Contains("mqtt"))
        {
            await mqtt.RunAsync(context, listener);
            return;
        }

        if (!offered.Contains(AmqpProtocol))
        {
            await WebSocketEndpoint.Refuse(
                context,
                context.WebSockets.IsWebSocketRequest ? StatusCodes.Status400BadRequest : StatusCodes.Status426UpgradeRequired,
                $"this path takes WebSockets with the sub-protocol {AmqpProtocol} or mqtt (header Sec-WebSocket-Protocol)");
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = AmqpProtocol,
            DangerousEnableCompression = false,
            // AMQP has heartbeats of its own.
            KeepAliveInterval = TimeSpan.Zero,
        });
        using var transport = new WebSocketTransport(socket);
        var protocol = context.Features.Get<TlsSession>() is null ? "amqp-ws" : "amqp-wss";
        await amqp.RunAsync(transport, WebSocketEndpoint.Describe(context, listener, transport, protocol), context.RequestAborted);
        if (transport.GotText) log.TextFrame($"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}");
        await WebSocketEndpoint.SayGoodbyeAsync(socket, transport.GotText, "AMQP goes in binary frames", time);
    }
}
