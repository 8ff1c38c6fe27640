using Fairlead.Interop.Drivers;
using Fairlead.Interop.Mosquitto;

namespace Fairlead.Interop.Aws.Certificates;

/// <summary>What a certificate opens, and what not: judged at CONNECT by the registry alone.</summary>
public sealed class CertificateConnectionTests(AwsHub hub) : IClassFixture<AwsHub>, IAsyncDisposable
{
    private readonly Devices _devices = new(hub);

    public ValueTask DisposeAsync() => _devices.DisposeAsync();

    [Theory]
    [InlineData(Foreign.Paho, 4, Route.Tls)]
    [InlineData(Foreign.Paho, 5, Route.Tls)]
    [InlineData(Foreign.MqttJs, 5, Route.AlpnAws)]
    [InlineData(Foreign.AwsSdk, 4, Route.Tls)]
    [InlineData(Foreign.AwsSdk, 5, Route.AlpnAws)]
    public async Task Messaging_01_02_08_a_registered_and_active_certificate_connects(Foreign library, int version, Route route)
    {
        var kit = await _devices.MakeAsync();
        var client = await _devices.ConnectAsync(kit, library, version, route);
        await client.SubscribeAsync($"seen/{kit.CertificateId}", 1);
        await client.PublishAsync($"seen/{kit.CertificateId}", "here", 1);
        (await client.NextAsync()).Text.ShouldBe("here");
        await client.DisconnectAsync();
    }

    [Fact]
    public async Task Messaging_01_a_certificate_of_an_openssl_authority_connects_once_it_is_registered()
    {
        await _devices.OpenSsl.AuthorityAsync("ca", "/CN=plant");
        await _devices.OpenSsl.IssueAsync("ca", "pump", "/CN=pump1");
        var kit = _devices.Made("pump");
        await _devices.RefusedAsync(kit, "is not registered", version: 4);
        await hub.Boto3.IotAsync("RegisterCertificateWithoutCA", new { certificatePem = _devices.OpenSsl.Read("pump.pem"), status = "ACTIVE" });
        await _devices.AllowAsync(kit.CertificateId);
        await MosquittoTool.PublishAsync(_devices.Mosquitto(kit, "mqttv311"), ["-t", "plant/pump1", "-m", "on", "-q", "1"]);
    }

    [Theory]
    [InlineData(Foreign.Paho, 4)]
    [InlineData(Foreign.Paho, 5)]
    [InlineData(Foreign.MqttJs, 5)]
    [InlineData(Foreign.AwsSdk, 4)]
    [InlineData(Foreign.AwsSdk, 5)]
    public async Task Messaging_01_what_is_not_active_is_refused_with_a_cure_in_the_log(Foreign library, int version)
    {
        var kit = await _devices.MakeAsync();
        await SetAsync(kit, "INACTIVE");
        await _devices.RefusedAsync(kit, $"is INACTIVE: 'fairlead cert activate {kit.CertificateId}' lets it in", library, version);
        await SetAsync(kit, "ACTIVE");
        await (await _devices.ConnectAsync(kit, library, version)).DisconnectAsync();
        await SetAsync(kit, "REVOKED");
        await _devices.RefusedAsync(kit, "is REVOKED, which is final", library, version);

        // The hub's own authority made it: that alone opens nothing.
        await hub.Boto3.IotAsync("DeleteCertificate", new { certificateId = kit.CertificateId, forceDelete = true });
        await _devices.RefusedAsync(kit, "is not registered: 'fairlead cert register FILE'", library, version);
    }

    [Fact]
    public async Task A_certificate_of_a_stranger_is_refused_on_every_port_that_asks_for_one()
    {
        await _devices.OpenSsl.AuthorityAsync("ca", "/CN=strangers");
        await _devices.OpenSsl.IssueAsync("ca", "stranger", "/CN=stranger");
        await _devices.OpenSsl.AuthorityAsync("self", "/CN=self made");
        foreach (var route in new[] { Route.Tls, Route.AlpnAws })
        {
            await _devices.RefusedAsync(_devices.Made("stranger"), "CN=stranger", route: route);
            await _devices.RefusedAsync(_devices.Made("stranger", withChain: true), "CN=stranger", version: 4, route: route);
            await _devices.RefusedAsync(_devices.Made("self"), "CN=self made", route: route);
        }

        // Port 8883 without ALPN, and the multi-protocol port without ALPN.
        foreach (var listener in new[] { "mqtts", "tls" })
        {
            var (code, _) = await MosquittoTool.TryPublishAsync(_devices.Mosquitto(_devices.Made("stranger"), "mqttv5", listener), ["-t", "a", "-m", "x", "-q", "1"]);
            code.ShouldNotBe(0);
        }
    }

    [Theory]
    [InlineData(Foreign.Paho, 4)]
    [InlineData(Foreign.Paho, 5)]
    [InlineData(Foreign.AwsSdk, 5)]
    public async Task Registry_20_leaving_ACTIVE_ends_live_connections_at_once_and_keeps_them_out(Foreign library, int version)
    {
        foreach (var status in new[] { "INACTIVE", "REVOKED" })
        {
            var kit = await _devices.MakeAsync(status);
            var other = await _devices.MakeAsync("other");
            var client = await _devices.ConnectAsync(kit, library, version);
            var second = await _devices.ConnectAsync(kit, Foreign.MqttJs, 5);
            var bystander = await _devices.ConnectAsync(other, Foreign.Paho, 5);
            await SetAsync(kit, status);
            (await client.Disconnected).ShouldBe(version == 5 ? 0x87 : -1);
            (await second.Disconnected).ShouldBe(0x87);
            await _devices.RefusedAsync(kit, $"is {status}", version: version);
            await bystander.SubscribeAsync($"still/{kit.CertificateId}", 0); // another certificate is not concerned
        }
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task Registry_20_a_live_mosquitto_sub_is_cut_off(string version)
    {
        var kit = await _devices.MakeAsync();
        await using var subscriber = await MosquittoTool.SubscribeAsync(_devices.Mosquitto(kit, version), "-t", $"cut/{version}", "-q", "1");
        await SetAsync(kit, "INACTIVE");
        await hub.Hub.LogLineAsync("certificates_cut_off", "1 connection(s)", kit.CertificateId);
        // With 3.1.1 the tool tries again by itself; version 5 tells it not to.
        if (version == "mqttv311") await hub.Hub.LogLineAsync("connect_refused", kit.CertificateId, "is INACTIVE");
        (await MosquittoTool.TryPublishAsync(_devices.Mosquitto(kit, version), ["-t", "a", "-m", "x", "-q", "1"])).Code.ShouldNotBe(0);
    }

    [Fact]
    public async Task A_certificate_that_ends_while_it_is_registered_lets_nobody_in()
    {
        await using var shortLived = new AwsHub { Arguments = ["--set", "Certificates:Life=3s"] };
        await shortLived.InitializeAsync();
        await using var devices = new Devices(shortLived);
        var kit = await devices.MakeAsync();
        var described = (await shortLived.Boto3.IotAsync("DescribeCertificate", new { certificateId = kit.CertificateId })).GetProperty("certificateDescription");
        described.GetProperty("validity").GetProperty("notAfter").GetDouble().ShouldBeLessThan(described.GetProperty("creationDate").GetDouble() + 4);
        // It may have ended by now or not: one client after the other tries until it has.
        while ((await MosquittoTool.TryPublishAsync(devices.Mosquitto(kit, "mqttv5"), ["-t", "a", "-m", "x", "-q", "1"])).Code == 0)
        {
            // In: not yet.
        }

        await devices.RefusedAsync(kit, "ended at");
        await devices.RefusedAsync(kit, "ended at", version: 4);
    }

    private async Task SetAsync(DeviceKit kit, string status) =>
        await hub.Boto3.IotAsync("UpdateCertificate", new { certificateId = kit.CertificateId, newStatus = status });
}
