using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Certificates;

/// <summary>Certificates that nobody registered, at a hub that lets in those of an authority of its operator's choice.</summary>
public sealed class TrustedAuthorityTests : IAsyncLifetime
{
    private readonly OpenSsl _openssl = new();
    private AwsHub _hub = null!;
    private Devices _devices = null!;

    public async ValueTask InitializeAsync()
    {
        await _openssl.AuthorityAsync("ca", "/CN=the operator's own");
        _hub = new AwsHub { Arguments = ["--set", "Auth:UnregisteredCertificates=allow", "--set", $"Tls:ClientCaFile={_openssl["ca.pem"]}"] };
        await _hub.InitializeAsync();
        _devices = new Devices(_hub);
    }

    public async ValueTask DisposeAsync()
    {
        await _devices.DisposeAsync();
        await _hub.DisposeAsync();
        _openssl.Dispose();
    }

    [Fact]
    public async Task Those_of_the_authority_may_do_what_users_may_and_all_others_are_judged_by_the_registry()
    {
        await _openssl.IssueAsync("ca", "pump", "/CN=pump1");
        await _openssl.IssueAsync("ca", "ended", "/CN=ended", days: -1);
        await _openssl.AuthorityAsync("stranger", "/CN=stranger");
        await _openssl.IssueAsync("stranger", "strange", "/CN=strange");
        var pump = Kit("pump");
        foreach (var (library, version) in new[] { (Foreign.Paho, 4), (Foreign.Paho, 5), (Foreign.AwsSdk, 5) })
        {
            var client = await _devices.ConnectAsync(pump, library, version);
            (await client.SubscribeAsync("plant/pump1", 1)).ShouldBe(1);
            await client.PublishAsync("plant/pump1", "on", 1);
            (await client.NextAsync()).Text.ShouldBe("on");
            await client.DisconnectAsync();
        }

        await _devices.RefusedAsync(Kit("ended"), "is not registered");
        await _devices.RefusedAsync(Kit("strange"), "is not registered");

        // Once it is registered, the registry alone counts.
        await _hub.Boto3.IotAsync("RegisterCertificateWithoutCA", new { certificatePem = _openssl.Read("pump.pem"), status = "INACTIVE" });
        await _devices.RefusedAsync(pump, "is INACTIVE");

        // The hub's own authority is nobody's choice: what it issued and lost is lost.
        var own = await _devices.MakeAsync();
        await _hub.Boto3.IotAsync("UpdateCertificate", new { certificateId = own.CertificateId, newStatus = "INACTIVE" });
        await _hub.Boto3.IotAsync("DeleteCertificate", new { certificateId = own.CertificateId, forceDelete = true });
        await _devices.RefusedAsync(own, "is not registered");
    }

    [Fact]
    public async Task What_was_answered_survives_a_kill()
    {
        var kept = await _devices.MakeAsync("kept");
        var revoked = await _devices.MakeAsync("revoked");
        await _openssl.AuthorityAsync("plant", "/CN=plant");
        await _hub.Boto3.IotAsync("RegisterCACertificate", new { caCertificate = _openssl.Read("plant.pem"), certificateMode = "SNI_ONLY", setAsActive = true });
        await _hub.Boto3.IotAsync("UpdateCertificate", new { certificateId = revoked.CertificateId, newStatus = "REVOKED" });
        await _hub.Hub.KillAsync();
        await _hub.Hub.RestartAsync();
        await (await _devices.ConnectAsync(kept)).DisconnectAsync();
        await _devices.RefusedAsync(revoked, "is REVOKED");
        await _openssl.IssueAsync("plant", "valve", "/CN=valve");
        await _hub.Boto3.IotAsync("RegisterCertificate", new { certificatePem = _openssl.Read("valve.pem"), status = "ACTIVE" });
    }

    private DeviceKit Kit(string name) => new(_openssl[$"{name}.pem"], _openssl[$"{name}.key"], _hub.Ca);
}
