using System.Text.Json;
using Fairlead.Interop.Aws.Certificates;

namespace Fairlead.Interop.Aws.Provisioning;

/// <summary>RegisterThing: a template run at once, by whoever may (spec/aws-registry-and-policies, section 11.1).</summary>
public sealed class RegisterThingTests(AwsHub hub) : IClassFixture<AwsHub>
{
    public static TheoryData<AwsTool> Tools => [AwsTool.Boto3, AwsTool.JavaScript];

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task RegisterThing_makes_thing_certificate_groups_and_policies_from_a_template(AwsTool tool)
    {
        var api = tool == AwsTool.Boto3 ? hub.Boto3 : hub.JavaScript;
        var (name, group, policy, type) = ($"pump-{tool}", $"pumps-{tool}", $"pump-policy-{tool}", $"pump-type-{tool}");
        await api.IotAsync("CreateThingGroup", new { thingGroupName = group });
        await api.IotAsync("CreateThingType", new { thingTypeName = type });
        await api.IotAsync("CreatePolicy", new { policyName = policy, policyDocument = Fleet.DevicePolicy });
        using var openssl = new OpenSsl();
        await openssl.RequestAsync("device", "/CN=pump");
        var answer = await api.IotAsync("RegisterThing", new
        {
            templateBody = Template(new { CertificateSigningRequest = new { Ref = "CSR" } }, policy, group, type),
            parameters = new Dictionary<string, string> { ["Name"] = name, ["CSR"] = openssl.Read("device.csr") },
        });
        answer.GetProperty("certificatePem").GetString()!.ShouldStartWith("-----BEGIN CERTIFICATE-----");
        var arns = answer.GetProperty("resourceArns");
        arns.GetProperty("thing").GetString().ShouldBe($"arn:aws:iot:us-east-1:123456789012:thing/{name}");
        arns.GetProperty("named").GetString().ShouldBe($"arn:aws:iot:us-east-1:123456789012:policy/{policy}");
        var certificate = arns.GetProperty("certificate").GetString()!;
        var thing = await api.IotAsync("DescribeThing", new { thingName = name });
        thing.GetProperty("thingTypeName").GetString().ShouldBe(type);
        thing.GetProperty("attributes").GetProperty("part").GetString().ShouldBe("two");
        var groups = await api.IotAsync("ListThingGroupsForThing", new { thingName = name });
        groups.GetProperty("thingGroups")[0].GetProperty("groupName").GetString().ShouldBe(group);
        (await api.IotAsync("ListThingPrincipals", new { thingName = name })).GetProperty("principals")[0].GetString().ShouldBe(certificate);
        (await api.IotAsync("ListAttachedPolicies", new { target = certificate })).GetProperty("policies").GetArrayLength().ShouldBe(2);

        // Once more with the certificate that is there: nothing doubles, and what exists is left alone.
        var again = await api.IotAsync("RegisterThing", new
        {
            templateBody = Template(new { CertificateId = new { Ref = "Id" } }, policy, group, type),
            parameters = new Dictionary<string, string> { ["Name"] = name, ["Id"] = certificate.Split('/')[1] },
        });
        again.GetProperty("resourceArns").GetProperty("certificate").GetString().ShouldBe(certificate);
        (await api.IotAsync("ListThingPrincipals", new { thingName = name })).GetProperty("principals").GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task RegisterThing_tells_what_is_wrong_and_does_nothing(AwsTool tool)
    {
        var api = tool == AwsTool.Boto3 ? hub.Boto3 : hub.JavaScript;
        using var openssl = new OpenSsl();
        await openssl.RequestAsync("device", "/CN=pump");
        var csr = openssl.Read("device.csr");
        var name = $"none-{tool}";
        var body = Template(new { CertificateSigningRequest = new { Ref = "CSR" } }, "no-such-policy", "no-such-group", null);
        var missing = await api.RefusedAsync("InvalidRequestException", 400, "RegisterThing", new { templateBody = body });
        missing.Message!.ShouldContain("Name");
        var failed = await api.RefusedAsync("ResourceRegistrationFailureException", 400, "RegisterThing", new
        {
            templateBody = body,
            parameters = new Dictionary<string, string> { ["Name"] = name, ["CSR"] = csr },
        });
        failed.Message!.ShouldContain("no-such-policy");
        await api.RefusedAsync("ResourceNotFoundException", 404, "DescribeThing", new { thingName = name });
        await api.RefusedAsync("InvalidRequestException", 400, "RegisterThing", new { templateBody = "{}" });
        await api.RefusedAsync("InvalidRequestException", 400, "RegisterThing", new
        {
            templateBody = body,
            parameters = new Dictionary<string, string> { ["Name"] = name, ["CSR"] = "no request" },
        });

        await api.IotAsync("CreateThing", new { thingName = $"taken-{tool}", attributePayload = new { attributes = new { part = "one" } } });
        await api.IotAsync("CreatePolicy", new { policyName = $"taken-{tool}", policyDocument = Fleet.DevicePolicy });
        var strict = Template(new { CertificateSigningRequest = new { Ref = "CSR" } }, $"taken-{tool}", null, null, new { AttributePayload = "FAIL" });
        await api.RefusedAsync("ConflictingResourceUpdateException", 409, "RegisterThing", new
        {
            templateBody = strict,
            parameters = new Dictionary<string, string> { ["Name"] = $"taken-{tool}", ["CSR"] = csr },
        });
        (await api.IotAsync("ListThingPrincipals", new { thingName = $"taken-{tool}" })).GetProperty("principals").GetArrayLength().ShouldBe(0);
        (await api.IotAsync("ListTargetsForPolicy", new { policyName = $"taken-{tool}" })).GetProperty("targets").GetArrayLength().ShouldBe(0);
    }

    private static string Template(object certificate, string policy, string? group, string? type, object? overrides = null)
    {
        var properties = new Dictionary<string, object>
        {
            ["ThingName"] = new { Ref = "Name" },
            ["AttributePayload"] = new { part = new Dictionary<string, object> { ["Fn::Select"] = new object[] { 1, new Dictionary<string, object> { ["Fn::Split"] = new object[] { "/", "one/two" } } } } },
        };
        if (type is not null) properties["ThingTypeName"] = type;
        if (group is not null) properties["ThingGroups"] = new[] { group };
        var thing = new Dictionary<string, object> { ["Type"] = "AWS::IoT::Thing", ["Properties"] = properties };
        if (overrides is not null) thing["OverrideSettings"] = overrides;
        return JsonSerializer.Serialize(new
        {
            Parameters = new { Name = new { Type = "String" }, CSR = new { Type = "String", Default = "" }, Id = new { Type = "String", Default = "" } },
            Resources = new
            {
                thing,
                certificate = new { Type = "AWS::IoT::Certificate", Properties = certificate },
                named = new { Type = "AWS::IoT::Policy", Properties = new { PolicyName = policy } },
                written = new { Type = "AWS::IoT::Policy", Properties = new { PolicyDocument = Fleet.DevicePolicy } },
            },
        });
    }
}
