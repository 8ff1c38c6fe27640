using Fairlead.Features.IotHub.Amqp;
using Fairlead.Server.Configuration;
using Fairlead.Server.Observability;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Listeners;

/// <summary>Brings connections that carry AMQP without a wrapping protocol to the endpoint that speaks it.</summary>
internal sealed class AmqpConnections(AmqpEndpoint endpoint, HubOptions options, TimeProvider time, ILogger<AmqpConnections> log)
{
    /// <summary>Serves a connection of an <c>amqp://</c> listener to its end. Never throws.</summary>
    public async Task RunPlainAsync(ConnectionContext connection, Listener listener)
    {
        var remote = connection.RemoteEndPoint?.ToString() ?? "unknown";
        try
        {
            switch (await OpeningPeek.ReadAsync(connection.Transport.Input, options.Server.OpeningTimeout, time))
            {
                case Opening.Tls:
                    log.TlsOnPlainPort(listener.Name, remote);
                    break;
                case Opening.Nothing:
                    log.ClosedWithoutByte(listener.Name, remote);
                    break;
                case null:
                    log.OpeningTimeout(listener.Name, remote, options.Server.OpeningTimeout.TotalSeconds);
                    break;
                default:
                    // What is no AMQP gets the header that would have been right (spec/azure-gateway, section 2.1).
                    await RunAsync(connection, listener, tls: null);
                    break;
            }
        }
        catch (Exception exception) when (exception is IOException or ConnectionAbortedException or OperationCanceledException)
        {
            log.ClosedWithoutByte(listener.Name, remote);
        }

        await MqttConnections.EndAsync(connection, time);
    }

    /// <summary>Hands a connection to the endpoint.</summary>
    /// <param name="connection">The connection, TLS taken off.</param>
    /// <param name="listener">Where it came in.</param>
    /// <param name="tls">What the handshake found out; null for plaintext.</param>
    public Task RunAsync(ConnectionContext connection, Listener listener, TlsSession? tls) => endpoint.RunAsync(
        connection.Transport, MqttConnections.Describe(connection, listener, tls is null ? "amqp" : "amqps", tls), connection.ConnectionClosed);
}
