using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

public sealed class ConnAck_3_2(StandardHub hub)
{
    [Fact]
    [Statement("MQTT-3.2.0-1", "MQTT-3.2.0-2", "MQTT-3.2.2-1", "MQTT-3.1.4-5")]
    public async Task ConnAck_comes_first_and_once()
    {
        await using var raw = await RawMqttClient.OpenAsync(hub.Mqtt);
        await raw.SendAsync([.. RawPackets.Connect(5, Names.Client()), .. RawPackets.PingReq, .. RawPackets.Subscribe(5, 1, Names.Topic())]);
        var first = await raw.ReadAsync();
        first.First.ShouldBe((byte)0x20);
        first.Body[0].ShouldBe((byte)0);
        first.Body[1].ShouldBe((byte)0);
        (await raw.ReadAsync()).Type.ShouldBe((int)RawType.PingResp);
        (await raw.ReadAsync()).Type.ShouldBe((int)RawType.SubAck);
    }

    [Fact]
    [Statement("MQTT-3.2.2-9", "MQTT-3.1.2-28", "MQTT-4.12.0-6")]
    public async Task Full_service_needs_no_announcement()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.RequestResponseInformation, 0));
        var properties = peer.ConnAck.Properties;
        properties.Has(P.MaximumQoS).ShouldBeFalse();
        (properties.Number(P.RetainAvailable) ?? 1).ShouldBe(1);
        (properties.Number(P.WildcardAvailable) ?? 1).ShouldBe(1);
        (properties.Number(P.SubscriptionIdentifiersAvailable) ?? 1).ShouldBe(1);
        (properties.Number(P.SharedAvailable) ?? 1).ShouldBe(1);
        properties.Has(P.ResponseInformation).ShouldBeFalse();
        properties.Has(P.AuthenticationMethod).ShouldBeFalse();
        properties.Entries.Select(entry => entry.Id).ShouldBeUnique();
    }

    [Theory]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(12)]
    [Statement("MQTT-3.2.2-19", "MQTT-3.2.2-20", "MQTT-3.1.2-24")]
    public async Task Refusal_fits_the_maximum_packet_size(int maximum)
    {
        await using var raw = await RawMqttClient.OpenAsync(hub.Mqtt);
        await raw.SendAsync(RawPackets.Connect(5, Names.Client(),
            properties: new P().Add(P.AuthenticationMethod, "unheard-of").Add(P.MaximumPacketSize, maximum)));
        if (await raw.ReadOrCloseAsync() is { } packet)
        {
            (packet.Body.Length + 2).ShouldBeLessThanOrEqualTo(maximum);
            RawAnswer.Read(5, packet).Code.ShouldBe(0x8C);
            await raw.ExpectCloseAsync();
        }
    }

    [Fact]
    [Statement("MQTT-3.2.2-6", "MQTT-3.2.2-7", "MQTT-3.2.2-8", "MQTT-4.12.0-1", "MQTT-4.13.2-1")]
    public async Task Refusal_says_why()
    {
        var answer = await Refusal.ReasonAsync(hub.Mqtt, RawPackets.Connect(5, Names.Client(), properties: new P().Add(P.AuthenticationMethod, "SCRAM")), 0x8C);
        if (!StandardHub.IsForeign)
            answer.ShouldNotBeNull().Properties.Text(P.ReasonString).ShouldNotBeNullOrWhiteSpace();
    }
}
