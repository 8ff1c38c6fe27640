using System.Text;
using Fairlead.Interop.Drivers;
using static Fairlead.Interop.Aws.Policies.GovernedDevice;

namespace Fairlead.Interop.Aws.Policies;

/// <summary>
/// The vectors of spec/aws-registry-and-policies, section 22, asked of TestAuthorization by boto3 and tried at the broker by a client with
/// a certificate. The client stays connected while its policy changes.
/// </summary>
public sealed class LiveVectorTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private const string Allowed = "ALLOWED";
    private const string Implicit = "IMPLICIT_DENY";
    private const string Explicit = "EXPLICIT_DENY";
    private const int NotAuthorized = 0x87;

    private static readonly string MayConnect = Statement("Allow", "Connect", "client/*");

    private static readonly (string Vector, string[] Statements, (string Action, string Name, string Expected)[] Requests)[] Vectors =
    [
        ("3", [Statement("Allow", "*", "*"), Statement("Deny", "Publish", "topic/secret/*")], [("PUBLISH", "secret/a", Explicit), ("PUBLISH", "secret", Allowed)]),
        ("4", [Statement("Allow", "Subscribe", "topicfilter/some/+/topic")], [("SUBSCRIBE", "some/+/topic", Allowed), ("SUBSCRIBE", "some/a/topic", Implicit)]),
        ("5", [Statement("Allow", "Subscribe", "topicfilter/some/*/topic")],
            [("SUBSCRIBE", "some/+/topic", Allowed), ("SUBSCRIBE", "some/a/topic", Allowed), ("SUBSCRIBE", "some/a/b/topic", Allowed), ("SUBSCRIBE", "some/#", Implicit)]),
        ("6", [Statement("Allow", "Subscribe", "topicfilter/a/*")], [("SUBSCRIBE", "a/#", Allowed), ("SUBSCRIBE", "a", Implicit)]),
        ("7", [Statement("Allow", "Subscribe", "topicfilter/a/#")], [("SUBSCRIBE", "a/#", Allowed), ("SUBSCRIBE", "a/b", Implicit)]),
        ("8", [Statement("Allow", "Publish", "topic/dev?")], [("PUBLISH", "dev1", Allowed), ("PUBLISH", "dev/", Allowed), ("PUBLISH", "dev", Implicit), ("PUBLISH", "dev12", Implicit)]),
        ("9", [Statement("Allow", "Subscribe", "topic/x")], [("SUBSCRIBE", "x", Implicit)]),
        ("10", [Statement("Allow", "pub*", "topic/a").Replace("iot:pub", "IOT:pub", StringComparison.Ordinal)], [("PUBLISH", "a", Allowed), ("PUBLISH", "A", Implicit)]),
        ("14", [Statement("Allow", "*", "*"), Statement("Deny", "Publish", "topic/${iot:Connection.Thing.ThingName}/bar")], [("PUBLISH", "x/bar", Allowed)]),
        ("16", [Statement("Allow", "Publish", "*", """{"StringNotEquals":{"iot:Certificate.Subject.Organization":"Evil"}}""")], [("PUBLISH", "a", Allowed)]),
        ("17", [Statement("Allow", "Publish", "*", """{"ForAllValues:StringEquals":{"iot:Certificate.Subject.Organization.List":["Example Corp"]}}""")], [("PUBLISH", "a", Allowed)]),
    ];

    [Fact]
    public async Task Registry_30_publish_and_subscribe_vectors_agree_with_TestAuthorization_and_apply_without_reconnecting()
    {
        await using var device = await GovernedDevice.MakeAsync(hub, MayConnect);
        var client = await device.ConnectAsync($"vectors-{Guid.NewGuid():N}"[..24]);
        foreach (var (vector, statements, requests) in Vectors)
        {
            await device.AllowAsync([MayConnect, .. statements]);
            foreach (var (action, name, expected) in requests)
            {
                var subscribes = action == "SUBSCRIBE";
                var result = await device.TestAsync(action, (subscribes ? "topicfilter/" : "topic/") + name);
                result.GetProperty("authDecision").GetString().ShouldBe(expected, $"vector {vector}: {action} {name}");
                var code = subscribes ? await client.SubscribeAsync(name, 1) : (await client.TryPublishAsync(name, "x", 1)).ReasonCode;
                (code < 0x80).ShouldBe(expected == Allowed, $"vector {vector}: {action} {name} was answered with {code}");
                if (expected != Allowed) code.ShouldBe(NotAuthorized);
            }
        }

        client.Disconnected.IsCompleted.ShouldBeFalse();
    }

    [Theory]
    [InlineData("1", "", "x", null, Implicit)]
    [InlineData("2", "client/dev1", "dev1", null, Allowed)]
    [InlineData("2", "client/dev1", "dev2", null, Implicit)]
    [InlineData("11", "client/${iot:Connection.Thing.ThingName}", "T-11", "T-11", Allowed)]
    [InlineData("11", "client/${iot:Connection.Thing.ThingName}", "U-11", "T-11b", Implicit)]
    [InlineData("12", "client/${iot:Connection.Thing.ThingName}", "U-12", "!T-12", Implicit)]
    [InlineData("13", "attached", "U-13", "!T-13", Allowed)]
    [InlineData("13", "attached", "U-13b", null, Implicit)]
    public async Task Registry_30_connect_vectors(string vector, string resource, string clientId, string? thing, string expected)
    {
        var statement = resource == "attached"
            ? Statement("Allow", "Connect", "client/*", """{"Bool":{"iot:Connection.Thing.IsAttached":["true"]}}""")
            : Statement("Allow", resource.Length == 0 ? "Publish" : "Connect", resource.Length == 0 ? "*" : resource);
        await using var device = await GovernedDevice.MakeAsync(hub, statement);
        if (thing is not null) await device.AttachThingAsync(thing.TrimStart('!'), thing[0] == '!');
        var result = await device.TestAsync("CONNECT", $"client/{clientId}", clientId);
        result.GetProperty("authDecision").GetString().ShouldBe(expected, $"vector {vector}");
        if (resource.Contains("ThingName", StringComparison.Ordinal) && thing == "T-11b")
            result.GetProperty("missingContextValues")[0].GetString().ShouldBe("iot:Connection.Thing.ThingName");
        (await device.TryConnectAsync(clientId)).Connected.ReasonCode.ShouldBe(expected == Allowed ? 0 : NotAuthorized);
        (await device.TryConnectAsync(clientId, Foreign.Paho, 4)).Connected.ReasonCode.ShouldBe(expected == Allowed ? 0 : 5);
    }

    [Fact]
    public async Task Registry_32_vectors_15_18_and_19_at_the_broker()
    {
        await using var device = await GovernedDevice.MakeAsync(hub, MayConnect, Statement("Allow", "Subscribe", "topicfilter/my/${iot:ClientId}/topic"));
        (await (await device.ConnectAsync("*")).SubscribeAsync("my/other/topic", 0)).ShouldBe(NotAuthorized);
        (await (await device.ConnectAsync("+")).SubscribeAsync("my/+/topic", 0)).ShouldBe(0);
        await device.AllowAsync(
            Statement("Allow", "Connect", "*", $$$"""{"ArnEquals":{"iot:LastWillTopic":"{{{Scope}}}topic/my/will"}}"""), Statement("Allow", "Publish", "topic/my/*"));
        (await device.TryConnectAsync("v18", settings: WithWill("my/will"))).Connected.ReasonCode.ShouldBe(0);
        (await device.TryConnectAsync("v18", settings: WithWill("my/other"))).Connected.ReasonCode.ShouldBe(NotAuthorized);
        (await device.TryConnectAsync("v18")).Connected.ReasonCode.ShouldBe(NotAuthorized);
        await device.AllowAsync(Statement("Allow", "Connect", "*", """{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}"""));
        (await device.TryConnectAsync("v19")).Connected.ReasonCode.ShouldBe(0);
        await device.AllowAsync(Statement("Allow", "Connect", "*", """{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"""));
        (await device.TryConnectAsync("v19")).Connected.ReasonCode.ShouldBe(NotAuthorized);
        (await device.TestAsync("CONNECT", "client/v19", "v19")).GetProperty("missingContextValues")[0].GetString().ShouldBe("aws:SourceIp");
    }

    [Theory]
    [InlineData(null, "1111")]
    [InlineData("""{"ForAllValues:StringEquals":{"iot:ConnectAttributes":["PersistentConnect"]}}""", "1100")]
    [InlineData("""{"ForAllValues:StringNotEquals":{"iot:ConnectAttributes":["PersistentConnect"]}}""", "1010")]
    [InlineData("""{"ForAnyValue:StringEquals":{"iot:ConnectAttributes":["PersistentConnect"]}}""", "0101")]
    [InlineData("""{"ForAllValues:StringEquals":{"iot:ConnectAttributes":["PersistentConnect","LastWill"]}}""", "1111")]
    [InlineData("""{"ForAllValues:StringEquals":{"iot:ConnectAttributes":[]}}""", "1000")]
    public async Task Registry_32_connect_attributes_at_the_broker(string? condition, string expected)
    {
        await using var device = await GovernedDevice.MakeAsync(hub, Statement("Allow", "Connect", "*", condition), Statement("Allow", "Publish", "*"));
        foreach (var version in new[] { 4, 5 })
        {
            var answers = "";
            foreach (var (persistent, will) in new[] { (false, false), (true, false), (false, true), (true, true) })
            {
                var settings = (will ? WithWill("w") : new ConnectSettings()) with { Clean = !persistent, SessionExpiry = persistent && version == 5 ? 60 : null };
                answers += (await device.TryConnectAsync($"attributes-{version}", Foreign.Paho, version, settings)).Connected.Ok ? '1' : '0';
            }

            answers.ShouldBe(expected);
        }

        if (condition is not null) return;
        (await device.TestAsync("CONNECT", "client/x", "x")).GetProperty("authDecision").GetString().ShouldBe(Allowed);
    }

    [Fact]
    public async Task Registry_35_a_retained_publish_needs_both_actions()
    {
        await using var device = await GovernedDevice.MakeAsync(hub, MayConnect, Statement("Allow", "Publish", "topic/retain/*"));
        var client = await device.ConnectAsync("retainer", Foreign.Paho, 4);
        await client.PublishAsync("retain/a", "x", 1);
        await device.AllowAsync(MayConnect, Statement("Allow", "Publish", "topic/retain/*"), Statement("Allow", "RetainPublish", "topic/retain/b"));
        await client.PublishAsync("retain/b", "x", 1, retain: true);
        _ = client.TryPublishAsync("retain/a", "x", 1);
        var five = await device.ConnectAsync("retainer5");
        await five.PublishAsync("retain/b", "", 1, retain: true);
        // Vector 21: with MQTT 5 the answer tells.
        var denied = await five.Driver.RequestAsync("publish", five.Name, new { topic = "retain/a", payload = Encoding.UTF8.GetBytes("x"), qos = 1, retain = true });
        denied.ReasonCode.ShouldBe(NotAuthorized);
    }

    [Fact]
    public async Task Registry_37_what_may_not_be_received_is_not_delivered_and_the_switch_works_without_disconnect()
    {
        var topic = $"receive/{Guid.NewGuid():N}";
        await using var device = await GovernedDevice.MakeAsync(hub, MayConnect, Statement("Allow", "Subscribe", "topicfilter/*"), Statement("Allow", "Publish", "topic/*"));
        var client = await device.ConnectAsync("receiver", Foreign.Paho, 4);
        (await client.SubscribeAsync(topic, 1)).ShouldBe(1); // vector 23
        (await client.SubscribeAsync($"{topic}/open", 1)).ShouldBe(1);
        await client.PublishAsync(topic, "unseen", 1);
        await device.AllowAsync(MayConnect, Statement("Allow", "Publish", "topic/*"), Statement("Allow", "Receive", "topic/*"));
        await client.PublishAsync(topic, "seen", 1);
        (await client.NextAsync()).Text.ShouldBe("seen");
        await device.AllowAsync(MayConnect, Statement("Allow", "Publish", "topic/*"), Statement("Allow", "Receive", $"topic/{topic}/open"));
        await client.PublishAsync(topic, "unseen again", 1);
        await client.PublishAsync($"{topic}/open", "end", 1);
        (await client.NextAsync()).Text.ShouldBe("end");
    }

    private static ConnectSettings WithWill(string topic) => new() { Will = new Will(topic, [1], 0) };
}
