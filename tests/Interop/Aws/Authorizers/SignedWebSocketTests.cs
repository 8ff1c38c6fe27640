using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Authorizers;

/// <summary>WebSocket handshakes signed with access keys, by the device SDK and by presigned URLs in MQTT.js (spec/aws-messaging, section 4.3).</summary>
public sealed class SignedWebSocketTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private string Host => $"localhost:{hub.Hub.Listener("tls").Port}";

    private Presigner Signer => new(Host, hub.Login.AccessKey, hub.Login.SecretKey);

    [Theory]
    [InlineData(4, null)]
    [InlineData(5, null)]
    [InlineData(4, "a/session+token==")]
    [InlineData(5, "a/session+token==")]
    public async Task Messaging_05_06_07_the_device_sdk_connects_with_static_credentials(int version, string? token)
    {
        var (id, secret) = token is null ? (hub.Login.AccessKey, hub.Login.SecretKey) : await ImportAsync($"ASIASDK{version}", token);
        await using var sdk = DriverProcess.Start(Foreign.AwsSdk);
        foreach (var listener in new[] { "tls", "wss" })
        {
            var client = await ConnectAsync(listener, secret);
            client.Connected.Ok.ShouldBeTrue(client.Connected.Error);
            (await client.PublishAsync("signed/hello", "hello", 1)).ShouldBeLessThan(0x80);
            await client.DisconnectAsync();
        }

        (await ConnectAsync("tls", secret[..^1] + (secret[^1] == 'A' ? 'B' : 'A'))).Connected.Ok.ShouldBeFalse();

        async Task<ForeignClient> ConnectAsync(string listener, string key)
        {
            var client = new ForeignClient(sdk, new Peer(Foreign.AwsSdk, version, Route.Wss), $"sdk-{Guid.NewGuid():N}");
            client.Connected = await sdk.RequestAsync("connect", client.Name, new
            {
                url = $"wss://localhost:{hub.Hub.Listener(listener).Port}/mqtt",
                version,
                clientId = client.Name,
                clean = true,
                keepAlive = 60,
                ca = hub.Ca,
                builder = "sigv4",
                accessKey = id,
                secretKey = key,
                sessionToken = token,
            });
            return client;
        }
    }

    [Fact]
    public async Task Messaging_05_a_presigned_url_connects_and_bad_ones_are_refused_at_the_handshake()
    {
        await using var js = DriverProcess.Start(Foreign.MqttJs);
        (await ConnectAsync(js, Signer.Query())).Ok.ShouldBeTrue();
        (await ConnectAsync(js, (Signer with { Service = "iotdata" }).Query())).Ok.ShouldBeTrue();
        foreach (var (bad, code) in new[]
        {
            (Signer with { Secret = "another secret" }, "InvalidSignatureException"), (Signer with { KeyId = "AKIAUNKNOWN00000" }, "UnrecognizedClientException"),
            (Signer with { Service = "s3" }, "InvalidSignatureException"),
            (Signer with { At = DateTimeOffset.UtcNow.AddMinutes(-10), Expires = 60 }, "InvalidSignatureException"),
            (Signer with { At = DateTimeOffset.UtcNow.AddMinutes(10) }, "InvalidSignatureException"), (Signer with { Expires = 604_801 }, "InvalidSignatureException"),
        })
        {
            (await ConnectAsync(js, bad.Query())).Ok.ShouldBeFalse();
            (await HandshakeAsync(bad.Query())).ShouldBe((HttpStatusCode.Forbidden, code));
        }
    }

    [Fact]
    public async Task Messaging_06_session_token_appended_unsigned_or_signed_connects_and_a_wrong_one_does_not()
    {
        const string Token = "FwoGZXIvYXdzE/+=";
        var (id, secret) = await ImportAsync("ASIATOKEN", Token);
        var signer = new Presigner(Host, id, secret);
        await using var js = DriverProcess.Start(Foreign.MqttJs);
        (await ConnectAsync(js, (signer with { Token = Token }).Query())).Ok.ShouldBeTrue();
        (await ConnectAsync(js, (signer with { Token = Token, SignsToken = true }).Query())).Ok.ShouldBeTrue();
        foreach (var bad in new[] { signer, signer with { Token = "other" }, signer with { Token = "other", SignsToken = true } })
            (await ConnectAsync(js, bad.Query())).Ok.ShouldBeFalse();
    }

    [Fact]
    public async Task Messaging_07_without_expiry_a_url_holds_for_five_minutes()
    {
        await using var js = DriverProcess.Start(Foreign.MqttJs);
        (await ConnectAsync(js, (Signer with { Expires = null }).Query())).Ok.ShouldBeTrue();
        (await ConnectAsync(js, (Signer with { Expires = null, At = DateTimeOffset.UtcNow.AddMinutes(-4) }).Query())).Ok.ShouldBeTrue();
        (await ConnectAsync(js, (Signer with { Expires = null, At = DateTimeOffset.UtcNow.AddMinutes(-6) }).Query())).Ok.ShouldBeFalse();
        (await ConnectAsync(js, (Signer with { Expires = null, At = DateTimeOffset.UtcNow.AddMinutes(6) }).Query())).Ok.ShouldBeFalse();
        (await ConnectAsync(js, (Signer with { Expires = 3600, At = DateTimeOffset.UtcNow.AddMinutes(-6) }).Query())).Ok.ShouldBeTrue();
    }

    [Fact]
    public async Task Messaging_05_a_handshake_signed_in_its_headers_connects_too()
    {
        await using var js = DriverProcess.Start(Foreign.MqttJs);
        (await ConnectAsync(js, "", Signer.Headers())).Ok.ShouldBeTrue();
        (await ConnectAsync(js, "", (Signer with { Secret = "another secret" }).Headers())).Ok.ShouldBeFalse();
    }

    private async Task<Answer> ConnectAsync(DriverProcess js, string query, Dictionary<string, string>? headers = null)
    {
        var client = new ForeignClient(js, new Peer(Foreign.MqttJs, 5, Route.WssOnTls), $"ws-{Guid.NewGuid():N}");
        return await js.RequestAsync("connect", client.Name, new
        {
            url = $"wss://{Host}/mqtt{query}",
            version = 5,
            clientId = client.Name,
            clean = true,
            keepAlive = 60,
            ca = hub.Ca,
            headers,
        });
    }

    /// <summary>The answer to a handshake, which MQTT.js keeps to itself.</summary>
    private async Task<(HttpStatusCode Status, string? Code)> HandshakeAsync(string query)
    {
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
        };
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{Host}/mqtt{query}");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(new byte[16]));
        request.Headers.Add("Sec-WebSocket-Protocol", "mqtt");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return (response.StatusCode, response.Headers.TryGetValues("x-amzn-ErrorType", out var codes) ? codes.First() : null);
    }

    private async Task<(string Id, string Secret)> ImportAsync(string id, string token)
    {
        const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        using var response = await hub.Administrator.PostAsJsonAsync("/v1/keys", new { id, secret = Secret, sessionToken = token }, TestContext.Current.CancellationToken);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (id, Secret);
    }
}
