using System.Net;
using System.Text;
using System.Text.Json;
using Fairlead.Interop.Drivers;
using static Fairlead.Interop.Aws.Policies.GovernedDevice;

namespace Fairlead.Interop.Aws.Policies;

/// <summary>Policies of groups, callers of the HTTP API, and what explains them.</summary>
public sealed class GroupPolicyTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public async Task Registry_29_a_policy_of_a_parent_group_lets_a_device_in_whose_thing_is_in_a_child_group()
    {
        var name = $"g{Guid.NewGuid():N}"[..12];
        await using var device = await GovernedDevice.MakeAsync(hub, Statement("Allow", "Publish", "topic/own"));
        await device.AttachThingAsync(name);
        await hub.Boto3.IotAsync("CreateThingGroup", new { thingGroupName = $"{name}-root" });
        await hub.Boto3.IotAsync("CreateThingGroup", new { thingGroupName = $"{name}-leaf", parentGroupName = $"{name}-root" });
        await hub.Boto3.IotAsync("CreatePolicy", new { policyName = $"{name}-group", policyDocument = Document(Statement("Allow", "Connect", "client/*")) });
        var root = $"{Scope}thinggroup/{name}-root";
        await hub.Boto3.IotAsync("AttachPolicy", new { policyName = $"{name}-group", target = root });
        (await device.TryConnectAsync(name)).Connected.Ok.ShouldBeFalse();
        await hub.Boto3.IotAsync("AddThingToThingGroup", new { thingGroupName = $"{name}-leaf", thingName = name });
        (await device.TryConnectAsync(name)).Connected.Ok.ShouldBeTrue();
        (await device.TryConnectAsync($"{name}-other")).Connected.Ok.ShouldBeFalse("without association group policies have no effect");

        Names(await hub.Boto3.IotAsync("GetEffectivePolicies", new { principal = device.Arn, thingName = name }), "effectivePolicies").ShouldBe([device.Policy, $"{name}-group"]);
        Names(await hub.Boto3.IotAsync("GetEffectivePolicies", new { principal = device.Arn }), "effectivePolicies").ShouldBe([device.Policy]);
        await hub.Boto3.RefusedAsync("ResourceNotFoundException", 404, "GetEffectivePolicies", new { thingName = "nothing-of-that-name" });
        await hub.Boto3.RefusedAsync("InvalidRequestException", 400, "GetEffectivePolicies", new { });
        var leaf = $"{Scope}thinggroup/{name}-leaf";
        Names(await hub.Boto3.IotAsync("ListAttachedPolicies", new { target = leaf }), "policies").ShouldBeEmpty();
        Names(await hub.Boto3.IotAsync("ListAttachedPolicies", new { target = leaf, recursive = true }), "policies").ShouldBe([$"{name}-group"]);
        Names(await hub.JavaScript.IotAsync("ListAttachedPolicies", new { target = device.Arn, recursive = true }), "policies").ShouldBe([device.Policy]);
        (await hub.JavaScript.IotAsync("ListTargetsForPolicy", new { policyName = $"{name}-group" })).GetProperty("targets")[0].GetString().ShouldBe(root);

        await ExplainAsync(device, name, root);
    }

    [Fact]
    public async Task Registry_28_a_group_takes_two_policies()
    {
        var name = $"two{Guid.NewGuid():N}"[..12];
        await hub.Boto3.IotAsync("CreateThingGroup", new { thingGroupName = name });
        for (var i = 0; i < 3; i++)
        {
            await hub.Boto3.IotAsync("CreatePolicy", new { policyName = $"{name}-{i}", policyDocument = PolicyTests.Anything });
            var parameters = new { policyName = $"{name}-{i}", target = $"{Scope}thinggroup/{name}" };
            if (i < 2) await hub.Boto3.IotAsync("AttachPolicy", parameters);
            else await hub.Boto3.RefusedAsync("LimitExceededException", 410, "AttachPolicy", parameters);
        }
    }

    [Fact]
    public async Task Registry_30_TestAuthorization_names_policies_adds_and_skips_them_and_checks_its_input()
    {
        await using var device = await GovernedDevice.MakeAsync(hub, Statement("Allow", "Publish", "topic/a"));
        var deny = $"deny-{Guid.NewGuid():N}";
        await hub.JavaScript.IotAsync("CreatePolicy", new { policyName = deny, policyDocument = PolicyTests.Nothing });
        var question = new[] { new { actionType = "PUBLISH", resources = new[] { $"{Scope}topic/a" } } };
        foreach (var api in new[] { hub.Boto3, hub.JavaScript })
        {
            var plain = (await api.IotAsync("TestAuthorization", new { principal = device.Arn, authInfos = question })).GetProperty("authResults")[0];
            plain.GetProperty("authDecision").GetString().ShouldBe("ALLOWED");
            Names(plain.GetProperty("allowed"), "policies").ShouldBe([device.Policy]);
            var denied = (await api.IotAsync("TestAuthorization", new { principal = device.Arn, authInfos = question, policyNamesToAdd = new[] { deny } })).GetProperty("authResults")[0];
            denied.GetProperty("authDecision").GetString().ShouldBe("EXPLICIT_DENY");
            Names(denied.GetProperty("denied").GetProperty("explicitDeny"), "policies").ShouldBe([deny]);
            var skipped = (await api.IotAsync("TestAuthorization", new { principal = device.Arn, authInfos = question, policyNamesToSkip = new[] { device.Policy } })).GetProperty("authResults")[0];
            skipped.GetProperty("authDecision").GetString().ShouldBe("IMPLICIT_DENY");
            var other = new[] { new { actionType = "RECEIVE", resources = new[] { $"{Scope}topic/a" } } };
            var silent = (await api.IotAsync("TestAuthorization", new { principal = device.Arn, authInfos = other })).GetProperty("authResults")[0];
            Names(silent.GetProperty("denied").GetProperty("implicitDeny"), "policies").ShouldBe([device.Policy]);
            await api.RefusedAsync("ResourceNotFoundException", 404, "TestAuthorization", new { principal = device.Arn, authInfos = question, policyNamesToAdd = new[] { "no-such-policy" } });
            await api.RefusedAsync("ResourceNotFoundException", 404, "TestAuthorization", new { principal = $"{Scope}cert/{new string('0', 64)}", authInfos = question });
        }

        await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "TestAuthorization", new { principal = device.Arn, authInfos = Array.Empty<object>() });
    }

    [Fact]
    public async Task Registry_43_devices_call_the_data_plane_by_their_policies()
    {
        await using var device = await GovernedDevice.MakeAsync(
            hub, Statement("Allow", "SendDirectMessage", "client/*", """{"StringLike":{"iot:Topic":"commands/*"}}"""), Statement("Allow", "GetThingShadow", "thing/T22"));
        await using var target = await GovernedDevice.MakeAsync(hub, Statement("Allow", "Connect", "*"), Statement("Allow", "Receive", "topic/commands/reboot"));
        var client = await target.ConnectAsync("direct-target", Foreign.Paho, 4);
        using var http = Https(device.Kit);
        (await DirectAsync(http, "commands/reboot")).ShouldBe(HttpStatusCode.OK);
        (await client.NextAsync()).Topic.ShouldBe("commands/reboot");
        (await DirectAsync(http, "x")).ShouldBe(HttpStatusCode.Forbidden, "the sender may not");
        (await DirectAsync(http, "commands/stop")).ShouldBe(HttpStatusCode.Forbidden, "the receiver may not");
        (await ShadowAsync(http, "T22", null)).ShouldBe(HttpStatusCode.NotFound, "it may, but there is none");
        (await ShadowAsync(http, "T22", "cfg")).ShouldBe(HttpStatusCode.Forbidden);
    }

    private static HttpClient Https(DeviceKit kit)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        var certificate = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(kit.Certificate, kit.PrivateKey);
        handler.SslOptions.ClientCertificates = [certificate];
        handler.SslOptions.CertificateChainPolicy = new System.Security.Cryptography.X509Certificates.X509ChainPolicy
        {
            TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
            RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(kit.RootCa);
        return new HttpClient(handler);
    }

    private static string[] Names(JsonElement answer, string member) =>
        [.. answer.GetProperty(member).EnumerateArray().Select(static policy => policy.GetProperty("policyName").GetString()!)];

    private async Task<HttpStatusCode> DirectAsync(HttpClient http, string topic)
    {
        using var body = new StringContent("now");
        using var answer = await http.PostAsync(new Uri(hub.Https, $"connections/direct-target/messages?topic={Uri.EscapeDataString(topic)}"), body);
        if (answer.StatusCode == HttpStatusCode.Forbidden) answer.Headers.GetValues("x-amzn-ErrorType").ShouldBe(["ForbiddenException"]);
        return answer.StatusCode;
    }

    private async Task<HttpStatusCode> ShadowAsync(HttpClient http, string thing, string? shadow)
    {
        using var answer = await http.GetAsync(new Uri(hub.Https, $"things/{thing}/shadow{(shadow is null ? "" : $"?name={shadow}")}"));
        if (answer.StatusCode == HttpStatusCode.Forbidden) answer.Headers.GetValues("x-amzn-ErrorType").ShouldBe(["ForbiddenException"]);
        return answer.StatusCode;
    }

    private async Task ExplainAsync(GovernedDevice device, string thing, string root)
    {
        var allowed = await ExplainAsync(new { thing, action = "Connect" });
        allowed.GetProperty("decision").GetString().ShouldBe("ALLOWED");
        allowed.GetProperty("policy").GetString().ShouldBe($"{thing}-group");
        allowed.GetProperty("statement").GetString().ShouldBe("statement 1");
        allowed.GetProperty("policies").EnumerateArray().First(policy => policy.GetProperty("policyName").GetString() == $"{thing}-group")
            .GetProperty("attachedTo")[0].GetString().ShouldBe(root);
        var denied = await ExplainAsync(new { certificateId = device.Kit.CertificateId, clientId = "x", action = "iot:Publish", topic = "other" });
        denied.GetProperty("decision").GetString().ShouldBe("IMPLICIT_DENY");
        denied.GetProperty("detail").GetString().ShouldBe($"policy {device.Policy} allows topic/own");
        await device.AllowAsync(Statement("Allow", "Publish", "topic/${iot:Connection.Thing.ThingName}"));
        var missing = await ExplainAsync(new { certificateId = device.Kit.CertificateId, clientId = "x", action = "publish", resource = "topic/x" });
        missing.GetProperty("missingVariables")[0].GetString().ShouldBe("iot:Connection.Thing.ThingName");
        using var nobody = await hub.Administrator.PostAsync("/v1/explain", new StringContent("""{"clientId":"nobody-here","action":"Publish","topic":"a"}""", Encoding.UTF8));
        nobody.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<JsonElement> ExplainAsync(object question)
    {
        using var answer = await hub.Administrator.PostAsync("/v1/explain", new StringContent(JsonSerializer.Serialize(question), Encoding.UTF8));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
