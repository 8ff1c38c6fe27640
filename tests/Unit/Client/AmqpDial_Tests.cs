using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Amqp;
using Fairlead.Client.Amqp;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Amqp;
using Fairlead.Shared;
using Fairlead.Unit.Amqp;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

public sealed class AmqpDial_Tests
{
    private static readonly AmqpOptions Options = new() { ContainerId = "client" };

    [Fact]
    public async Task TCP_carries_a_connection()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        var listener = new Listener();
        var serving = ServeAsync(socket, listener, stream => new ValueTask<Stream>(stream));
        await using (var connection = await AmqpDialer.ConnectAsync(new AmqpDialOptions { Server = new Uri($"amqp://127.0.0.1:{Port(socket)}") }, Options, cancellationToken: TestContext.Current.CancellationToken))
            await SendAsync(connection);
        (await serving.WaitAsync(Listener.Patience, TestContext.Current.CancellationToken)).RemoteOpen!.HostName.ShouldBe("127.0.0.1");
        listener.Payloads.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task TLS_shows_the_client_certificate_and_trusts_only_the_authority_given()
    {
        using var authority = Certificate("CN=authority", null, null);
        using var server = Certificate("CN=server", authority, "hub.test");
        using var client = Certificate("CN=dev1", authority, null);
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        string? shown = null;
        var listener = new Listener();
        var serving = ServeAsync(socket, listener, async stream =>
        {
            var tls = new SslStream(stream, false, (_, certificate, _, _) =>
            {
                shown = certificate?.Subject;
                return true;
            });
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = server, ClientCertificateRequired = true });
            return tls;
        });
        var dial = new AmqpDialOptions
        {
            Server = new Uri($"amqps://127.0.0.1:{Port(socket)}"),
            Tls = new TlsOptions { TrustedRoots = [authority], ClientCertificate = client, ServerName = "hub.test" },
        };
        await using (var connection = await AmqpDialer.ConnectAsync(dial, Options, cancellationToken: TestContext.Current.CancellationToken)) await SendAsync(connection);
        await serving.WaitAsync(Listener.Patience, TestContext.Current.CancellationToken);
        shown.ShouldBe("CN=dev1");
        listener.Payloads.ShouldHaveSingleItem();

        _ = ServeAsync(socket, listener, async stream =>
        {
            var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = server });
            return tls;
        });
        var fault = await Should.ThrowAsync<AmqpDialException>(() => AmqpDialer.ConnectAsync(dial with { Tls = TlsOptions.Default }, Options));
        (fault.Failure, fault.Why).ShouldBe((DialFailure.Tls, "its certificate is signed by \"CN=authority\", which is not in the trust store of this machine"));
    }

    [Fact]
    public async Task A_WebSocket_carries_a_connection()
    {
        using var http = new HttpListener();
        int port = FreePort.Take();
        http.Prefixes.Add($"http://127.0.0.1:{port}/$iothub/websocket/");
        http.Start();
        var listener = new Listener();
        var serving = Task.Run(async () =>
        {
            var context = await http.GetContextAsync();
            string protocols = context.Request.Headers["Sec-WebSocket-Protocol"]!;
            var socket = await context.AcceptWebSocketAsync("AMQPWSB10");
            using var stream = WebSocketStream.Create(socket.WebSocket, WebSocketMessageType.Binary, closeTimeout: TimeSpan.FromSeconds(1));
            await AmqpConnection.Accept(new DuplexPipe(PipeReader.Create(stream), PipeWriter.Create(stream)), Pair.ServerOptions, listener).RunAsync();
            return (context.Request.Url!.AbsolutePath, protocols);
        });
        await using (var connection = await AmqpDialer.ConnectAsync(new AmqpDialOptions { Server = new Uri($"ws://127.0.0.1:{port}") }, Options, cancellationToken: TestContext.Current.CancellationToken)) await SendAsync(connection);
        (await serving.WaitAsync(Listener.Patience, TestContext.Current.CancellationToken)).ShouldBe(("/$iothub/websocket", "AMQPWSB10"));
        listener.Payloads.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_cannot_be_reached_says_why()
    {
        var refused = await Should.ThrowAsync<AmqpDialException>(() => AmqpDialer.ConnectAsync(new AmqpDialOptions { Server = new Uri($"amqp://127.0.0.1:{FreePort.Take()}") }, Options));
        refused.Failure.ShouldBe(DialFailure.Unreachable);
        var unknown = await Should.ThrowAsync<AmqpDialException>(() => AmqpDialer.ConnectAsync(new AmqpDialOptions { Server = new Uri("mqtt://127.0.0.1") }, Options));
        unknown.Failure.ShouldBe(DialFailure.Settings);
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        var clock = new ManualTimeProvider();
        var connecting = AmqpDialer.ConnectAsync(
            new AmqpDialOptions { Server = new Uri($"amqps://127.0.0.1:{Port(socket)}"), ConnectTimeout = TimeSpan.FromSeconds(7) }, Options with { Time = clock }, cancellationToken: TestContext.Current.CancellationToken);
        clock.Advance(await clock.WhenTimerAsync(due => due == TimeSpan.FromSeconds(7)).WaitAsync(Listener.Patience, TestContext.Current.CancellationToken));
        (await Should.ThrowAsync<AmqpDialException>(() => connecting)).Failure.ShouldBe(DialFailure.Timeout);
    }

    private static async Task SendAsync(AmqpConnection connection)
    {
        var session = await connection.BeginAsync();
        var sender = await session.AttachSenderAsync(Pair.To("/a"));
        (await sender.SendAsync(new byte[] { 1 })).Kind.ShouldBe(DeliveryStateKind.Accepted);
    }

    private static async Task<AmqpConnection> ServeAsync(TcpListener listener, Listener handler, Func<Stream, ValueTask<Stream>> secure)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = await secure(client.GetStream());
        var connection = AmqpConnection.Accept(new DuplexPipe(PipeReader.Create(stream), PipeWriter.Create(stream)), Pair.ServerOptions, handler);
        await connection.RunAsync();
        return connection;
    }

    private static X509Certificate2 Certificate(string subject, X509Certificate2? issuer, string? name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(issuer is null, false, 0, true));
        if (name is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
        }

        var from = DateTimeOffset.UtcNow.AddDays(-1);
        if (issuer is null) return request.CreateSelfSigned(from, from.AddDays(30));
        using var signed = request.Create(issuer, from, from.AddDays(20), RandomNumberGenerator.GetBytes(8));
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
