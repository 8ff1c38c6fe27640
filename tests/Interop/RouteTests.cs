using System.Globalization;
using System.Text;
using System.Text.Json;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop;

/// <summary>The same clients over TLS with a client certificate, by ALPN, and over WebSocket.</summary>
public sealed class RouteTests(HubFixture fixture)
{
    private static readonly HttpClient Http = new();

    [Theory]
    [MemberData(nameof(Peer.EveryRoute), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task Messages_travel_both_ways(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);
        var client = await stage.ConnectAsync(peer);
        var plain = await stage.ConnectAsync(peer with { Route = Route.Tcp });
        await client.SubscribeAsync(stage.Topic("in"), peer.MaximumQoS);
        await plain.SubscribeAsync(stage.Topic("out"), peer.MaximumQoS);

        for (var qos = 0; qos <= peer.MaximumQoS; qos++)
        {
            await client.PublishAsync(stage.Topic("out"), $"out {qos}", qos);
            await plain.PublishAsync(stage.Topic("in"), $"in {qos}", qos);
            var (arrived, received) = (await plain.NextAsync(), await client.NextAsync());
            (arrived.Text, arrived.QoS, received.Text, received.QoS).ShouldBe(($"out {qos}", qos, $"in {qos}", qos));
        }
    }

    [Theory]
    [MemberData(nameof(Peer.EveryRoute), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task Large_and_many_messages_arrive_whole_and_in_order(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);
        var client = await stage.ConnectAsync(peer);
        await client.SubscribeAsync(stage.Topic("+"), peer.MaximumQoS);
        var payload = new byte[1024 * 1024];
        new Random(3).NextBytes(payload);

        await client.PublishAsync(stage.Topic("large"), payload, peer.MaximumQoS);
        await client.PublishManyAsync(stage.Topic("many"), 200, peer.MaximumQoS);

        (await client.NextAsync()).Payload.AsSpan().SequenceEqual(payload).ShouldBeTrue();
        (await client.NextAsync(200)).Select(delivery => int.Parse(delivery.Text, CultureInfo.InvariantCulture)).ShouldBe(Enumerable.Range(0, 200));
    }

    [Theory]
    [MemberData(nameof(Peer.EveryRoute), MemberType = typeof(Peer), DisableDiscoveryEnumeration = true)]
    public async Task A_killed_client_leaves_its_Will_and_finds_its_Session_again(Peer peer)
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);
        var watcher = await stage.ConnectAsync(peer);
        await watcher.SubscribeAsync(stage.Topic("will"), 1);
        var settings = new ConnectSettings
        {
            ClientId = stage.ClientId("s"),
            Clean = false,
            SessionExpiry = 600,
            Will = new Will(stage.Topic("will"), Encoding.UTF8.GetBytes("gone")),
        };
        var victim = await stage.ConnectAsync(peer, settings, ownProcess: true);
        await victim.SubscribeAsync(stage.Topic("queued"), 1);

        await victim.Driver.KillAsync();

        (await watcher.NextAsync()).Text.ShouldBe("gone");
        await watcher.PublishAsync(stage.Topic("queued"), "waited", 1, retain: true);
        var back = await stage.ConnectAsync(peer, settings);
        back.Connected.SessionPresent.ShouldBeTrue();
        (await back.NextAsync()).Text.ShouldBe("waited");
        await back.PublishAsync(stage.Topic("queued"), "", 1, retain: true);
    }

    /// <summary>The certificate says who the client is; the user name that the SDK of AWS fills with its version does not matter.</summary>
    [Theory]
    [InlineData(Foreign.Paho, Route.Tls)]
    [InlineData(Foreign.MqttJs, Route.AlpnAws)]
    [InlineData(Foreign.AwsSdk, Route.Tls)]
    public async Task A_client_certificate_names_its_holder(Foreign library, Route route)
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);
        var clientId = stage.ClientId("holder");

        await stage.ConnectAsync(new Peer(library, 5, route), new ConnectSettings { ClientId = clientId });

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(fixture.Hub.Http, $"/v1/clients?prefix={Uri.EscapeDataString(clientId)}"));
        var token = await File.ReadAllTextAsync(Path.Combine(fixture.Hub.DataDirectory, "admin.token"), TestContext.Current.CancellationToken);
        request.Headers.Authorization = new("Bearer", token.Trim());
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        text.ShouldContain(clientId);
        text.ShouldContain(fixture.Kit.CertificateId);
        JsonDocument.Parse(text).Dispose();
    }
}
