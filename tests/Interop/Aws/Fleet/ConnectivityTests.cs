using System.Text.Json;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.Fleet;

/// <summary>How things are connected, as GetThingConnectivityData and SearchIndex tell it.</summary>
public sealed class ConnectivityTests(AwsHub hub) : IClassFixture<AwsHub>, IDisposable
{
    private static readonly Peer Device = new(Foreign.MqttJs, 4, Route.Tls);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-connectivity-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Thing_that_never_was_connected_is_not_and_an_unknown_one_is_not_found()
    {
        await hub.Boto3.IotAsync("CreateThing", new { thingName = "c-never" });
        var never = await hub.JavaScript.IotAsync("GetThingConnectivityData", new { thingName = "c-never" });
        never.GetProperty("connected").GetBoolean().ShouldBeFalse();
        never.TryGetProperty("timestamp", out _).ShouldBeFalse();
        (await hub.JavaScript.RefusedAsync("ResourceNotFoundException", 404, "GetThingConnectivityData", new { thingName = "c-unknown" })).Typed.ShouldBe("ResourceNotFoundException");
    }

    /// <summary>Of the certificate's thing that has the client's name, and of an exclusive thing whatever the client's name.</summary>
    [Theory]
    [InlineData("c-named", "c-named", false)]
    [InlineData("c-exclusive", "another-name", true)]
    public async Task Connection_of_a_thing_is_seen_with_its_end_and_survives_a_restart(string thingName, string clientId, bool isExclusive)
    {
        var kit = await DeviceAsync(thingName, isExclusive);
        await using var events = await PresenceAsync(clientId);
        await using var stage = new Stage(hub.Hub, kit);
        var device = await stage.ConnectAsync(Device, new ConnectSettings { ClientId = clientId, KeepAlive = 77 });
        await NextAsync(events, "connected", clientId);
        var now = await hub.JavaScript.IotAsync("GetThingConnectivityData", new { thingName, includeSocketInformation = true });
        now.GetProperty("connected").GetBoolean().ShouldBeTrue();
        now.GetProperty("clientId").GetString().ShouldBe(clientId);
        now.GetProperty("keepAliveDuration").GetInt32().ShouldBe(77);
        now.GetProperty("cleanSession").GetBoolean().ShouldBeTrue();
        now.GetProperty("sourceIp").GetString().ShouldBe("127.0.0.1");
        now.GetProperty("sourcePort").GetInt32().ShouldBeGreaterThan(0);
        now.GetProperty("targetPort").GetInt32().ShouldBe(hub.Hub.Listener("mqtts").Port);
        (await hub.JavaScript.IotAsync("GetThingConnectivityData", new { thingName })).TryGetProperty("sourceIp", out _).ShouldBeFalse();
        (await FoundAsync("connectivity.connected:true")).ShouldContain(thingName);

        await device.DestroyAsync();
        await NextAsync(events, "disconnected", clientId);
        await LeftAsync(thingName, "CONNECTION_LOST");
        (await FoundAsync("connectivity.disconnectReason:connection_lost AND connectivity.connected:false")).ShouldContain(thingName);

        var again = await stage.ConnectAsync(Device, new ConnectSettings { ClientId = clientId });
        await NextAsync(events, "connected", clientId);
        await again.DisconnectAsync();
        await NextAsync(events, "disconnected", clientId);
        await LeftAsync(thingName, "CLIENT_INITIATED_DISCONNECT");

        await hub.Hub.RestartAsync();
        await LeftAsync(thingName, "CLIENT_INITIATED_DISCONNECT");
    }

    private async Task LeftAsync(string thingName, string reason)
    {
        var left = await hub.JavaScript.IotAsync("GetThingConnectivityData", new { thingName, includeSocketInformation = true });
        left.GetProperty("connected").GetBoolean().ShouldBeFalse();
        left.GetProperty("disconnectReason").GetString().ShouldBe(reason);
        left.TryGetProperty("sourceIp", out _).ShouldBeFalse();
        var found = (await hub.JavaScript.IotAsync("SearchIndex", new { queryString = $"thingName:{thingName}" })).GetProperty("things")[0].GetProperty("connectivity");
        found.GetProperty("disconnectReason").GetString().ShouldBe(reason);
        // Seconds there, milliseconds here.
        (found.GetProperty("timestamp").GetInt64() / 1000.0).ShouldBe(left.GetProperty("timestamp").GetDouble(), 0.001);
    }

    private async Task<IReadOnlyList<string?>> FoundAsync(string query) =>
        [.. (await hub.Boto3.IotAsync("SearchIndex", new { queryString = query })).GetProperty("things").EnumerateArray().Select(static thing => thing.GetProperty("thingName").GetString())];

    private async Task<DeviceKit> DeviceAsync(string thingName, bool isExclusive)
    {
        await hub.Boto3.IotAsync("CreateThing", new { thingName });
        var made = await hub.Boto3.IotAsync("CreateKeysAndCertificate", new { setAsActive = true });
        var arn = made.GetProperty("certificateArn").GetString();
        await hub.JavaScript.IotAsync("AttachThingPrincipal", new { thingName, principal = arn, thingPrincipalType = isExclusive ? "EXCLUSIVE_THING" : "NON_EXCLUSIVE_THING" });
        await hub.Boto3.IotAsync("CreatePolicy", new
        {
            policyName = thingName,
            policyDocument = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}""",
        });
        await hub.Boto3.IotAsync("AttachPolicy", new { policyName = thingName, target = arn });
        var kit = new DeviceKit(Path.Combine(_folder.FullName, $"{thingName}.pem"), Path.Combine(_folder.FullName, $"{thingName}.key"), hub.Ca);
        await File.WriteAllTextAsync(kit.Certificate, made.GetProperty("certificatePem").GetString());
        await File.WriteAllTextAsync(kit.PrivateKey, made.GetProperty("keyPair").GetProperty("PrivateKey").GetString());
        return kit;
    }

    private async Task<RawMqttClient> PresenceAsync(string clientId)
    {
        var client = await RawMqttClient.OpenAsync(hub.Hub.Mqtt);
        await client.SendAsync(RawPackets.Connect(4, $"presence-of-{clientId}"));
        RawAnswer.Read(4, await client.ReadAsync()).Code.ShouldBe(0);
        await client.SendAsync(RawPackets.Subscribe(4, 1, $"$aws/events/presence/+/{clientId}"));
        RawAnswer.Read(4, await client.ReadAsync()).Code.ShouldBe(0);
        return client;
    }

    private static async Task NextAsync(RawMqttClient events, string happened, string clientId)
    {
        var message = RawPublish.Read(4, await events.ReadAsync());
        message.Topic.ShouldBe($"$aws/events/presence/{happened}/{clientId}");
        JsonDocument.Parse(message.Text).RootElement.GetProperty("clientId").GetString().ShouldBe(clientId);
    }
}
