using System.IO.Pipelines;
using System.Net;
using System.Text;
using Fairlead.Broker;
using Fairlead.Broker.Connections;
using Fairlead.Server.Configuration;
using Fairlead.Server.Observability;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Listeners;

/// <summary>Brings connections that carry MQTT without a wrapping protocol to the broker.</summary>
internal sealed class MqttConnections(MqttBroker broker, HubOptions options, TimeProvider time, ILogger<MqttConnections> log)
{
    private static readonly TimeSpan LastBytes = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Serves a connection of an <c>mqtt://</c> listener to its end: looks once at its first bytes, then hands it over. Never throws.
    /// </summary>
    public async Task RunPlainAsync(ConnectionContext connection, Listener listener)
    {
        try
        {
            await ServeAsync(connection, listener, await PeekAsync(connection));
        }
        catch (Exception exception) when (exception is IOException or ConnectionAbortedException or OperationCanceledException)
        {
            log.ClosedWithoutByte(listener.Name, Remote(connection));
        }

        await EndAsync(connection, time);
    }

    /// <summary>Closes a connection. A peer that reads no more does not get to keep its socket.</summary>
    public static async Task EndAsync(ConnectionContext connection, TimeProvider time)
    {
        var ending = connection.DisposeAsync();
        if (ending.IsCompleted) return;
        var ended = ending.AsTask();
        if (await Task.WhenAny(ended, Task.Delay(LastBytes, time)) == ended) return;
        connection.Abort(new ConnectionAbortedException("the peer does not take its last bytes"));
        await ended;
    }

    private Task ServeAsync(ConnectionContext connection, Listener listener, Opening? opening)
    {
        switch (opening)
        {
            case Opening.Mqtt:
                return RunAsync(connection, listener, "mqtt", tls: null);
            case Opening.Tls:
                log.TlsOnPlainPort(listener.Name, Remote(connection));
                break;
            case Opening.Http:
                log.HttpOnMqttPort(listener.Name, Remote(connection));
                return RefuseHttpAsync(connection.Transport.Output, listener.Name).AsTask();
            case Opening.Amqp:
                log.AmqpOnMqttPort(listener.Name, Remote(connection));
                break;
            case Opening.Nothing:
                log.ClosedWithoutByte(listener.Name, Remote(connection));
                break;
            default:
                log.OpeningTimeout(listener.Name, Remote(connection), options.Server.OpeningTimeout.TotalSeconds);
                break;
        }

        return Task.CompletedTask;
    }

    /// <summary>Hands a connection to the broker.</summary>
    /// <param name="connection">The connection, TLS taken off.</param>
    /// <param name="listener">Where it came in.</param>
    /// <param name="protocol"><c>mqtt</c> or <c>mqtts</c>.</param>
    /// <param name="tls">What the handshake found out; null for plaintext.</param>
    public Task RunAsync(ConnectionContext connection, Listener listener, string protocol, TlsSession? tls) =>
        broker.RunConnectionAsync(connection.Transport, Describe(connection, listener, protocol, tls), connection.ConnectionClosed);

    /// <summary>Says what is known about a connection.</summary>
    /// <param name="connection">The connection, TLS taken off.</param>
    /// <param name="listener">Where it came in.</param>
    /// <param name="protocol">What it speaks.</param>
    /// <param name="tls">What the handshake found out; null for plaintext.</param>
    public static TransportInfo Describe(ConnectionContext connection, Listener listener, string protocol, TlsSession? tls) => new()
    {
        Listener = listener.Name,
        Protocol = protocol,
        RemoteEndPoint = connection.RemoteEndPoint,
        LocalEndPoint = connection.LocalEndPoint,
        CertificateId = tls?.CertificateId,
        CertificateSubject = tls?.CertificateSubject,
        CertificateChain = tls?.Certificates ?? PeerCertificates.None,
        IsCertificateTrusted = tls?.IsTrusted ?? false,
        TlsVersion = tls?.Version,
        ServerName = tls?.ServerName,
        IsLoopback = IsLoopback(connection.RemoteEndPoint, connection.LocalEndPoint),
        Abort = reason => connection.Abort(new ConnectionAbortedException(reason)),
    };

    /// <summary>Whether both ends of a connection are on this machine's loopback.</summary>
    public static bool IsLoopback(EndPoint? remote, EndPoint? local) =>
        remote is IPEndPoint from && local is IPEndPoint to && IsLoopback(from.Address) && IsLoopback(to.Address);

    private static bool IsLoopback(IPAddress address) =>
        IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static string Remote(ConnectionContext connection) => connection.RemoteEndPoint?.ToString() ?? "unknown";

    private static async ValueTask RefuseHttpAsync(PipeWriter output, string listener)
    {
        var body = $"{listener} speaks MQTT, not HTTP. MQTT over WebSocket has a ws:// or wss:// listener of its own.\n";
        var answer = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n" +
            $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
        await output.WriteAsync(Encoding.UTF8.GetBytes(answer));
    }

    private async ValueTask<Opening?> PeekAsync(ConnectionContext connection)
    {
        try
        {
            return await OpeningPeek.ReadAsync(connection.Transport.Input, options.Server.OpeningTimeout, time);
        }
        catch (Exception exception) when (exception is IOException or ConnectionAbortedException or OperationCanceledException)
        {
            // Reset by the peer before its first byte: a port scan, or a probe that does not say goodbye.
            return Opening.Nothing;
        }
    }
}
