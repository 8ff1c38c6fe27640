using Fairlead.Interop.Drivers;

namespace Fairlead.Interop;

public sealed class PropertyTests(HubFixture fixture)
{
    [Theory]
    [MemberData(nameof(Peer.FiveOnly), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task Properties_travel_unchanged(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var client = await stage.ConnectAsync(peer);
        await client.SubscribeAsync(stage.Topic("p"), 1);
        var sent = new MessageProperties
        {
            ContentType = "application/json; charset=utf-8",
            ResponseTopic = stage.Topic("answer"),
            CorrelationData = [0, 1, 0xFE, 0xFF],
            MessageExpiry = 3600,
            PayloadFormat = 1,
            UserProperties = [["b", "1"], ["b", "2"], ["a", ""], ["ü", "🌡"]],
        };

        await client.PublishAsync(stage.Topic("p"), "{}", 1, properties: sent);

        var received = (await client.NextAsync()).Properties;
        received.ContentType.ShouldBe(sent.ContentType);
        received.ResponseTopic.ShouldBe(sent.ResponseTopic);
        received.CorrelationData.ShouldBe(sent.CorrelationData);
        received.PayloadFormat.ShouldBe(1);
        received.MessageExpiry.ShouldNotBeNull().ShouldBeInRange(3500u, 3600u);
        received.UserProperties.ShouldNotBeNull().Select(pair => string.Join('=', pair)).ShouldBe(["b=1", "b=2", "a=", "ü=🌡"]);
    }

    [Theory]
    [InlineData(Foreign.Paho)]
    [InlineData(Foreign.AwsSdk)]
    public async Task User_properties_keep_their_order(Foreign library) // MQTT.js groups them by name
    {
        await using var stage = new Stage(fixture.Hub);
        var client = await stage.ConnectAsync(new Peer(library, 5));
        await client.SubscribeAsync(stage.Topic("p"), 1);

        await client.PublishAsync(stage.Topic("p"), "", 1, properties: new MessageProperties { UserProperties = [["b", "1"], ["a", "2"], ["b", "3"]] });

        (await client.NextAsync()).Properties.UserProperties.ShouldNotBeNull().Select(pair => string.Concat(pair)).ShouldBe(["b1", "a2", "b3"]);
    }

    [Theory]
    [MemberData(nameof(Peer.FiveOnly), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task Subscription_identifiers_come_back(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var client = await stage.ConnectAsync(peer);
        await client.SubscribeAsync(stage.Topic("a"), 1, identifier: 7);
        await client.SubscribeAsync(stage.Topic("b"), 1, identifier: 268_435_455);

        await client.PublishAsync(stage.Topic("a"), "a", 1);
        await client.PublishAsync(stage.Topic("b"), "b", 1);

        (await client.NextAsync()).Properties.SubscriptionIdentifiers.ShouldBe([7u]);
        (await client.NextAsync()).Properties.SubscriptionIdentifiers.ShouldBe([268_435_455u]);
    }

    [Theory]
    [InlineData(Foreign.Paho)]
    [InlineData(Foreign.MqttJs)]
    public async Task A_topic_alias_stands_for_the_topic(Foreign library) // the SDK of AWS chooses aliases itself: next test
    {
        await using var stage = new Stage(fixture.Hub);
        var client = await stage.ConnectAsync(new Peer(library, 5));
        client.Connected.Number("topicAliasMaximum").ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(2);
        await client.SubscribeAsync(stage.Topic("+"), 1);

        await client.PublishAsync(stage.Topic("a"), "1", 1, properties: new MessageProperties { TopicAlias = 1 });
        await client.PublishAsync(stage.Topic("b"), "2", 1, properties: new MessageProperties { TopicAlias = 2 });
        await client.PublishAsync("", "3", 1, properties: new MessageProperties { TopicAlias = 1 });
        await client.PublishAsync("", "4", 0, properties: new MessageProperties { TopicAlias = 2 });

        (await client.NextAsync(4)).Select(delivery => $"{delivery.Topic} {delivery.Text} {delivery.Properties.TopicAlias}")
            .ShouldBe([$"{stage.Topic("a")} 1 ", $"{stage.Topic("b")} 2 ", $"{stage.Topic("a")} 3 ", $"{stage.Topic("b")} 4 "]);
    }

    [Theory]
    [InlineData(Foreign.MqttJs)]
    [InlineData(Foreign.AwsSdk)]
    public async Task Aliases_in_both_directions_are_invisible_to_the_application(Foreign library) // Paho 1.6 does not resolve them
    {
        await using var stage = new Stage(fixture.Hub);
        var client = await stage.ConnectAsync(new Peer(library, 5), new ConnectSettings { TopicAliasMaximum = 3 });
        await client.SubscribeAsync(stage.Topic("+"), 1);

        for (var round = 0; round < 3; round++)
        {
            for (var topic = 0; topic < 6; topic++)
                await client.PublishAsync(stage.Topic($"t{topic}"), $"{round}", 1);
        }

        var expected = from round in Enumerable.Range(0, 3) from topic in Enumerable.Range(0, 6) select $"{stage.Topic($"t{topic}")} {round}";
        (await client.NextAsync(18)).Select(delivery => $"{delivery.Topic} {delivery.Text}").ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(Peer.FiveOnly), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task No_local_keeps_own_messages_away(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var client = await stage.ConnectAsync(peer);
        var other = await stage.ConnectAsync(peer);
        await client.SubscribeAsync(stage.Topic("a"), 1, noLocal: true);

        await client.PublishAsync(stage.Topic("a"), "own", 1);
        await other.PublishAsync(stage.Topic("a"), "other", 1);

        (await client.NextAsync()).Text.ShouldBe("other");
    }

    [Theory]
    [MemberData(nameof(Peer.FiveOnly), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task The_hub_names_the_client_that_has_no_identifier(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);

        var client = await stage.ConnectAsync(peer, new ConnectSettings { ClientId = "" });

        client.Connected.Properties.GetProperty("assignedClientIdentifier").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [MemberData(nameof(Peer.FiveOnly), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task A_request_finds_its_response(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var requester = await stage.ConnectAsync(peer);
        var responder = await stage.ConnectAsync(peer);
        await requester.SubscribeAsync(stage.Topic("answers"), 1);
        await responder.SubscribeAsync(stage.Topic("questions"), 1);

        await requester.PublishAsync(stage.Topic("questions"), "6*7", 1, properties: new MessageProperties { ResponseTopic = stage.Topic("answers"), CorrelationData = [42] });
        var question = await responder.NextAsync();
        await responder.PublishAsync(question.Properties.ResponseTopic!, "42", 1, properties: new MessageProperties { CorrelationData = question.Properties.CorrelationData });

        var response = await requester.NextAsync();
        (response.Text, response.Properties.CorrelationData![0]).ShouldBe(("42", (byte)42));
    }

    [Theory]
    [MemberData(nameof(Peer.FiveOnly), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task Unsubscribing_from_nothing_says_so(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub);
        var client = await stage.ConnectAsync(peer);

        (await client.UnsubscribeAsync(stage.Topic("never"))).ShouldBe([0x11]); // No subscription existed [MQTT-3.11.3-2]
    }
}
