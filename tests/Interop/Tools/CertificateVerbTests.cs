using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Fairlead.Interop.Tools;

/// <summary>cert, ca and policy, judged by what a device may do afterwards.</summary>
public sealed class CertificateVerbTests(CliHub hub) : IClassFixture<CliHub>
{
    private const string Everything = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}""";

    [Fact]
    public async Task A_certificate_is_made_used_switched_off_and_on_rotated_and_revoked()
    {
        await PolicyAsync("cycle", Everything);
        var made = await hub.Cli.RunAsync("cert", "create", "cycle", "--out", "cycle", "--policy", "cycle");
        made.ShouldBeDone();
        string id = made.Output.Trim();
        id.Length.ShouldBe(64);
        (await ConnectsAsync("cycle")).ShouldBeTrue();
        (await hub.Cli.RunAsync("cert", "deactivate", id[..10])).ShouldBeDone();
        (await ConnectsAsync("cycle")).ShouldBeFalse();
        (await hub.Cli.RunAsync("cert", "ls", "--status", "inactive")).Output.ShouldContain($"{id}\tINACTIVE\t");
        (await hub.Cli.RunAsync("cert", "activate", id)).ShouldBeDone();
        (await ConnectsAsync("cycle")).ShouldBeTrue();

        var rotated = await hub.Cli.RunAsync("cert", "rotate", hub.InHome("cycle", "cycle.cert.pem"), "--out", "cycle2", "--revoke", "--yes");
        rotated.ShouldBeDone();
        rotated.Errors.ShouldContain("with 0 things and 1 policies of ");
        (await ConnectsAsync("cycle")).ShouldBeFalse();
        (await ConnectsAsync("cycle2")).ShouldBeTrue();
        var shown = await hub.Cli.RunAsync("cert", "get", id);
        shown.Output.ShouldContain("status:");
        shown.Output.ShouldContain("REVOKED\n");
        shown.Output.ShouldContain("policy:          cycle\n");
        (await hub.Cli.RunAsync("cert", "activate", id)).ExitCode.ShouldBe(1);
        (await hub.Cli.RunAsync("cert", "rm", id, "--yes")).ExitCode.ShouldBe(1);
        (await hub.Cli.RunAsync("cert", "rm", id, "--force", "--yes")).ShouldBeDone();
        (await hub.Cli.RunAsync("cert", "get", id)).ExitCode.ShouldBe(4);
    }

    [Fact]
    public async Task Days_of_validity_are_as_wished()
    {
        (await hub.Cli.RunAsync("cert", "create", "short", "--out", "short", "--days", "3")).ShouldBeDone();
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(hub.InHome("short", "short.cert.pem"));
        (certificate.NotAfter - certificate.NotBefore).TotalDays.ShouldBeInRange(2.9, 3.2);
    }

    [Fact]
    public async Task Things_and_policies_are_attached_and_detached()
    {
        await PolicyAsync("attach", Everything);
        (await hub.Cli.RunAsync("thing", "create", "attach")).ShouldBeDone();
        string id = (await hub.Cli.RunAsync("cert", "create", "attach", "--out", "attach")).Output.Trim();
        (await hub.Cli.RunAsync("cert", "attach", id, "--thing", "attach", "--policy", "attach")).Errors.ShouldBe($"attached {id[..12]}: thing attach, policy attach\n");
        (await hub.Cli.RunAsync("thing", "get", "attach")).Output.ShouldContain($"cert/{id}\n");
        (await hub.Cli.RunAsync("policy", "ls", "--of", id, "--json")).Output.ShouldContain("\"policyName\":\"attach\"");
        (await hub.Cli.RunAsync("policy", "get", "attach", "--targets")).Output.ShouldContain(id);
        (await hub.Cli.RunAsync("cert", "detach", id, "--thing", "attach", "--policy", "attach")).ShouldBeDone();
        (await hub.Cli.RunAsync("policy", "attach", "attach", id)).ShouldBeDone();
        (await hub.Cli.RunAsync("policy", "detach", "attach", id)).ShouldBeDone();
        (await hub.Cli.RunAsync("policy", "ls", "--of", id)).Output.ShouldBe("policyName\tpolicyArn\n");
        (await hub.Cli.RunAsync("cert", "detach", id)).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task A_registered_CA_lets_its_certificates_in()
    {
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=Plant CA {Guid.NewGuid():n}", caKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var now = DateTimeOffset.UtcNow;
        using var ca = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = new CertificateRequest("CN=pump", leafKey, HashAlgorithmName.SHA256).Create(ca, now.AddHours(-1), now.AddDays(30), RandomNumberGenerator.GetBytes(8));
        await File.WriteAllTextAsync(hub.InHome("plant.pem"), ca.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(hub.InHome("plant.key"), caKey.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(hub.InHome("pump.pem"), leaf.ExportCertificatePem(), TestContext.Current.CancellationToken);

        (await hub.Cli.RunAsync("cert", "register", "pump.pem")).ExitCode.ShouldBe(1);
        (await hub.Cli.RunAsync("ca", "register", "plant.pem")).ExitCode.ShouldBe(2);
        var registered = await hub.Cli.RunAsync("ca", "register", "plant.pem", "--key", "plant.key");
        registered.ShouldBeDone();
        string id = registered.Output.Trim();
        (await hub.Cli.RunAsync("ca", "ls")).Output.ShouldContain($"{id}\tACTIVE\t");
        (await hub.Cli.RunAsync("ca", "get", id[..8], "--pem")).Output.ShouldStartWith("-----BEGIN CERTIFICATE-----\n");
        (await hub.Cli.RunAsync("cert", "register", "pump.pem")).ShouldBeDone();
        (await hub.Cli.RunAsync("cert", "ls", "--ca", id)).Output.Split('\n').Length.ShouldBe(3);
        (await hub.Cli.RunAsync("cert", "register", "pump.pem", "--no-ca")).ExitCode.ShouldBe(1);
        (await hub.Cli.RunAsync("ca", "rm", id, "--yes")).ExitCode.ShouldBe(1);
        (await hub.Cli.RunAsync("ca", "deactivate", id)).ShouldBeDone();
        (await hub.Cli.RunAsync("ca", "rm", id, "--yes")).ShouldBeDone();
        (await hub.Cli.RunAsync("ca", "code")).Output.Trim().Length.ShouldBe(64);
        (await hub.Cli.RunAsync("ca", "get")).Output.Trim().ShouldBe((await File.ReadAllTextAsync(hub.Ca, TestContext.Current.CancellationToken)).Trim());
    }

    [Fact]
    public async Task Versions_of_a_policy_are_made_put_in_force_and_deleted()
    {
        await PolicyAsync("versions", Everything);
        string other = """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iot:*","Resource":"*"}]}""";
        var set = await hub.Cli.RunWithInputAsync(other, "policy", "set", "versions", "-");
        set.Errors.ShouldBe("the policy versions has version 2, in force\n");
        JsonDocument.Parse((await hub.Cli.RunAsync("policy", "get", "versions")).Output).RootElement.GetProperty("Statement")[0].GetProperty("Effect").GetString().ShouldBe("Deny");
        (await hub.Cli.RunAsync("policy", "get", "versions", "--version", "1")).Output.ShouldContain("Allow");
        for (int i = 3; i <= 5; i++)
            (await hub.Cli.RunWithInputAsync(Everything, "policy", "set", "versions", "-", "--no-default")).ShouldBeDone();
        var full = await hub.Cli.RunWithInputAsync(Everything, "policy", "set", "versions", "-");
        full.ExitCode.ShouldBe(1);
        full.Errors.ShouldContain("(VersionsLimitExceededException)\n  do:  Delete a version with fairlead policy versions NAME --rm VERSION, or give --replace-oldest\n");
        (await hub.Cli.RunWithInputAsync(Everything, "policy", "set", "versions", "-", "--replace-oldest")).Errors.ShouldContain("version 6, in force");
        var back = await hub.Cli.RunAsync("policy", "versions", "versions", "--default", "2", "--rm", "6");
        back.ShouldBeDone();
        back.Output.ShouldContain("2\tyes\t");
        back.Output.ShouldNotContain("6\t");
        (await hub.Cli.RunAsync("policy", "rm", "versions", "--yes")).ExitCode.ShouldBe(1);
        (await hub.Cli.RunAsync("policy", "rm", "versions", "--force", "--yes")).ShouldBeDone();
        var wrong = await hub.Cli.RunWithInputAsync("{", "policy", "create", "versions", "-");
        wrong.ExitCode.ShouldBe(1);
        wrong.Errors.ShouldContain("(MalformedPolicyException)");
    }

    private async Task<bool> ConnectsAsync(string folder)
    {
        var outcome = await hub.Cli.RunAsync("pub", "--as", folder, "-t", "hello", "-m", "x", "-q", "1");
        outcome.ExitCode.ShouldBeOneOf(0, 3, 4, 1);
        return outcome.ExitCode == 0;
    }

    private async Task PolicyAsync(string name, string document) =>
        (await hub.Cli.RunWithInputAsync(document, "policy", "create", name, "-")).ShouldBeDone();
}
