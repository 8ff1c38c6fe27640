using System.Text.Json;
using Fairlead.Interop.Aws.Registry;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Certificates;

/// <summary>Devices of a registered CA that register themselves when they connect.</summary>
public sealed class JustInTimeTests(AwsHub hub) : IClassFixture<AwsHub>, IAsyncDisposable
{
    private readonly Devices _devices = new(hub);

    public ValueTask DisposeAsync() => _devices.DisposeAsync();

    [Theory]
    [InlineData(Foreign.Paho, 4, true)]
    [InlineData(Foreign.Paho, 5, false)]
    [InlineData(Foreign.AwsSdk, 5, true)]
    public async Task Registry_22_a_first_connect_registers_announces_and_is_refused_until_the_certificate_is_active(Foreign library, int version, bool withChain)
    {
        var ca = await RegisterAsync();
        await _devices.OpenSsl.IssueAsync("ca", "pump", "/CN=pump1");
        var kit = _devices.Made("pump", withChain);
        var observer = await _devices.ConnectAsync(await _devices.MakeAsync("observer"));
        (await observer.SubscribeAsync($"$aws/events/certificates/registered/{ca}", 1)).ShouldBe(1);

        await _devices.RefusedAsync(kit, "has registered itself", library, version);
        var first = Read(await observer.NextAsync());
        first.Text("certificateId").ShouldBe(kit.CertificateId);
        first.Text("caCertificateId").ShouldBe(ca);
        first.Text("certificateStatus").ShouldBe("PENDING_ACTIVATION");
        first.Text("awsAccountId").ShouldBe("123456789012");
        first.GetProperty("timestamp").ValueKind.ShouldBe(JsonValueKind.Number);
        long.TryParse(first.Text("certificateRegistrationTimestamp"), out _).ShouldBeTrue();
        first.EnumerateObject().Count().ShouldBe(6);
        var described = (await hub.Boto3.IotAsync("DescribeCertificate", new { certificateId = kit.CertificateId })).GetProperty("certificateDescription");
        (described.Text("status"), described.Text("caCertificateId")).ShouldBe(("PENDING_ACTIVATION", ca));

        // Repeated while it is pending; registered once.
        await _devices.RefusedAsync(kit, "PENDING_ACTIVATION", library, version);
        var second = Read(await observer.NextAsync());
        second.Text("certificateRegistrationTimestamp").ShouldBe(first.Text("certificateRegistrationTimestamp"));
        (await hub.Boto3.IotAsync("ListCertificatesByCA", new { caCertificateId = ca })).Texts("certificates", "certificateId").ShouldBe([kit.CertificateId]);

        await hub.JavaScript.IotAsync("UpdateCertificate", new { certificateId = kit.CertificateId, newStatus = "ACTIVE" });
        await _devices.AllowAsync(kit.CertificateId);
        await (await _devices.ConnectAsync(kit, library, version)).DisconnectAsync();
    }

    [Fact]
    public async Task Registry_22_nothing_registers_itself_without_an_active_authority_that_allows_it()
    {
        var ca = await RegisterAsync();
        await _devices.OpenSsl.IssueAsync("ca", "pump", "/CN=pump1");
        await _devices.OpenSsl.IssueAsync("ca", "ended", "/CN=ended", days: -1);
        await _devices.OpenSsl.IssueForLaterAsync("ca", "later", "/CN=later");
        await _devices.RefusedAsync(_devices.Made("ended", withChain: true), "cannot register itself");
        await _devices.RefusedAsync(_devices.Made("later", withChain: true), "cannot register itself");
        await hub.Boto3.IotAsync("UpdateCACertificate", new { certificateId = ca, newAutoRegistrationStatus = "DISABLE" });
        await _devices.RefusedAsync(_devices.Made("pump", withChain: true), "is not registered");
        await hub.Boto3.IotAsync("UpdateCACertificate", new { certificateId = ca, newAutoRegistrationStatus = "ENABLE", newStatus = "INACTIVE" });
        await _devices.RefusedAsync(_devices.Made("pump", withChain: true), "is not registered");
        (await hub.Boto3.IotAsync("ListCertificatesByCA", new { caCertificateId = ca })).GetProperty("certificates").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Registry_22_a_stranger_with_the_name_of_an_authority_does_not_register()
    {
        var ca = await RegisterAsync("/CN=plant of many");
        var registered = _devices.OpenSsl.Read("ca.pem");
        await _devices.OpenSsl.AuthorityAsync("thief", "/CN=plant of many");
        await _devices.OpenSsl.IssueAsync("thief", "stolen", "/CN=stolen");
        await _devices.RefusedAsync(_devices.Made("stolen", withChain: true), "is not registered");
        // Not even with the true authority's certificate behind its own; TLS itself may notice that the two do not belong together.
        _devices.OpenSsl.Write("stolen.chain.pem", _devices.OpenSsl.Read("stolen.pem") + registered);
        var stage = _devices.Stage(_devices.Made("stolen", withChain: true));
        (await stage.TryConnectAsync(new Peer(Foreign.Paho, 5, Route.Tls))).Connected.Ok.ShouldBeFalse();
        (await hub.Boto3.IotAsync("ListCertificatesByCA", new { caCertificateId = ca })).GetProperty("certificates").GetArrayLength().ShouldBe(0);
    }

    private static JsonElement Read(Delivery delivery) => JsonDocument.Parse(delivery.Text!).RootElement;

    private async Task<string> RegisterAsync(string? subject = null)
    {
        await _devices.OpenSsl.AuthorityAsync("ca", subject ?? $"/CN=plant-{Guid.NewGuid():N}");
        return (await hub.Boto3.IotAsync("RegisterCACertificate", new
        {
            caCertificate = _devices.OpenSsl.Read("ca.pem"),
            certificateMode = "SNI_ONLY",
            setAsActive = true,
            allowAutoRegistration = true,
        })).Text("certificateId");
    }
}
