using System.Text.Json;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Provisioning;

/// <summary>What the tests of this folder share: templates, claims, and devices that provision themselves.</summary>
public static class Fleet
{
    public const string Role = "arn:aws:iam::123456789012:role/provisioning";

    /// <summary>What a device may do once it is provisioned.</summary>
    public const string DevicePolicy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}""";

    private const string ClaimPolicy = """
        {"Version":"2012-10-17","Statement":[
          {"Effect":"Allow","Action":"iot:Connect","Resource":"*"},
          {"Effect":"Allow","Action":["iot:Publish","iot:Receive"],"Resource":["arn:aws:iot:us-east-1:123456789012:topic/$aws/certificates/*","arn:aws:iot:us-east-1:123456789012:topic/$aws/provisioning-templates/*"]},
          {"Effect":"Allow","Action":"iot:Subscribe","Resource":["arn:aws:iot:us-east-1:123456789012:topicfilter/$aws/certificates/*","arn:aws:iot:us-east-1:123456789012:topicfilter/$aws/provisioning-templates/*"]}]}
        """;

    /// <summary>A template that makes a thing <c>lamp-SERIAL</c> with attribute, policy and configuration.</summary>
    public static string Template { get; } = JsonSerializer.Serialize(new
    {
        Parameters = new Dictionary<string, object>
        {
            ["Serial"] = new { Type = "String" },
            ["Room"] = new { Type = "String", Default = "cellar" },
            ["AWS::IoT::Certificate::Id"] = new { Type = "String" },
        },
        Mappings = new { Hosts = new { cellar = new { Url = "mqtts://below" }, attic = new { Url = "mqtts://above" } } },
        Resources = new
        {
            thing = new
            {
                Type = "AWS::IoT::Thing",
                Properties = new
                {
                    ThingName = new Dictionary<string, object> { ["Fn::Sub"] = "lamp-${Serial}" },
                    AttributePayload = new { room = new { Ref = "Room" } },
                },
                OverrideSettings = new { AttributePayload = "MERGE" },
            },
            certificate = new { Type = "AWS::IoT::Certificate", Properties = new { CertificateId = new { Ref = "AWS::IoT::Certificate::Id" }, Status = "Active" } },
            policy = new { Type = "AWS::IoT::Policy", Properties = new { PolicyDocument = DevicePolicy } },
        },
        DeviceConfiguration = new
        {
            Url = new Dictionary<string, object> { ["Fn::FindInMap"] = new object[] { "Hosts", new { Ref = "Room" }, "Url" } },
            Fixed = "yes",
        },
    });

    /// <summary>Creates a template that is enabled.</summary>
    public static Task<JsonElement> CreateTemplateAsync(AwsHub hub, string name, string? hook = null, bool enabled = true) =>
        hub.JavaScript.IotAsync("CreateProvisioningTemplate", new
        {
            templateName = name,
            templateBody = Template,
            provisioningRoleArn = Role,
            enabled,
            preProvisioningHook = hook is null ? null : new { targetArn = hook },
        });

    /// <summary>A claim certificate as fleets ship it: registered, with a policy for provisioning alone.</summary>
    public static async Task<Claim> ClaimAsync(AwsHub hub, string policy)
    {
        await hub.JavaScript.SendAsync("iot", "CreatePolicy", new { policyName = policy, policyDocument = ClaimPolicy });
        var made = await hub.JavaScript.IotAsync("CreateKeysAndCertificate", new { setAsActive = true });
        await hub.JavaScript.IotAsync("AttachPolicy", new { policyName = policy, target = made.GetProperty("certificateArn").GetString() });
        return new Claim(
            made.GetProperty("certificateId").GetString()!, made.GetProperty("certificatePem").GetString()!,
            made.GetProperty("keyPair").GetProperty("PrivateKey").GetString()!);
    }

    /// <summary>Lets the AWS SDK provision a device; the answer carries the service's members.</summary>
    public static async Task<JsonElement> ProvisionAsync(
        DriverProcess sdk, AwsHub hub, Claim claim, string clientId, string template, object parameters, string? csr = null, string? token = null)
    {
        var answer = await sdk.RequestAsync("provision", clientId, new
        {
            host = "localhost",
            port = hub.Hub.Listener("mqtts").Port,
            ca = hub.Ca,
            certPem = claim.CertificatePem,
            keyPem = claim.PrivateKey,
            clientId,
            template,
            // Names of parameters stay as they are.
            parameters = JsonSerializer.SerializeToNode(parameters),
            csr,
            token,
        });
        answer.Ok.ShouldBeTrue($"{answer.Error}\n{string.Join('\n', hub.Hub.Log.Split('\n').TakeLast(20))}");
        return answer.Properties;
    }

    /// <summary>Connects with a certificate and publishes.</summary>
    public static Task<Answer> VisitAsync(DriverProcess sdk, AwsHub hub, string certificatePem, string privateKey, string clientId, string topic) =>
        sdk.RequestAsync("visit", clientId, new
        {
            host = "localhost",
            port = hub.Hub.Listener("mqtts").Port,
            ca = hub.Ca,
            certPem = certificatePem,
            keyPem = privateKey,
            clientId,
            topic,
        });
}

/// <summary>A certificate with its key.</summary>
public sealed record Claim(string CertificateId, string CertificatePem, string PrivateKey);
