using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Protocols;

public sealed class ReasonCodes_Tests
{
    [Theory]
    [InlineData(PacketType.ConnAck, "20 03 00 xx 00")]
    [InlineData(PacketType.PubAck, "40 03 00 01 xx")]
    [InlineData(PacketType.PubRec, "50 03 00 01 xx")]
    [InlineData(PacketType.PubRel, "62 03 00 01 xx")]
    [InlineData(PacketType.PubComp, "70 03 00 01 xx")]
    [InlineData(PacketType.SubAck, "90 04 00 01 00 xx")]
    [InlineData(PacketType.UnsubAck, "b0 04 00 01 00 xx")]
    [InlineData(PacketType.Disconnect, "e0 01 xx")]
    [InlineData(PacketType.Auth, "f0 06 xx 04 15 00 01 6d")]
    public void Only_the_codes_of_a_packet_are_accepted_in_it(PacketType type, string hex)
    {
        for (int code = 0; code < 256; code++)
        {
            byte[] bytes = Convert.FromHexString(hex.Replace("xx", code.ToString("x2"), StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
            DecodeStatus status = Wire.Read(bytes, ProtocolVersion.V5, out _, out DecodeError error);
            bool legal = LegalCodes.Of(type, v5: true).Contains((byte)code);
            status.ShouldBe(legal ? DecodeStatus.Complete : DecodeStatus.Failed, $"0x{code:X2} {error}");
            error.Code.ShouldBe(legal ? ReasonCode.Success : ReasonCode.ProtocolError);
        }
    }

    [Theory]
    [InlineData(ReasonCode.Success, 0, ReasonCode.Success)]
    [InlineData(ReasonCode.UnsupportedProtocolVersion, 1, ReasonCode.UnsupportedProtocolVersion)]
    [InlineData(ReasonCode.ClientIdentifierNotValid, 2, ReasonCode.ClientIdentifierNotValid)]
    [InlineData(ReasonCode.ServerUnavailable, 3, ReasonCode.ServerUnavailable)]
    [InlineData(ReasonCode.ServerBusy, 3, ReasonCode.ServerUnavailable)]
    [InlineData(ReasonCode.QuotaExceeded, 3, ReasonCode.ServerUnavailable)]
    [InlineData(ReasonCode.PacketTooLarge, 3, ReasonCode.ServerUnavailable)]
    [InlineData(ReasonCode.QoSNotSupported, 3, ReasonCode.ServerUnavailable)]
    [InlineData(ReasonCode.BadUserNameOrPassword, 4, ReasonCode.BadUserNameOrPassword)]
    [InlineData(ReasonCode.NotAuthorized, 5, ReasonCode.NotAuthorized)]
    [InlineData(ReasonCode.Banned, 5, ReasonCode.NotAuthorized)]
    public void A_reason_code_becomes_a_return_code_of_3_1_1_and_back(ReasonCode code, byte returnCode, ReasonCode back)
    {
        byte[] bytes = Wire.Write(ProtocolVersion.V311, new ConnAckPacket { ReasonCode = code, SessionPresent = true, ReasonString = "not in 3.1.1" });
        bytes.ShouldBe([0x20, 2, code == ReasonCode.Success ? (byte)1 : (byte)0, returnCode]);
        Wire.Read(bytes, ProtocolVersion.V311, out object? packet, out _).ShouldBe(DecodeStatus.Complete);
        ((ConnAckPacket)packet!).ReasonCode.ShouldBe(back);
    }

    [Fact]
    public void Every_refusal_of_a_subscription_is_0x80_in_3_1_1() => Wire.Write(
        ProtocolVersion.V311,
        new SubAckPacket { PacketId = 1, ReasonCodes = [ReasonCode.GrantedQoS2, ReasonCode.NotAuthorized, ReasonCode.TopicFilterInvalid], ReasonString = "r" })
        .ShouldBe([0x90, 5, 0, 1, 2, 0x80, 0x80]);
}
