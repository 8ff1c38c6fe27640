using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

/// <summary>TCP and TLS over the loopback device, with certificates made for the test.</summary>
public sealed class Transport_Tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-client-").FullName;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public Transport_Tests() => _listener.Start();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    private MqttClientOptions Tls => new()
    {
        Server = new Uri($"mqtts://localhost:{Port}"),
        Reconnect = null,
        Tls = new TlsOptions { CaFile = Path.Combine(_folder, "ca.pem") },
    };

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_port_where_nothing_listens_is_told()
    {
        int port = Port;
        _listener.Stop();
        var error = await FailAsync(new MqttClientOptions { Server = new Uri($"mqtt://127.0.0.1:{port}") });
        error.Failure.ShouldBe(MqttFailure.Unreachable);
        error.Message.ShouldBe(
            $"cannot connect to mqtt://127.0.0.1:{port}: connection refused: nothing listens on port {port} there. Start the server, or check host and port.");
    }

    [Fact]
    public async Task A_URL_of_another_scheme_is_told()
    {
        var error = await FailAsync(new MqttClientOptions { Server = new Uri("http://localhost") });
        error.Message.ShouldBe("cannot connect to http://localhost/: the URL has no scheme that this client knows. Use mqtt://, mqtts://, ws:// or wss://.");
    }

    [Fact]
    public async Task TLS_with_a_client_certificate_ALPN_and_SNI_works()
    {
        using var ca = MakeCa();
        using var server = MakeCertificate(ca, "hub.test", "server");
        using var client = MakeCertificate(ca, "lamp1", "client");
        string? sni = null;
        string? subject = null;
        string? alpn = null;
        var serving = ServeTlsAsync(server, stream =>
        {
            sni = stream.TargetHostName;
            subject = stream.RemoteCertificate?.Subject;
            alpn = stream.NegotiatedApplicationProtocol.ToString();
        });
        await using var mqtt = new MqttClient(Tls with
        {
            Tls = Tls.Tls with
            {
                ServerName = "hub.test",
                Alpn = ["mqtt"],
                CertificateFile = Path.Combine(_folder, "client.pem"),
                KeyFile = Path.Combine(_folder, "client.key"),
            },
        });
        (await mqtt.ConnectAsync(Cancel)).ReasonCode.ShouldBe(ReasonCode.Success);
        await mqtt.DisconnectAsync();
        await serving;
        (sni, subject, alpn).ShouldBe(("hub.test", "CN=lamp1", "mqtt"));
    }

    [Fact]
    public async Task A_certificate_for_other_names_is_told_with_its_names()
    {
        using var ca = MakeCa();
        using var server = MakeCertificate(ca, "hub.test", "server");
        var serving = ServeTlsAsync(server);
        var error = await FailAsync(Tls);
        error.Failure.ShouldBe(MqttFailure.Tls);
        error.Message.ShouldBe(
            $"cannot connect to mqtts://localhost:{Port}: its certificate is not for localhost but for hub.test, 10.0.0.1. "
            + "Connect by one of those names, or give the name with SNI.");
        await serving;
    }

    [Fact]
    public async Task The_check_of_the_name_can_be_left_out()
    {
        using var ca = MakeCa();
        using var server = MakeCertificate(ca, "hub.test", "server");
        var serving = ServeTlsAsync(server);
        await using (var mqtt = new MqttClient(Tls with { Tls = Tls.Tls with { VerifyName = false } }))
            await mqtt.ConnectAsync(Cancel);
        await serving;
    }

    [Fact]
    public async Task An_unknown_authority_is_told_with_its_name()
    {
        using var other = MakeCa("CN=Other CA");
        using var server = MakeCertificate(other, "localhost", "server");
        using var ca = MakeCa();
        var serving = ServeTlsAsync(server);
        var error = await FailAsync(Tls);
        error.Why.ShouldBe($"its certificate is signed by \"CN=Other CA\", which is not in {Path.Combine(_folder, "ca.pem")}");
        await serving;
    }

    [Fact]
    public async Task An_expired_certificate_is_told_with_its_date()
    {
        using var ca = MakeCa();
        using var server = MakeCertificate(ca, "localhost", "server", notAfter: new DateTimeOffset(2021, 2, 3, 0, 0, 0, TimeSpan.Zero));
        var serving = ServeTlsAsync(server);
        var error = await FailAsync(Tls);
        error.Why.ShouldBe("its certificate expired on 2021-02-03");
        await serving;
    }

    [Fact]
    public async Task A_plain_port_is_told_when_TLS_is_asked_for()
    {
        using var ca = MakeCa();
        var serving = Task.Run(
            async () =>
            {
                using var peer = await _listener.AcceptTcpClientAsync(Cancel);
                await peer.GetStream().ReadExactlyAsync(new byte[5], Cancel);
                await peer.GetStream().WriteAsync("not tls at all"u8.ToArray(), Cancel);
            },
            Cancel);
        var error = await FailAsync(Tls);
        error.Failure.ShouldBe(MqttFailure.Tls);
        error.What.ShouldBe($"cannot connect to mqtts://localhost:{Port}");
        error.Cure.ShouldStartWith("Check that the port speaks TLS");
        await serving;
    }

    [Fact]
    public async Task Files_that_cannot_be_used_are_named()
    {
        using var ca = MakeCa();
        using var one = MakeCertificate(ca, "one", "one");
        using var two = MakeCertificate(ca, "two", "two");
        string missing = Path.Combine(_folder, "missing.pem");
        string text = Path.Combine(_folder, "text.pem");
        await File.WriteAllTextAsync(text, "hello", Cancel);
        (await FailTlsAsync(new TlsOptions { CaFile = missing })).ShouldBe((missing, "the CA certificate file does not exist"));
        (await FailTlsAsync(new TlsOptions { CaFile = text })).ShouldBe((text, "the CA certificate file holds no PEM certificate"));
        (await FailTlsAsync(new TlsOptions { CertificateFile = missing })).ShouldBe((missing, "the client certificate file does not exist"));
        string certificate = Path.Combine(_folder, "one.pem");
        (await FailTlsAsync(new TlsOptions { CertificateFile = certificate, KeyFile = missing })).ShouldBe((missing, "the file does not exist"));
        string wrong = Path.Combine(_folder, "two.key");
        var (file, why) = await FailTlsAsync(new TlsOptions { CertificateFile = certificate, KeyFile = wrong });
        file.ShouldBe(wrong);
        why.ShouldStartWith($"no private key that fits {certificate} can be read from it");
        (await FailTlsAsync(new TlsOptions { KeyFile = wrong })).ShouldBe((wrong, "there is a key but no certificate"));
    }

    [Fact]
    public async Task A_web_server_that_opens_no_WebSocket_is_told()
    {
        var serving = Task.Run(
            async () =>
            {
                using var peer = await _listener.AcceptTcpClientAsync(Cancel);
                byte[] request = new byte[4096];
                int read = await peer.GetStream().ReadAsync(request, Cancel);
                System.Text.Encoding.ASCII.GetString(request, 0, read).ShouldStartWith("GET /mqtt HTTP/1.1\r\n");
                await peer.GetStream().WriteAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), Cancel);
            },
            Cancel);
        var error = await FailAsync(new MqttClientOptions { Server = new Uri($"ws://localhost:{Port}") });
        await serving;
        error.Message.ShouldBe(
            $"cannot connect to ws://localhost:{Port}/mqtt: the server answered HTTP 404 instead of opening a WebSocket. "
            + "Check host, port and path; hubs commonly use the path /mqtt.");
    }

    private static async Task<MqttException> FailAsync(MqttClientOptions options)
    {
        await using var client = new MqttClient(options with { Reconnect = null });
        return await Should.ThrowAsync<MqttException>(client.ConnectAsync(Cancel));
    }

    private async Task<(string File, string Why)> FailTlsAsync(TlsOptions tls)
    {
        var error = await FailAsync(Tls with { Tls = tls });
        error.Failure.ShouldBe(MqttFailure.Settings);
        error.What.ShouldStartWith("cannot use ");
        return (error.What["cannot use ".Length..], error.Why);
    }

    private async Task ServeTlsAsync(X509Certificate2 certificate, Action<SslStream>? onHandshake = null)
    {
        using var peer = await _listener.AcceptTcpClientAsync(Cancel);
        await using var stream = new SslStream(peer.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificate,
                    ClientCertificateRequired = true,
                    ApplicationProtocols = [new SslApplicationProtocol("mqtt")],
                    RemoteCertificateValidationCallback = (_, _, _, _) => true,
                },
                Cancel);
            onHandshake?.Invoke(stream);
            byte[] bytes = new byte[1024];
            _ = await stream.ReadAtLeastAsync(bytes, 2, true, Cancel);
            await stream.WriteAsync(new byte[] { 0x20, 3, 0, 0, 0 }, Cancel);
            _ = await stream.ReadAsync(bytes, Cancel);
        }
        catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client did not like the certificate: that is what some tests are about.
        }
    }

    private X509Certificate2 MakeCa(string name = "CN=Test CA")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var ca = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        File.WriteAllText(Path.Combine(_folder, "ca.pem"), ca.ExportCertificatePem());
        return ca;
    }

    private X509Certificate2 MakeCertificate(X509Certificate2 ca, string name, string file, DateTimeOffset? notAfter = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Parse("10.0.0.1"));
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(
            ca, new DateTimeOffset(2020, 1, 2, 0, 0, 0, TimeSpan.Zero), notAfter ?? new DateTimeOffset(2089, 1, 1, 0, 0, 0, TimeSpan.Zero), RandomNumberGenerator.GetBytes(8));
        var certificate = signed.CopyWithPrivateKey(key);
        File.WriteAllText(Path.Combine(_folder, $"{file}.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, $"{file}.key"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }
}
