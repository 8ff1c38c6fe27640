using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Fairlead.Interop.Azure;

/// <summary>How AMQP comes in: ports, headers, WebSockets, SASL.</summary>
public sealed class AmqpListenerTests(AzureHub stage) : IClassFixture<AzureHub>
{
    private static readonly byte[] Header = "AMQP\0\x01\0\0"u8.ToArray();

    [Theory]
    [InlineData("amqp")]
    [InlineData("amqps")]
    [InlineData("tls")]
    public async Task Azure_30_The_header_of_AMQP_is_answered_on_every_port_that_takes_it(string scheme)
    {
        await using var stream = await OpenAsync(scheme);
        await stream.WriteAsync(Header, TestContext.Current.CancellationToken);
        (await ReadAsync(stream, 8)).ShouldBe(Header);
    }

    [Fact]
    public async Task Azure_20_Another_header_gets_the_right_one_and_the_end()
    {
        await using var stream = await OpenAsync("amqp");
        await stream.WriteAsync("AMQP\x02\x01\0\0"u8.ToArray(), TestContext.Current.CancellationToken);
        (await ReadAsync(stream, 8)).ShouldBe(Header);
        (await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken)).ShouldBe(0);
    }

    [Theory]
    [InlineData("/$iothub/websocket", "AMQPWSB10", 101)]
    [InlineData("/$iothub/websocket?iothub-no-client-cert=true", "AMQPWSB10", 101)]
    [InlineData("/$iothub/websocket", "mqtt", 101)]
    [InlineData("/$iothub/websocket", "amqp", 400)]
    [InlineData("/$iothub/websocket", null, 400)]
    [InlineData("/iothub/websocket", "AMQPWSB10", 404)]
    [InlineData("/mqtt", "AMQPWSB10", 400)]
    public async Task Azure_35_A_WebSocket_names_its_protocol_at_the_one_path(string path, string? protocol, int status)
    {
        await using var stream = await OpenAsync("tls");
        var request = $"GET {path} HTTP/1.1\r\nHost: {stage.Address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
            $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{(protocol is null ? "" : $"Sec-WebSocket-Protocol: {protocol}\r\n")}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        (await reader.ReadLineAsync(TestContext.Current.CancellationToken))!.Split(' ')[1].ShouldBe($"{status}");
        if (status != 101) return;
        var echoed = "";
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 } line)
        {
            if (line.StartsWith("Sec-WebSocket-Protocol:", StringComparison.OrdinalIgnoreCase)) echoed = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }

        echoed.ShouldBe(protocol);
    }

    [Fact]
    public async Task Azure_30_SASL_PLAIN_lets_a_token_in_and_nothing_else()
    {
        var key = AzureHub.KeyOf(await stage.CreateAsync("plain"));
        await stage.CreateAsync("plain2");
        var hub = stage.Address.Split('.')[0];
        var token = AzureHub.Token($"{stage.Address}/devices/plain", key);
        var peer = await RawPeer.ConnectAsync(stage, "plain", new { username = $"plain@sas.{hub}", password = token });
        await peer.AttachAsync("1", "sender", "/devices/plain/messages/events");
        (await peer.SendAsync("1", new { body = new { data = "eA==" } })).Outcome.ShouldBe("accepted");
        (await peer.RefusedAsync("2", "sender", "/devices/plain2/messages/events")).ShouldBe("amqp:unauthorized-access");
        await peer.CloseAsync();

        peer = await RawPeer.ConnectAsync(stage, "plain-policy", new { username = $"device@sas.root.{hub}", password = await stage.PolicyTokenAsync("device", stage.Address) });
        (await peer.AttachAsync("1", "sender", "/devices/plain2/messages/events"))["target"].ShouldNotBeNull();
        await peer.CloseAsync();

        var url = $"amqp://{stage.Address}:{stage.Hub.Listener("amqp").Port}";
        foreach (var (user, password) in new[] { ($"plain2@sas.{hub}", token), ($"plain@sas.{hub}", "secret"), ($"device@sas.root.{hub}", token) })
            await stage.Driver.FailAsync("raw", "plain-refused", new { url, options = new { username = user, password } });
    }

    [Theory]
    [InlineData("ANONYMOUS")]
    [InlineData("MSSBCBS")]
    public async Task Azure_30_SASL_ANONYMOUS_and_MSSBCBS_lead_to_CBS(string mechanism)
    {
        var name = mechanism.ToLowerInvariant();
        await stage.CreateAsync(name);
        var peer = await RawPeer.ConnectAsync(stage, name, new { mechanism });
        (await peer.RefusedAsync("early", "sender", $"/devices/{name}/messages/events")).ShouldBe("amqp:unauthorized-access");
        (await peer.PutTokenAsync(stage.Address, await stage.PolicyTokenAsync("device", stage.Address)))["status"]!.GetValue<int>().ShouldBe(200);
        (await peer.AttachAsync("1", "sender", $"/devices/{name}/messages/events"))["target"].ShouldNotBeNull();
        await peer.CloseAsync();
        (await stage.Driver.FailAsync("raw", $"{name}-other", new { url = $"amqp://{stage.Address}:{stage.Hub.Listener("amqp").Port}", options = new { mechanism = "SCRAM-SHA-1" } })).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Azure_30_A_client_certificate_is_its_device_with_EXTERNAL_without_SASL_and_in_the_SDK()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=by-cert", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var thumbprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        await stage.CreateAsync("by-cert", new { type = "selfSigned", x509Thumbprint = new { primaryThumbprint = thumbprint } });
        await stage.CreateAsync("by-key");
        var (cert, secret) = (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        foreach (var external in (bool[])[true, false])
        {
            var peer = await RawPeer.ConnectSecurelyAsync(stage, $"external-{external}", new { cert, key = secret, enable_sasl_external = external });
            await peer.AttachAsync("1", "sender", "/devices/by-cert/messages/events");
            (await peer.SendAsync("1", new { body = new { data = "eA==" } })).Outcome.ShouldBe("accepted");
            (await peer.RefusedAsync("2", "sender", "/devices/by-key/messages/events")).ShouldBe("amqp:unauthorized-access");
            await peer.CloseAsync();
        }

        await stage.Driver.DoAsync("open", "by-cert", new { connectionString = $"HostName={stage.Address}:{stage.Amqps};DeviceId=by-cert;x509=true", cert, key = secret });
        await stage.Driver.DoAsync("send", "by-cert", new { payload = "eA==" });
        await stage.Driver.DoAsync("close", "by-cert");
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
        return bytes;
    }

    private async Task<Stream> OpenAsync(string scheme)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(stage.Address, stage.Hub.Listener(scheme).Port, TestContext.Current.CancellationToken);
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (scheme == "amqp") return plain;
        var tls = new SslStream(plain, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(stage.Address);
        return tls;
    }
}
