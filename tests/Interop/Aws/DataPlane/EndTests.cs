using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.DataPlane;

/// <summary>Ends of connections that need a hub or an identity of their own, with their reason and their Will (checklist 47).</summary>
public sealed class EndTests(AwsHub hub) : IClassFixture<AwsHub>, IDisposable
{
    private readonly Identities _identities = new(hub);

    public void Dispose() => _identities.Dispose();

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Messaging_47_a_signed_WebSocket_that_is_too_old_ends_with_WEBSOCKET_TTL_EXPIRATION(int version)
    {
        await using var own = new AwsHub { Arguments = ["--set", "Broker:MaximumWebSocketLife=2s"] };
        await own.InitializeAsync();
        await using var stage = new Stage(own.Hub);
        var clientId = stage.ClientId("signed");
        var watcher = await WatchAsync(stage, clientId);
        await using var sdk = DriverProcess.Start(Foreign.AwsSdk);
        var client = new ForeignClient(sdk, new Peer(Foreign.AwsSdk, version, Route.Wss), clientId);
        client.Connected = await sdk.RequestAsync("connect", client.Name, new
        {
            url = $"wss://localhost:{own.Hub.Listener("tls").Port}/mqtt",
            version,
            clientId,
            clean = true,
            keepAlive = 60,
            ca = own.Ca,
            builder = "sigv4",
            accessKey = own.Login.AccessKey,
            secretKey = own.Login.SecretKey,
            will = new Will(stage.Topic("will"), "gone"u8.ToArray()),
        });
        client.Connected.Ok.ShouldBeTrue(client.Connected.Error);

        await ToldAsync(watcher, "WEBSOCKET_TTL_EXPIRATION");
        (await client.Disconnected).ShouldBe(version == 5 ? 0xA0 : -1);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Messaging_09_47_who_an_authorizer_let_in_for_a_while_ends_with_CUSTOMAUTH_TTL_EXPIRATION(int version)
    {
        await using var stage = new Stage(hub.Hub);
        var secret = RandomNumberGenerator.GetBytes(32);
        var name = stage.ClientId("jwt");
        await hub.JavaScript.IotAsync("CreateAuthorizer", new
        {
            authorizerName = name,
            authorizerFunctionArn = "urn:fairlead:jwt",
            signingDisabled = true,
            tokenSigningPublicKeys = new { h = "HS256:" + Convert.ToBase64String(secret) },
        });
        var clientId = stage.ClientId("token");
        var watcher = await WatchAsync(stage, clientId);
        await using var sdk = DriverProcess.Start(Foreign.AwsSdk);
        ForeignClient client;
        // A connection lasts as long as its token. On a machine so busy that the token has ended before CONNECT, the next one lasts longer.
        var life = 2;
        do client = await ConnectAsync(sdk, version, clientId, name, Token(secret, life *= 2), stage.Topic("will"));
        while (!client.Connected.Ok && life < 60);
        client.Connected.Ok.ShouldBeTrue(client.Connected.Error);

        var told = await ToldAsync(watcher, "CUSTOMAUTH_TTL_EXPIRATION");
        told.GetProperty("principalIdentifier").GetString().ShouldBe("device7");
        (await client.Disconnected).ShouldBe(version == 5 ? 0xA0 : -1);
    }

    [Fact]
    public async Task Messaging_47_a_denied_publish_of_3_1_1_ends_with_AUTH_ERROR_and_the_will()
    {
        await using var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("denied");
        var kit = await _identities.CertificateAsync(
            ("iot:Connect", $"{Identities.Arn}:client/{clientId}"), ("iot:Publish", $"{Identities.Arn}:topic/{stage.Topic("will")}"));
        await using var own = new Stage(hub.Hub, kit);
        var watcher = await WatchAsync(stage, clientId);
        var client = await own.ConnectAsync(
            new Peer(Foreign.Paho, 4, Route.Tls), new ConnectSettings { ClientId = clientId, Will = new Will(stage.Topic("will"), "gone"u8.ToArray()) });
        _ = await client.TryPublishAsync("not/allowed", "x", 0);

        (await ToldAsync(watcher, "AUTH_ERROR")).GetProperty("principalIdentifier").GetString().ShouldBe(kit.CertificateId);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Messaging_47_who_sends_twice_the_rate_ends_with_THROTTLED_and_the_will(int level)
    {
        await using var own = await HubProcess.StartAsync("--set", "Limits:MessageRate=20");
        await using var stage = new Stage(own);
        var clientId = stage.ClientId("chatty");
        var watcher = await WatchAsync(stage, clientId);
        await using var client = await own.ConnectRawAsync(level, clientId, will: new RawWill(stage.Topic("will"), "gone", 1));
        // In one piece: no second begins in between.
        var packet = RawPackets.Publish(level, "a", "x");
        await client.SendUnlessClosedAsync([.. Enumerable.Repeat(packet, 200).SelectMany(static bytes => bytes)]);

        await ToldAsync(watcher, "THROTTLED");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Messaging_47_a_hub_that_stops_ends_with_SERVER_INITIATED_DISCONNECT_and_the_will(int level)
    {
        await using var own = await HubProcess.StartAsync(new HubSettings { Listen = ["mqtt://127.0.0.1:0", "http://127.0.0.1:0"] });
        await using var client = await own.ConnectRawAsync(level, "device", will: new RawWill("will/device", "gone", 1, Retain: true));
        (await own.StopAsync()).ShouldBe(0, own.Log);
        await own.RestartAsync();

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        (await own.GetAsync(http, "/connections/device")).ShouldContain("SERVER_INITIATED_DISCONNECT");
        using var kept = JsonDocument.Parse(await own.GetAsync(http, "/retainedMessage/will%2Fdevice"));
        kept.RootElement.GetProperty("payload").GetBytesFromBase64().ShouldBe("gone"u8.ToArray());
    }

    private static async Task<ForeignClient> WatchAsync(Stage stage, string clientId)
    {
        var watcher = await stage.ConnectAsync(new Peer(Foreign.MqttJs, 5));
        await watcher.SubscribeAsync($"$aws/events/presence/disconnected/{clientId}", 1);
        await watcher.SubscribeAsync(stage.Topic("will"), 1);
        return watcher;
    }

    /// <summary>The event and the Will, in whatever order they come.</summary>
    private static async Task<JsonElement> ToldAsync(ForeignClient watcher, string reason)
    {
        var seen = await watcher.NextAsync(2);
        seen.Single(static delivery => delivery.Topic[0] != '$').Text.ShouldBe("gone");
        using var document = JsonDocument.Parse(seen.Single(static delivery => delivery.Topic[0] == '$').Payload);
        var told = document.RootElement.Clone();
        told.GetProperty("disconnectReason").GetString().ShouldBe(reason);
        told.GetProperty("clientInitiatedDisconnect").GetBoolean().ShouldBeFalse();
        return told;
    }

    private static string Token(byte[] secret, int seconds)
    {
        var head = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);
        var claims = new { sub = "device7", exp = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds, policyDocuments = new[] { Authorizers.Policies.All } };
        var signed = $"{head}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    private async Task<ForeignClient> ConnectAsync(DriverProcess sdk, int version, string clientId, string authorizer, string token, string will)
    {
        var client = new ForeignClient(sdk, new Peer(Foreign.AwsSdk, version), $"{clientId}-{Guid.NewGuid():N}");
        client.Connected = await sdk.RequestAsync("connect", client.Name, new
        {
            url = $"mqtts://localhost:{hub.Hub.Listener("tls").Port}",
            version,
            clientId,
            clean = true,
            keepAlive = 60,
            username = "user",
            password = token,
            ca = hub.Ca,
            builder = "custom-auth",
            authorizer,
            will = new Will(will, "gone"u8.ToArray()),
        });
        return client;
    }
}
