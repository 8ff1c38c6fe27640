using System.Text.Json;
using Fairlead.Interop.Aws.Certificates;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Provisioning;

/// <summary>Devices whose certificates register themselves are provisioned by what stands in their subject (spec/aws-registry-and-policies, section 7).</summary>
public sealed class JustInTimeTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private static readonly string Template = JsonSerializer.Serialize(new
    {
        Parameters = new Dictionary<string, object>
        {
            ["AWS::IoT::Certificate::CommonName"] = new { Type = "String" },
            ["AWS::IoT::Certificate::SerialNumber"] = new { Type = "String" },
            ["AWS::IoT::Certificate::Country"] = new { Type = "String" },
            ["AWS::IoT::Certificate::Id"] = new { Type = "String" },
        },
        Resources = new
        {
            thing = new
            {
                Type = "AWS::IoT::Thing",
                Properties = new
                {
                    ThingName = new { Ref = "AWS::IoT::Certificate::CommonName" },
                    AttributePayload = new { serial = new { Ref = "AWS::IoT::Certificate::SerialNumber" }, country = new { Ref = "AWS::IoT::Certificate::Country" } },
                },
            },
            certificate = new { Type = "AWS::IoT::Certificate", Properties = new { CertificateId = new { Ref = "AWS::IoT::Certificate::Id" }, Status = "ACTIVE" } },
            policy = new { Type = "AWS::IoT::Policy", Properties = new { PolicyDocument = Fleet.DevicePolicy } },
        },
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Registry_23_first_connect_provisions_and_the_next_one_succeeds(bool byName)
    {
        using var openssl = new OpenSsl();
        await openssl.AuthorityAsync("ca", $"/CN=Factory {byName}");
        if (byName)
        {
            await hub.JavaScript.IotAsync("CreateProvisioningTemplate", new
            {
                templateName = "factory",
                templateBody = Template,
                provisioningRoleArn = Fleet.Role,
                type = "JITP",
                enabled = true,
            });
        }

        await hub.JavaScript.IotAsync("RegisterCACertificate", new
        {
            caCertificate = openssl.Read("ca.pem"),
            certificateMode = "SNI_ONLY",
            setAsActive = true,
            allowAutoRegistration = true,
            registrationConfig = byName ? (object)new { templateName = "factory", roleArn = Fleet.Role } : new { templateBody = Template, roleArn = Fleet.Role },
        });
        var name = $"jitp-{byName}";
        await openssl.IssueAsync("ca", "device", $"/C=DE/CN={name}/serialNumber=4711");
        await using var sdk = DriverProcess.Start(Foreign.AwsSdk);
        var first = await Fleet.VisitAsync(sdk, hub, openssl.Read("device.chain.pem"), openssl.Read("device.key"), name, "jitp/hello");
        first.Ok.ShouldBeFalse();
        var thing = await hub.Boto3.IotAsync("DescribeThing", new { thingName = name });
        thing.GetProperty("attributes").GetProperty("serial").GetString().ShouldBe("4711");
        thing.GetProperty("attributes").GetProperty("country").GetString().ShouldBe("DE");
        var certificate = await hub.Boto3.IotAsync("DescribeCertificate", new { certificateId = openssl.IdOf("device.pem") });
        certificate.GetProperty("certificateDescription").GetProperty("status").GetString().ShouldBe("ACTIVE");
        var second = await Fleet.VisitAsync(sdk, hub, openssl.Read("device.chain.pem"), openssl.Read("device.key"), name, "jitp/hello");
        second.Ok.ShouldBeTrue(second.Error);
        if (byName)
        {
            await hub.JavaScript.RefusedAsync("DeleteConflictException", 409, "DeleteProvisioningTemplate", new { templateName = "factory" });
        }

        // A certificate that lacks what the template asks for stays pending.
        await openssl.IssueAsync("ca", "poor", $"/CN=poor-{byName}");
        (await Fleet.VisitAsync(sdk, hub, openssl.Read("poor.chain.pem"), openssl.Read("poor.key"), $"poor-{byName}", "jitp/hello")).Ok.ShouldBeFalse();
        var pending = await hub.Boto3.IotAsync("DescribeCertificate", new { certificateId = openssl.IdOf("poor.pem") });
        pending.GetProperty("certificateDescription").GetProperty("status").GetString().ShouldBe("PENDING_ACTIVATION");
        await hub.Boto3.RefusedAsync("ResourceNotFoundException", 404, "DescribeThing", new { thingName = $"poor-{byName}" });
    }

    [Fact]
    public async Task Registration_with_a_template_that_could_provision_nobody_is_refused()
    {
        using var openssl = new OpenSsl();
        await openssl.AuthorityAsync("ca", "/CN=Broken Factory");
        await hub.JavaScript.IotAsync("CreateProvisioningTemplate", new { templateName = "no-jitp", templateBody = Fleet.Template, provisioningRoleArn = Fleet.Role });
        foreach (var (config, code, status) in new (object, string, int)[]
        {
            (new { templateBody = "{}" }, "InvalidRequestException", 400), (new { templateName = "no-jitp" }, "InvalidRequestException", 400),
            (new { templateName = "nothing" }, "ResourceNotFoundException", 404),
        })
        {
            await hub.JavaScript.RefusedAsync(code, status, "RegisterCACertificate", new
            {
                caCertificate = openssl.Read("ca.pem"),
                certificateMode = "SNI_ONLY",
                registrationConfig = config,
            });
        }
    }
}
