using Fairlead.Interop.Drivers;

namespace Fairlead.Interop;

/// <summary>The device SDK of AWS through its own builders, as its samples use them.</summary>
public sealed class AwsSdkTests(HubFixture fixture)
{
    /// <summary>On 8883 as well the builder offers ALPN <c>x-amzn-mqtt-ca</c>, and fills the user name with its version.</summary>
    [Theory]
    [InlineData(4, Route.Tls)]
    [InlineData(5, Route.Tls)]
    [InlineData(4, Route.AlpnAws)]
    [InlineData(5, Route.AlpnAws)]
    public async Task Mutual_TLS_from_files(int version, Route route) => await ExchangeAsync(new Peer(Foreign.AwsSdk, version, route), "mtls");

    /// <summary>ALPN <c>mqtt</c> without a client certificate.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Custom_authentication(int version) => await ExchangeAsync(new Peer(Foreign.AwsSdk, version, Route.AlpnMqtt), "custom-auth");

    private async Task ExchangeAsync(Peer peer, string builder)
    {
        await using var stage = new Stage(fixture.Hub, fixture.Kit);
        var client = await stage.ConnectAsync(peer, new ConnectSettings { Builder = builder, Username = builder == "mtls" ? null : "device" });
        (await client.SubscribeAsync(stage.Topic("+"), 1)).ShouldBe(1);

        await client.PublishAsync(stage.Topic("a"), "zero", 0);
        await client.PublishAsync(stage.Topic("a"), "one", 1);

        (await client.NextAsync(2)).Select(delivery => (delivery.Text, delivery.QoS)).ShouldBe([("zero", 0), ("one", 1)]);
        await client.DisconnectAsync();
    }
}
