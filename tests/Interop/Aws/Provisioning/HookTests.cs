using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Provisioning;

/// <summary>Pre-provisioning hooks: a function is asked before a device comes into being.</summary>
public sealed class HookTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public async Task Hook_sees_the_device_and_may_change_its_parameters()
    {
        await using var function = FunctionServer.Start(static _ => new { allowProvisioning = true, parameterOverrides = new { Room = "attic" } });
        await Fleet.CreateTemplateAsync(hub, "hook-allows", function.Url);
        var claim = await Fleet.ClaimAsync(hub, "claims-hook");
        await using var sdk = DriverProcess.Start(Foreign.AwsSdk);
        var done = await Fleet.ProvisionAsync(sdk, hub, claim, "hooked-1", "hook-allows", new { Serial = "h1", Room = "cellar" });
        done.GetProperty("stage").GetString().ShouldBe("done", done.ToString());
        done.GetProperty("deviceConfiguration").GetProperty("Url").GetString().ShouldBe("mqtts://above");
        function.Events.TryDequeue(out var asked).ShouldBeTrue();
        asked.GetProperty("claimCertificateId").GetString().ShouldBe(claim.CertificateId);
        asked.GetProperty("certificateId").GetString().ShouldBe(done.GetProperty("certificateId").GetString());
        asked.GetProperty("certificatePem").GetString().ShouldBe(done.GetProperty("certificatePem").GetString());
        asked.GetProperty("templateArn").GetString().ShouldBe("arn:aws:iot:us-east-1:123456789012:provisioningtemplate/hook-allows");
        asked.GetProperty("clientId").GetString().ShouldBe("hooked-1");
        asked.GetProperty("parameters").GetProperty("Serial").GetString().ShouldBe("h1");
    }

    [Fact]
    public async Task Hook_that_denies_fails_or_keeps_silent_provisions_nobody()
    {
        await using var denies = FunctionServer.Start(static _ => new { allowProvisioning = false });
        await using var babbles = FunctionServer.StartText(static _ => "certainly");
        await using var silent = FunctionServer.StartSilent();
        var claim = await Fleet.ClaimAsync(hub, "claims-denied");
        await using var sdk = DriverProcess.Start(Foreign.AwsSdk);
        foreach (var (name, url, status, code) in new[]
        {
            ("hook-denies", denies.Url, 403, "AccessDenied"), ("hook-babbles", babbles.Url, 500, "InternalFailure"), ("hook-silent", silent.Url, 500, "InternalFailure"),
        })
        {
            await Fleet.CreateTemplateAsync(hub, name, url);
            var refused = await Fleet.ProvisionAsync(sdk, hub, claim, name, name, new { Serial = name });
            ClaimTests.Refused(refused, "provision", status, code);
            await hub.Boto3.RefusedAsync("ResourceNotFoundException", 404, "DescribeThing", new { thingName = $"lamp-{name}" });
        }
    }
}
