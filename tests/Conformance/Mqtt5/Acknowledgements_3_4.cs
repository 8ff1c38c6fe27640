using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

/// <summary>PUBACK, PUBREC, PUBREL, PUBCOMP: chapters 3.4 to 3.7.</summary>
public sealed class Acknowledgements_3_4(StandardHub hub)
{
    private static readonly int[] PublishCodes = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];

    [Theory]
    [InlineData("plain", 1)]
    [InlineData("plain", 2)]
    [InlineData("$SYS/broker/version", 1)]
    [InlineData("$SYS/broker/version", 2)]
    [InlineData("$unknown/topic", 1)]
    [InlineData("$unknown/topic", 2)]
    [Statement("MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-3.3.4-1")]
    public async Task PubAck_and_PubRec_carry_defined_codes(string topic, int qos)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        PublishCodes.ShouldContain((await peer.PublishAsync(topic, "x", qos)).Code);
    }

    [Fact]
    [Statement("MQTT-3.7.2-1")]
    public async Task PubRel_of_an_unknown_identifier_is_answered_so()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Ack(RawType.PubRel, 4711));
        (await peer.AnswerAsync(RawType.PubComp)).ShouldSatisfyAllConditions(a => a.Id.ShouldBe(4711), a => a.Code.ShouldBe(0x92));
    }

    [Fact]
    [Statement("MQTT-3.6.2-1")]
    public async Task PubRec_of_an_unknown_identifier_is_answered_so()
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.SendAsync(RawPackets.Ack(RawType.PubRec, 4711));
        (await peer.AnswerAsync(RawType.PubRel)).ShouldSatisfyAllConditions(a => a.Id.ShouldBe(4711), a => a.Code.ShouldBe(0x92));
    }

    [Theory]
    [InlineData("60 02 0001")]
    [InlineData("63 02 0001")]
    [Statement("MQTT-3.6.1-1")]
    public async Task PubRel_with_wrong_flags_is_malformed(string hex)
    {
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync(0x81);
    }

    [Theory]
    [InlineData("40 02 0001")]
    [InlineData("40 03 0001 00")]
    [InlineData("40 04 0001 00 00")]
    [InlineData("40 0B 0001 00 07 1F 0004 6E6F7065")]
    [InlineData("40 03 0001 10")]
    [Statement("MQTT-4.3.2-3")]
    public async Task Every_form_of_PubAck_is_understood(string hex)
    {
        var topic = Names.Topic();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.ReceiveMaximum, 1));
        await peer.SubscribeAsync(topic, 1);
        await peer.PublishAsync(topic, "one", 1);
        await peer.PublishAsync(topic, "two", 1);
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var message = await peer.TakeAsync();
        bytes[2] = (byte)(message.Id >> 8);
        bytes[3] = (byte)message.Id;
        await peer.SendAsync(bytes);
        await peer.ExpectAsync("two");
    }

    [Theory]
    [InlineData("40 00", "no identifier")]
    [InlineData("40 01 00", "half an identifier")]
    [InlineData("40 03 0001 01", "an undefined reason code")]
    [InlineData("50 03 0001 92", "PUBREC with a code of PUBREL")]
    [InlineData("62 03 0001 10", "PUBREL with a code of PUBREC")]
    [InlineData("40 06 0001 00 02 0101", "a property that does not belong")]
    [InlineData("40 04 0000 00 00", "identifier zero")]
    [Statement("MQTT-4.13.1-1")]
    public async Task Acknowledgement_that_is_malformed(string hex, string why)
    {
        why.ShouldNotBeEmpty();
        await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5);
        await peer.Raw.SendHexAsync(hex);
        await peer.ExpectClosedAsync(0x81, 0x82);
    }

    [Fact]
    [Statement("MQTT-3.1.2-29")]
    public async Task Without_problem_information_there_are_no_reason_strings()
    {
        foreach (var wanted in new[] { 0, 1 })
        {
            await using var peer = await Peer.ConnectAsync(hub.Mqtt, 5, properties: new P().Add(P.RequestProblemInformation, wanted));
            RawAnswer[] answers =
            [
                await peer.PublishAsync("$SYS/broker/version", "x", 1), await peer.PublishAsync("$SYS/broker/version", "x", 2),
                await peer.SubscribeAsync("a/#/b"), await peer.UnsubscribeAsync("a/#/b"),
            ];
            if (wanted == 0)
                answers.ShouldAllBe(answer => !answer.Properties.Has(P.ReasonString) && !answer.Properties.Has(P.UserProperty));
            else if (!StandardHub.IsForeign)
                answers.Take(3).ShouldAllBe(answer => answer.Code >= 0x80 && answer.Properties.Text(P.ReasonString)!.Length > 0);
        }
    }
}
