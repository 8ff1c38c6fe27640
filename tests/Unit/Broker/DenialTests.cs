using Fairlead.Broker;
using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Broker;

/// <summary>What clients that policies govern see of a denial (spec/aws-registry-and-policies, section 19), whatever the profile.</summary>
public sealed class DenialTests
{
    private const byte NotAuthorized = 0x87;

    private static readonly BrokerOptions Standard = new() { SystemTopicInterval = TimeSpan.Zero };

    public static TheoryData<BrokerProfile> Profiles => new(BrokerProfile.Standard, BrokerProfile.Aws);

    [Theory]
    [InlineData(ProtocolVersion.V311, 5, false)]
    [InlineData(ProtocolVersion.V311, 5, true)]
    [InlineData(ProtocolVersion.V5, NotAuthorized, false)]
    [InlineData(ProtocolVersion.V5, NotAuthorized, true)]
    public async Task Registry_41_connect_is_refused_for_the_client_and_for_its_will(ProtocolVersion version, byte code, bool will)
    {
        var authorizer = will ? new DenyingAuthorizer().Deny(AccessAction.Publish, "will") : new DenyingAuthorizer().Deny(AccessAction.Connect, "c");
        await using var fixture = new BrokerFixture(Standard, authorizer: authorizer);
        var client = await ConnectAsync(fixture, version, will: will);
        var (header, body) = await client.ReadAsync();
        (header.Type, body[1]).ShouldBe((PacketType.ConnAck, code));
        await client.ShouldBeClosedAsync();
        fixture.Broker.Counters.Authorization(will ? AccessAction.Publish : AccessAction.Connect, allowed: false).ShouldBe(1);
    }

    [Fact]
    public async Task Registry_34_a_retained_will_needs_both_actions()
    {
        await using var fixture = new BrokerFixture(Standard, authorizer: new DenyingAuthorizer().Deny(AccessAction.RetainPublish, "will"));
        var client = await ConnectAsync(fixture, ProtocolVersion.V5, will: true);
        (await client.ReadAsync()).Body[1].ShouldBe((byte)0);
        client = await ConnectAsync(fixture, ProtocolVersion.V5, will: true, retain: true);
        (await client.ReadAsync()).Body[1].ShouldBe(NotAuthorized);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task Registry_41_a_denied_publish(BrokerProfile profile)
    {
        var options = BrokerOptions.ForProfile(profile) with { SystemTopicInterval = TimeSpan.Zero };
        await using var fixture = new BrokerFixture(options, authorizer: new DenyingAuthorizer().Deny(AccessAction.Publish, "no").Deny(AccessAction.RetainPublish, "kept"));
        foreach (var (topic, retain) in new[] { ("no", false), ("kept", true) })
        {
            foreach (var qos in new[] { QualityOfService.AtMostOnce, QualityOfService.AtLeastOnce })
            {
                var three = await fixture.ConnectAsync("three", ProtocolVersion.V311);
                await three.PublishAsync(new PublishPacket { Topic = topic, Retain = retain, QoS = qos, PacketId = (ushort)qos });
                await three.ShouldBeClosedAsync();
            }

            var five = await fixture.ConnectAsync("five");
            await five.PublishAsync(new PublishPacket { Topic = topic, Retain = retain, QoS = QualityOfService.AtLeastOnce, PacketId = 7 });
            var (header, body) = await five.ReadAsync();
            (header.Type, body[2]).ShouldBe((PacketType.PubAck, NotAuthorized));
            Reason(body, 4).ShouldStartWith($"PUBACK: not authorized: iot:{(retain ? "RetainPublish" : "Publish")} on topic/{topic}");
            await five.PublishAsync(new PublishPacket { Topic = topic, Retain = retain });
            (header, body) = await five.ReadAsync();
            (header.Type, body[0]).ShouldBe((PacketType.Disconnect, NotAuthorized));
            Reason(body, 2).ShouldStartWith("DISCONNECT: not authorized");
        }
    }

    [Fact]
    public async Task Registry_42_no_reason_string_when_problem_information_is_declined()
    {
        await using var fixture = new BrokerFixture(Standard, authorizer: new DenyingAuthorizer().Deny(AccessAction.Publish, "no").Deny(AccessAction.Subscribe, "no"));
        var client = await ConnectAsync(fixture, ProtocolVersion.V5, problems: false);
        await client.ReadAsync();
        await client.PublishAsync(new PublishPacket { Topic = "no", QoS = QualityOfService.AtLeastOnce, PacketId = 7 });
        (await client.ReadAsync()).Body.ShouldBe([0, 7, NotAuthorized]);
        await SubscribeAsync(client, "no");
        (await client.ReadAsync()).Body.ShouldBe([0, 3, 0, NotAuthorized]);
        await client.PublishAsync(new PublishPacket { Topic = "no" });
        (await client.ReadAsync()).Body.ShouldBe([NotAuthorized]);
        await using var closed = new BrokerFixture(Standard, authorizer: new DenyingAuthorizer().Deny(AccessAction.Connect, "c"));
        var refused = await ConnectAsync(closed, ProtocolVersion.V5, problems: false);
        (await refused.ReadAsync()).Body.ShouldBe([0, NotAuthorized, 0]);
    }

    [Fact]
    public async Task Registry_36_of_three_filters_one_is_refused_and_the_order_is_kept()
    {
        await using var fixture = new BrokerFixture(Standard, authorizer: new DenyingAuthorizer().Deny(AccessAction.Subscribe, "b").Deny(AccessAction.Subscribe, "$share/g/d"));
        var five = await fixture.ConnectAsync("five");
        await SubscribeAsync(five, "a", "b", "c", "$share/g/d");
        var body = (await five.ReadAsync()).Body;
        body[^4..].ShouldBe([1, NotAuthorized, 1, NotAuthorized]);
        Reason(body, 3).ShouldStartWith("SUBACK: b: not authorized: iot:Subscribe on topicfilter/b");
        var three = await fixture.ConnectAsync("three", ProtocolVersion.V311);
        await SubscribeAsync(three, "a", "b", "c");
        (await three.ReadAsync()).Body.ShouldBe([0, 3, 1, 0x80, 1]);
    }

    [Fact]
    public async Task Registry_41_by_settings_3_1_1_is_cut_off_and_wildcards_in_client_identifiers_are_refused()
    {
        var options = Standard with { SilentConnectDenial = true, StrictV3Disconnect = true, RefuseWildcardClientIds = true };
        await using var fixture = new BrokerFixture(options, authorizer: new DenyingAuthorizer().Deny(AccessAction.Connect, "c").Deny(AccessAction.Subscribe, "b"));
        await (await ConnectAsync(fixture, ProtocolVersion.V311)).ShouldBeClosedAsync();
        (await (await ConnectAsync(fixture, ProtocolVersion.V5)).ReadAsync()).Body[1].ShouldBe(NotAuthorized);
        var three = await fixture.ConnectAsync("three", ProtocolVersion.V311);
        await SubscribeAsync(three, "a", "b");
        await three.ShouldBeClosedAsync();
        foreach (var id in new[] { "a+", "a#", "a*", "a/b" })
            (await (await ConnectAsync(fixture, ProtocolVersion.V5, clientId: id)).ReadAsync()).Body[1].ShouldBe((byte)ReasonCode.ClientIdentifierNotValid);
    }

    [Fact]
    public async Task Registry_37_receive_is_asked_when_a_message_is_sent_live_retained_or_queued()
    {
        var authorizer = new DenyingAuthorizer();
        await using var fixture = new BrokerFixture(Standard, authorizer: authorizer);
        var publisher = await fixture.ConnectAsync("publisher", ProtocolVersion.V311);
        var reader = await fixture.ConnectAsync("reader", ProtocolVersion.V311, clean: false);
        await reader.SubscribeAsync("#", QualityOfService.AtLeastOnce);
        // Live: the subscription stays, and so does the connection.
        authorizer.Deny(AccessAction.Receive, "secret");
        await PublishAsync(publisher, "secret", "open");
        (await reader.ReadPublishAsync()).Topic.ShouldBe("open");
        authorizer.Allow(AccessAction.Receive, "secret");
        await PublishAsync(publisher, "secret");
        (await reader.ReadPublishAsync()).Topic.ShouldBe("secret");
        // Queued while away: judged when sent, and the queue moves on.
        await reader.SendAsync(static output => PacketWriter.Write(output, ProtocolVersion.V311, new DisconnectPacket()));
        await reader.ShouldBeClosedAsync();
        await PublishAsync(publisher, "first", "secret", "last");
        authorizer.Deny(AccessAction.Receive, "secret");
        reader = await fixture.ConnectAsync("reader", ProtocolVersion.V311, clean: false);
        var topics = new List<string>();
        while (!topics.Contains("last")) topics.Add((await reader.ReadPublishAsync()).Topic);
        topics[^2..].ShouldBe(["first", "last"]);
        // What was sent before and never acknowledged is judged again too.
        topics.ShouldNotContain("secret");
        // Retained.
        await publisher.PublishAsync(new PublishPacket { Topic = "secret", Payload = new byte[] { 1 }, Retain = true, QoS = QualityOfService.AtLeastOnce, PacketId = 9 });
        await publisher.ReadAsync();
        await reader.SubscribeAsync("secret", QualityOfService.AtLeastOnce);
        await PublishAsync(publisher, "end");
        (await reader.ReadPublishAsync()).Topic.ShouldBe("end");
        fixture.Broker.Counters.Dropped(DropReason.Refused).ShouldBe(fixture.Broker.Counters.Authorization(AccessAction.Receive, allowed: false));
        fixture.Broker.Counters.Dropped(DropReason.Refused).ShouldBeGreaterThanOrEqualTo(4);
    }

    private static string Reason(byte[] body, int at)
    {
        body[at].ShouldBe((byte)0x1F); // Reason String
        return System.Text.Encoding.UTF8.GetString(body, at + 3, (body[at + 1] << 8) | body[at + 2]);
    }

    private static async Task<PipeClient> ConnectAsync(
        BrokerFixture fixture, ProtocolVersion version, bool will = false, bool retain = false, bool problems = true, string clientId = "c")
    {
        var client = fixture.Open();
        client.Version = version;
        await client.SendAsync(output => PacketWriter.Write(output, new ConnectPacket
        {
            Version = version,
            ClientId = clientId,
            CleanStart = true,
            RequestProblemInformation = problems,
            Will = will ? new WillMessage { Topic = "will", Retain = retain } : null,
        }));
        return client;
    }

    private static Task SubscribeAsync(PipeClient client, params string[] filters) => client.SendAsync(output => PacketWriter.Write(
        output, client.Version, new SubscribePacket { PacketId = 3, Subscriptions = [.. filters.Select(static filter => new SubscriptionRequest(filter, QualityOfService.AtLeastOnce))] }));

    private static async Task PublishAsync(PipeClient client, params string[] topics)
    {
        foreach (var topic in topics)
        {
            await client.PublishAsync(new PublishPacket { Topic = topic, QoS = QualityOfService.AtLeastOnce, PacketId = 1 });
            (await client.ReadAsync()).Header.Type.ShouldBe(PacketType.PubAck);
        }
    }
}
