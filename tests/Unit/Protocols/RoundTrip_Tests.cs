using System.Text;
using System.Text.Json;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Protocols;

public sealed class RoundTrip_Tests
{
    private static readonly UserProperty[] Users = [new("a", "1"), new("a", "2"), new("", "Füße")];

    public static TheoryData<string, object> FullPackets() => new()
    {
        {
            "CONNECT", new ConnectPacket
            {
                CleanStart = true, KeepAlive = 30, ClientId = "c", UserName = "u", Password = [1, 0, 2], SessionExpiryInterval = uint.MaxValue,
                ReceiveMaximum = 7, MaximumPacketSize = 100_000, TopicAliasMaximum = 3, RequestResponseInformation = true,
                RequestProblemInformation = false, AuthenticationMethod = "m", AuthenticationData = [9], UserProperties = Users,
                Will = new WillMessage
                {
                    Topic = "w/t", Payload = [1, 2], QoS = QualityOfService.ExactlyOnce, Retain = true, DelayInterval = 5,
                    Properties = new PublishProperties
                    {
                        PayloadIsUtf8 = true, MessageExpiryInterval = 6, ContentType = "ct", ResponseTopic = "r", CorrelationData = [4],
                        UserProperties = Users,
                    },
                },
            }
        },
        {
            "CONNACK", new ConnAckPacket
            {
                SessionPresent = true, SessionExpiryInterval = 1, ReceiveMaximum = 2, MaximumQoS = QualityOfService.AtLeastOnce,
                RetainAvailable = false, MaximumPacketSize = 3, AssignedClientIdentifier = "id", TopicAliasMaximum = 4, ReasonString = "r",
                WildcardSubscriptionAvailable = true, SubscriptionIdentifierAvailable = false, SharedSubscriptionAvailable = true,
                ServerKeepAlive = 5, ResponseInformation = "ri", ServerReference = "sr", AuthenticationMethod = "m", AuthenticationData = [6],
                UserProperties = Users,
            }
        },
        {
            "PUBLISH", new PublishPacket
            {
                Topic = "a/ß", Payload = new byte[300], QoS = QualityOfService.AtLeastOnce, Retain = true, Dup = true, PacketId = 65535, TopicAlias = 9,
                Properties = new PublishProperties
                {
                    PayloadIsUtf8 = false, MessageExpiryInterval = 0, ContentType = "", ResponseTopic = "r/t", CorrelationData = [],
                    UserProperties = Users, SubscriptionIdentifiers = [1, 200, 268_435_455],
                },
            }
        },
        { "PUBACK", new AckPacket { Type = PacketType.PubAck, PacketId = 1, ReasonCode = ReasonCode.NotAuthorized, ReasonString = "no", UserProperties = Users } },
        { "PUBREL", new AckPacket { Type = PacketType.PubRel, PacketId = 2 } },
        {
            "SUBSCRIBE", new SubscribePacket
            {
                PacketId = 3, SubscriptionIdentifier = 128, UserProperties = Users,
                Subscriptions = [new("a/#", QualityOfService.ExactlyOnce, true, true, RetainHandling.DoNotSend), new("b", QualityOfService.AtMostOnce)],
            }
        },
        { "SUBACK", new SubAckPacket { PacketId = 4, ReasonCodes = [ReasonCode.Success, ReasonCode.QuotaExceeded], ReasonString = "x", UserProperties = Users } },
        { "UNSUBSCRIBE", new UnsubscribePacket { PacketId = 5, Filters = ["a", "b/+"], UserProperties = Users } },
        { "UNSUBACK", new SubAckPacket { Type = PacketType.UnsubAck, PacketId = 5, ReasonCodes = [ReasonCode.NoSubscriptionExisted] } },
        {
            "DISCONNECT", new DisconnectPacket
            {
                ReasonCode = ReasonCode.ServerMoved, SessionExpiryInterval = 0, ReasonString = "r", ServerReference = "s", UserProperties = Users,
            }
        },
        { "AUTH", new AuthPacket { ReasonCode = ReasonCode.ContinueAuthentication, AuthenticationMethod = "m", AuthenticationData = [1], UserProperties = Users } },
    };

    [Theory]
    [MemberData(nameof(FullPackets))]
    public void A_packet_with_every_property_survives_write_and_read(string name, object packet)
    {
        byte[] bytes = Wire.Write(ProtocolVersion.V5, packet);
        Wire.Read(bytes, ProtocolVersion.V5, out object? read, out DecodeError error).ShouldBe(DecodeStatus.Complete, $"{name}: {error}");
        Describe(read!).ShouldBe(Describe(packet));
        Wire.Write(ProtocolVersion.V5, read!).ShouldBe(bytes);
    }

    [Fact]
    public void The_view_and_the_hot_writer_agree_with_the_object_form()
    {
        var packet = new PublishPacket
        {
            Topic = "a/b",
            Payload = Encoding.UTF8.GetBytes("hello"),
            QoS = QualityOfService.AtLeastOnce,
            PacketId = 7,
            Properties = new PublishProperties { ContentType = "t", UserProperties = Users, MessageExpiryInterval = 60, SubscriptionIdentifiers = [5] },
            TopicAlias = 2,
        };
        byte[] bytes = Wire.Write(ProtocolVersion.V5, packet);
        FrameReader.TryRead(bytes, Wire.NoLimit, out FrameHeader header, out _).ShouldBe(DecodeStatus.Complete);
        PublishView.TryRead(header, bytes.AsSpan(header.HeaderLength), ProtocolVersion.V5, out PublishView view, out _).ShouldBeTrue();
        view.ForwardsVerbatim.ShouldBeFalse();
        byte[] forwardable = new byte[view.ForwardableLength];
        view.CopyForwardable(forwardable).ShouldBe(view.ForwardableLength);
        forwardable.ShouldBe(PublishPropertiesWriter.WriteForwardable(packet.Properties));

        byte[] copy = new byte[PublishWriter.GetLength(ProtocolVersion.V5, 3, forwardable.Length, 5, view.QoS, true, [5], 2)];
        PublishWriter.Write(
            copy, ProtocolVersion.V5, view.Topic, forwardable, view.Payload, view.QoS, view.Retain, view.Dup, view.PacketId, true, 60, [5], 2, out int at)
            .ShouldBe(copy.Length);
        copy.ShouldBe(bytes);
        copy[at + 1].ShouldBe((byte)7);
    }

    private static string Describe(object packet) => JsonSerializer.Serialize(packet);
}
