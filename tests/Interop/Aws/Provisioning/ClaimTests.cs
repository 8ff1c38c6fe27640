using System.Text.Json;
using Fairlead.Interop.Aws.Certificates;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Provisioning;

/// <summary>Devices provision themselves over MQTT with the AWS SDK's identity client (spec/aws-registry-and-policies, section 11.2).</summary>
public sealed class ClaimTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public async Task Registry_48_a_device_provisions_itself_by_claim_and_comes_back_with_its_own_certificate()
    {
        await Fleet.CreateTemplateAsync(hub, "claimed");
        var claim = await Fleet.ClaimAsync(hub, "claims");
        await using var sdk = DriverProcess.Start(Foreign.AwsSdk);
        var done = await Fleet.ProvisionAsync(sdk, hub, claim, "new-device-1", "claimed", new { Serial = "1", Room = "attic" });
        done.GetProperty("stage").GetString().ShouldBe("done", done.ToString());
        done.GetProperty("thingName").GetString().ShouldBe("lamp-1");
        done.GetProperty("deviceConfiguration").GetProperty("Url").GetString().ShouldBe("mqtts://above");
        done.GetProperty("deviceConfiguration").GetProperty("Fixed").GetString().ShouldBe("yes");

        var thing = await hub.Boto3.IotAsync("DescribeThing", new { thingName = "lamp-1" });
        thing.GetProperty("attributes").GetProperty("room").GetString().ShouldBe("attic");
        var id = done.GetProperty("certificateId").GetString();
        var certificate = await hub.Boto3.IotAsync("DescribeCertificate", new { certificateId = id });
        certificate.GetProperty("certificateDescription").GetProperty("status").GetString().ShouldBe("ACTIVE");
        var principals = await hub.Boto3.IotAsync("ListThingPrincipals", new { thingName = "lamp-1" });
        principals.GetProperty("principals")[0].GetString().ShouldBe($"arn:aws:iot:us-east-1:123456789012:cert/{id}");
        var policies = await hub.Boto3.IotAsync("ListAttachedPolicies", new { target = $"arn:aws:iot:us-east-1:123456789012:cert/{id}" });
        policies.GetProperty("policies").GetArrayLength().ShouldBe(1);

        var visit = await Fleet.VisitAsync(
            sdk, hub, done.GetProperty("certificatePem").GetString()!, done.GetProperty("privateKey").GetString()!, "lamp-1", "lamps/1");
        visit.Ok.ShouldBeTrue(visit.Error);
    }

    [Fact]
    public async Task Registry_48_a_device_keeps_its_key_and_sends_a_signing_request()
    {
        await Fleet.CreateTemplateAsync(hub, "own-key");
        var claim = await Fleet.ClaimAsync(hub, "claims-csr");
        using var openssl = new OpenSsl();
        await openssl.RequestAsync("device", "/CN=own");
        await using var sdk = DriverProcess.Start(Foreign.AwsSdk);
        var done = await Fleet.ProvisionAsync(sdk, hub, claim, "new-device-2", "own-key", new { Serial = "2" }, csr: openssl.Read("device.csr"));
        done.GetProperty("stage").GetString().ShouldBe("done", done.ToString());
        done.TryGetProperty("privateKey", out _).ShouldBeFalse();
        done.GetProperty("deviceConfiguration").GetProperty("Url").GetString().ShouldBe("mqtts://below");
        var visit = await Fleet.VisitAsync(sdk, hub, done.GetProperty("certificatePem").GetString()!, openssl.Read("device.key"), "lamp-2", "lamps/2");
        visit.Ok.ShouldBeTrue(visit.Error);
        var bad = await Fleet.ProvisionAsync(sdk, hub, claim, "new-device-2b", "own-key", new { Serial = "2" }, csr: "no request");
        Refused(bad, "create", 400, "InvalidRequest");
    }

    [Fact]
    public async Task Provisioning_is_refused_with_a_code_and_a_sentence()
    {
        await Fleet.CreateTemplateAsync(hub, "refusing");
        await Fleet.CreateTemplateAsync(hub, "disabled", enabled: false);
        var claim = await Fleet.ClaimAsync(hub, "claims-refused");
        var other = await Fleet.ClaimAsync(hub, "claims-refused");
        await using var sdk = DriverProcess.Start(Foreign.AwsSdk);
        Refused(await ProvisionAsync("refusing", new { Room = "attic" }), "provision", 400, "InvalidRequest");
        Refused(await ProvisionAsync("refusing", new { Serial = "3", Room = "moon" }), "provision", 400, "InvalidRequest");
        Refused(await ProvisionAsync("nowhere", new { Serial = "3" }), "provision", 404, "ResourceNotFound");
        Refused(await ProvisionAsync("disabled", new { Serial = "3" }), "provision", 400, "InvalidRequest");
        Refused(await ProvisionAsync("refusing", new { Serial = "3" }, token: "AAAA"), "provision", 400, "InvalidCertificateOwnershipToken");
        await hub.Boto3.RefusedAsync("ResourceNotFoundException", 404, "DescribeThing", new { thingName = "lamp-3" });

        // A token is for who asked, and for once.
        var mine = await ProvisionAsync("refusing", new { Serial = "bad name" });
        Refused(mine, "provision", 400, "InvalidRequest");
        var token = mine.GetProperty("certificateOwnershipToken").GetString();
        var theirs = await Fleet.ProvisionAsync(sdk, hub, other, "new-device-3b", "refusing", new { Serial = "3" }, token: token);
        Refused(theirs, "provision", 400, "InvalidCertificateOwnershipToken");
        (await ProvisionAsync("refusing", new { Serial = "3" }, token)).GetProperty("stage").GetString().ShouldBe("done");
        Refused(await ProvisionAsync("refusing", new { Serial = "3" }, token), "provision", 400, "InvalidCertificateOwnershipToken");

        Task<JsonElement> ProvisionAsync(string template, object parameters, string? token = null) =>
            Fleet.ProvisionAsync(sdk, hub, claim, "new-device-3", template, parameters, token: token);
    }

    [Fact]
    public async Task A_refused_provisioning_leaves_nothing_behind()
    {
        await Fleet.CreateTemplateAsync(hub, "halfway");
        await hub.JavaScript.IotAsync("CreateThing", new { thingName = "lamp-half" });
        await hub.JavaScript.IotAsync("UpdateThing", new { thingName = "lamp-half", attributePayload = new { attributes = new { a = "1", b = "2", c = "3" } } });
        var claim = await Fleet.ClaimAsync(hub, "claims-half");
        await using var sdk = DriverProcess.Start(Foreign.AwsSdk);
        // A fourth attribute without a type: the certificate is active and the policy attached by then.
        var refused = await Fleet.ProvisionAsync(sdk, hub, claim, "new-device-4", "halfway", new { Serial = "half" });
        Refused(refused, "provision", 400, "InvalidRequest");
        var id = refused.GetProperty("certificateId").GetString();
        var certificate = await hub.Boto3.IotAsync("DescribeCertificate", new { certificateId = id });
        certificate.GetProperty("certificateDescription").GetProperty("status").GetString().ShouldBe("PENDING_ACTIVATION");
        var policies = await hub.Boto3.IotAsync("ListAttachedPolicies", new { target = $"arn:aws:iot:us-east-1:123456789012:cert/{id}" });
        policies.GetProperty("policies").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_trusted_user_hands_out_a_claim_that_is_in_no_list()
    {
        await Fleet.CreateTemplateAsync(hub, "trusted");
        foreach (var api in new[] { hub.Boto3, hub.JavaScript })
        {
            var made = await api.IotAsync("CreateProvisioningClaim", new { templateName = "trusted" });
            var claim = new Claim(
                made.GetProperty("certificateId").GetString()!, made.GetProperty("certificatePem").GetString()!,
                made.GetProperty("keyPair").GetProperty("PrivateKey").GetString()!);
            made.GetProperty("expiration").GetDouble().ShouldBeInRange(
                DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 200, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 310);
            var listed = await hub.Boto3.PagesAsync("ListCertificates", "certificates", 100);
            listed.ShouldNotContain(one => one.GetProperty("certificateId").GetString() == claim.CertificateId);
            await using var sdk = DriverProcess.Start(Foreign.AwsSdk);
            var done = await Fleet.ProvisionAsync(sdk, hub, claim, $"new-device-{claim.CertificateId[..8]}", "trusted", new { Serial = claim.CertificateId[..8] });
            done.GetProperty("stage").GetString().ShouldBe("done", done.ToString());
            await api.RefusedAsync("ResourceNotFoundException", 404, "CreateProvisioningClaim", new { templateName = "nothing-here" });
        }
    }

    internal static void Refused(JsonElement answer, string stage, int status, string code)
    {
        answer.GetProperty("stage").GetString().ShouldBe(stage, answer.ToString());
        answer.GetProperty("statusCode").GetInt32().ShouldBe(status, answer.ToString());
        answer.GetProperty("errorCode").GetString().ShouldBe(code, answer.ToString());
        answer.GetProperty("errorMessage").GetString().ShouldNotBeNullOrEmpty();
    }
}
