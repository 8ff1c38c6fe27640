using System.Buffers;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Protocols;

public sealed class PacketWriter_Tests
{
    [Theory]
    [InlineData(PacketType.PubAck, ProtocolVersion.V5, ReasonCode.Success, "40020102")]
    [InlineData(PacketType.PubAck, ProtocolVersion.V5, ReasonCode.NoMatchingSubscribers, "4003010210")]
    [InlineData(PacketType.PubAck, ProtocolVersion.V311, ReasonCode.NotAuthorized, "40020102")]
    [InlineData(PacketType.PubRec, ProtocolVersion.V31, ReasonCode.Success, "50020102")]
    [InlineData(PacketType.PubRel, ProtocolVersion.V5, ReasonCode.PacketIdentifierNotFound, "6203010292")]
    [InlineData(PacketType.PubComp, ProtocolVersion.V311, ReasonCode.Success, "70020102")]
    public void An_acknowledgement_takes_its_shortest_form(PacketType type, ProtocolVersion version, ReasonCode code, string hex)
    {
        Span<byte> bytes = stackalloc byte[5];
        int length = PacketWriter.WriteAck(bytes, type, 0x0102, version, code);
        Convert.ToHexString(bytes[..length]).ShouldBe(hex);
    }

    [Fact]
    public void A_field_that_does_not_fit_its_length_is_refused_before_anything_is_written()
    {
        var output = new ArrayBufferWriter<byte>();
        string tooLong = new('x', 65_536);
        Should.Throw<ArgumentException>(() => PacketWriter.Write(output, new ConnectPacket { ClientId = tooLong }));
        Should.Throw<ArgumentException>(() => PacketWriter.Write(output, new ConnectPacket { Password = new byte[65_536] }));
        Should.Throw<ArgumentException>(() => PacketWriter.Write(output, ProtocolVersion.V5, new DisconnectPacket { ReasonString = tooLong }));
        Should.Throw<ArgumentException>(() => PacketWriter.Write(output, ProtocolVersion.V5, new PublishPacket { Topic = new string('ß', 32_768) }));
        Should.Throw<ArgumentException>(() => PacketWriter.Write(
            output, ProtocolVersion.V5, new SubscribePacket { SubscriptionIdentifier = 268_435_456, Subscriptions = [] }));
        output.WrittenCount.ShouldBe(0);
    }

    [Fact]
    public void A_packet_longer_than_the_protocol_allows_is_refused() => Should.Throw<ArgumentOutOfRangeException>(() =>
        PublishWriter.GetLength(ProtocolVersion.V311, 1, 0, VariableByteInteger.MaxValue, QualityOfService.AtMostOnce, false, default, 0));

    [Fact]
    public void A_publish_before_version_5_leaves_out_what_version_5_added()
    {
        byte[] bytes = new byte[PublishWriter.GetLength(ProtocolVersion.V311, 1, 5, 2, QualityOfService.AtLeastOnce, true, [7], 3)];
        PublishWriter.Write(
            bytes, ProtocolVersion.V311, "t"u8, new byte[5], "hi"u8, QualityOfService.AtLeastOnce, true, true, 0x0A0B, true, 9, [7], 3, out int offset)
            .ShouldBe(bytes.Length);
        Convert.ToHexString(bytes).ShouldBe("3B070001740A0B6869");
        offset.ShouldBe(5);
    }

    [Theory]
    [InlineData("00044D51545405", ProtocolVersion.V5)]
    [InlineData("00044D51545406", ProtocolVersion.V5)]
    [InlineData("00044D51545404", ProtocolVersion.V311)]
    [InlineData("00064D514973647003", ProtocolVersion.V311)]
    [InlineData("00044D51545484", ProtocolVersion.V311)]
    [InlineData("0004", ProtocolVersion.V311)]
    [InlineData("", ProtocolVersion.V311)]
    public void A_refused_connect_is_answered_in_the_version_it_seems_to_speak(string hex, ProtocolVersion version) =>
        PacketReader.PeekConnectVersion(Convert.FromHexString(hex)).ShouldBe(version);
}
