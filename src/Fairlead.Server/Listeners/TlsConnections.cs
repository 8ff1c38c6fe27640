using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Security;
using Fairlead.Features.Logs;
using Fairlead.Server.Configuration;
using Fairlead.Server.Observability;
using Fairlead.Server.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Listeners;

/// <summary>
/// Takes TLS off a connection and passes it on to what the listener and ALPN say. Not Kestrel's own TLS: that cannot decide by ALPN
/// whether to ask for a client certificate, and keeps the cause of a failed handshake to itself.
/// </summary>
internal sealed class TlsConnections(
    HubOptions options, ServerCertificates certificates, MqttConnections mqtt, AmqpConnections amqp, AuthenticationLog authentication, TimeProvider time,
    ILogger<TlsConnections> log)
{
    private const string AwsMqtt = "x-amzn-mqtt-ca";
    private const string Mqtt = "mqtt";
    private const string AwsHttp = "x-amzn-http-ca";
    private const string Http = "http/1.1";

    // Best first: what says more about the client wins.
    private static readonly string[] KnownProtocols = [AwsMqtt, AwsHttp, Mqtt, Http];

    private static readonly AuthenticationFailure NoCertificate = new("AWS_X509", AuthenticationFailure.NotAuthenticated.Word);

    /// <summary>Serves a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="listener">Where it came in.</param>
    /// <param name="http">What serves HTTP.</param>
    public async Task RunAsync(ConnectionContext connection, Listener listener, ConnectionDelegate http)
    {
        var plain = connection.Transport;
        await using var stream = new SslStream(new DuplexStream(plain.Input, plain.Output, leaveOpen: true), leaveInnerStreamOpen: true);
        var session = await HandshakeAsync(connection, listener, stream);
        if (session is null) return;

        var transport = new TlsTransport(stream, connection.Features.Get<IMemoryPoolFeature>()?.MemoryPool ?? MemoryPool<byte>.Shared);
        connection.Transport = transport;
        try
        {
            await ServeAsync(connection, listener, session, http);
        }
        catch (Exception exception) when (exception is IOException or ConnectionAbortedException or OperationCanceledException)
        {
            // Gone after the handshake and before its first byte: nothing was asked, nothing is owed.
            log.ClosedWithoutByte(listener.Name, connection.RemoteEndPoint?.ToString() ?? "unknown");
        }
        finally
        {
            await transport.Input.CompleteAsync();
            await transport.Output.CompleteAsync();
            connection.Transport = plain;
            await SayGoodbyeAsync(stream, connection);
        }
    }

    private static async ValueTask SayGoodbyeAsync(SslStream stream, ConnectionContext connection)
    {
        if (connection.ConnectionClosed.IsCancellationRequested) return;
        try
        {
            await stream.ShutdownAsync();
        }
        catch (Exception exception) when (
            exception is IOException or ObjectDisposedException or InvalidOperationException or NotSupportedException or AuthenticationException)
        {
            // The peer left without waiting for close_notify. Everything that mattered has been said in MQTT or HTTP.
        }
    }

    private async Task ServeAsync(ConnectionContext connection, Listener listener, TlsSession session, ConnectionDelegate http)
    {
        switch (await SpokenAsync(connection, listener.Kind, session.Protocol))
        {
            case Opening.Mqtt:
                await mqtt.RunAsync(connection, listener, "mqtts", session);
                return;
            case Opening.Amqp:
                await amqp.RunAsync(connection, listener, session);
                return;
        }

        connection.Features.Set(listener);
        connection.Features.Set(session);
        connection.Features.Set<ITlsConnectionFeature>(TlsFeature.Instance);
        await http(connection);
    }

    private async ValueTask<Opening?> SpokenAsync(ConnectionContext connection, ListenerKind kind, string agreed) => kind switch
    {
        ListenerKind.Mqtts => Opening.Mqtt,
        ListenerKind.Wss => Opening.Http,
        ListenerKind.Amqps => Opening.Amqp,
        _ when agreed.Length > 0 => agreed is Http or AwsHttp ? Opening.Http : Opening.Mqtt,
        // Without ALPN the first bytes decide: clients that cannot be told about ALPN can use this port too.
        _ => await OpeningPeek.ReadAsync(connection.Transport.Input, options.Tls.HandshakeTimeout, time),
    };

    private async ValueTask<TlsSession?> HandshakeAsync(ConnectionContext connection, Listener listener, SslStream stream)
    {
        using var deadline = new CancellationTokenSource(options.Tls.HandshakeTimeout, time);
        var remote = connection.RemoteEndPoint?.ToString() ?? "unknown";
        var handshake = new Handshake(certificates, options.Tls);
        try
        {
            var (isTls, offersAlpn, protocol) = await ReadHelloAsync(connection, listener, remote, deadline.Token);
            if (!isTls) return null;
            var mode = ModeFor(listener.Kind, offersAlpn, protocol);
            await stream.AuthenticateAsServerAsync(handshake.OptionsFor(mode, ProtocolsFor(listener.Kind, offersAlpn, protocol)), deadline.Token);
            return handshake.Describe(stream);
        }
        catch (OperationCanceledException)
        {
            log.TlsFailed(listener.Name, remote, $"no complete handshake within {options.Tls.HandshakeTimeout.TotalSeconds} s");
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or ConnectionAbortedException or InvalidOperationException)
        {
            log.TlsFailed(listener.Name, remote, handshake.Refusal ?? TlsFailure.Explain(exception));
            if (handshake.Refusal is { } refusal) authentication.Refused(NoCertificate, refusal, AttemptOf(connection, listener, stream));
        }

        return null;
    }

    private static AuthenticationAttempt AttemptOf(ConnectionContext connection, Listener listener, SslStream stream) => new(
        listener.Kind switch { ListenerKind.Wss => "HTTP", ListenerKind.Amqps => "AMQP", _ => "MQTT" }, connection.RemoteEndPoint as IPEndPoint, connection.LocalEndPoint as IPEndPoint)
    {
        ServerName = stream.TargetHostName is { Length: > 0 } name ? name : null,
    };

    private ClientCertificateMode ModeFor(ListenerKind kind, bool offersAlpn, string? protocol) => kind switch
    {
        ListenerKind.Mqtts => options.Tls.MqttsClientCertificates,
        ListenerKind.Wss => options.Tls.WssClientCertificates,
        // A certificate is one of two ways to be a device (spec/azure-gateway, section 5.4).
        ListenerKind.Amqps => ClientCertificateMode.Optional,
        _ when !offersAlpn || protocol is AwsMqtt or AwsHttp => options.Tls.AlpnClientCertificates,
        // Who calls the API signs requests or has a certificate: asked for, but never required.
        _ when protocol is Http && options.Tls.AlpnClientCertificates != ClientCertificateMode.Off => ClientCertificateMode.Optional,
        _ => ClientCertificateMode.Off,
    };

    // On ports with one protocol an ALPN of something else is no reason to refuse; on the tls:// port it is, and TLS has an alert for it.
    private static string[] ProtocolsFor(ListenerKind kind, bool offersAlpn, string? protocol) => kind switch
    {
        ListenerKind.Mqtts => protocol is Mqtt or AwsMqtt ? [protocol] : [],
        ListenerKind.Wss => protocol is Http or AwsHttp ? [protocol] : [],
        ListenerKind.Amqps => [],
        _ when protocol is not null => [protocol],
        _ => offersAlpn ? KnownProtocols : [],
    };

    private async ValueTask<(bool IsTls, bool OffersAlpn, string? Protocol)> ReadHelloAsync(
        ConnectionContext connection, Listener listener, string remote, CancellationToken deadline)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var result = await input.ReadAsync(deadline);
            var status = ClientHello.TryRead(result.Buffer, KnownProtocols, out var offersAlpn, out var protocol);
            if (status == HelloStatus.Complete)
            {
                input.AdvanceTo(result.Buffer.Start);
                return (true, offersAlpn, protocol);
            }

            if (status == HelloStatus.Other)
            {
                var opening = OpeningBytes.Classify(result.Buffer);
                var answer = PlaintextAnswer.For(opening, result.Buffer, listener.Name);
                input.AdvanceTo(result.Buffer.Start);
                if (opening == Opening.Nothing) log.ClosedWithoutByte(listener.Name, remote);
                else log.PlaintextOnTlsPort(listener.Name, remote, opening == Opening.Http ? "an HTTP request" : opening == Opening.Amqp ? "plain AMQP" : "plain MQTT or other bytes");
                if (answer.Length > 0) await connection.Transport.Output.WriteAsync(answer, deadline);
                return default;
            }

            if (result.IsCompleted) throw new IOException("the client closed the connection in the middle of its ClientHello");
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Tells Kestrel's HTTP part that the scheme is <c>https</c>.</summary>
    private sealed class TlsFeature : ITlsConnectionFeature
    {
        public static TlsFeature Instance { get; } = new();

        public X509Certificate2? ClientCertificate
        {
            get => null;
            set => throw new NotSupportedException();
        }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult<X509Certificate2?>(null);
    }
}
