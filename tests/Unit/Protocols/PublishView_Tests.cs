using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Protocols;

public sealed class PublishView_Tests
{
    [Fact]
    public void Properties_that_are_passed_on_are_passed_on_verbatim()
    {
        byte[] bytes = Wire.Write(ProtocolVersion.V5, new PublishPacket
        {
            Topic = "t",
            Properties = new PublishProperties { ContentType = "c", UserProperties = [new("a", "b")] },
        });
        PublishView view = View(bytes);
        view.ForwardsVerbatim.ShouldBeTrue();
        view.HasSubscriptionIdentifier.ShouldBeFalse();
        byte[] copy = new byte[view.ForwardableLength];
        view.CopyForwardable(copy).ShouldBe(view.Properties.Length);
        copy.ShouldBe(view.Properties.ToArray());
    }

    [Fact]
    public void What_belongs_to_one_delivery_is_left_out_wherever_it_stands()
    {
        // Alias, User Property, Subscription Identifier of two bytes, Message Expiry Interval, Content Type.
        byte[] bytes = Convert.FromHexString("301A 000174 16 230007 26000161000162 0B8001 0200000009 03000163".Replace(" ", "", StringComparison.Ordinal));
        PublishView view = View(bytes);
        view.TopicAlias.ShouldBe((ushort)7);
        view.HasSubscriptionIdentifier.ShouldBeTrue();
        view.HasMessageExpiry.ShouldBeTrue();
        view.MessageExpiryInterval.ShouldBe(9u);
        view.ForwardsVerbatim.ShouldBeFalse();
        byte[] copy = new byte[view.ForwardableLength];
        view.CopyForwardable(copy).ShouldBe(copy.Length);
        Convert.ToHexString(copy).ShouldBe("26000161000162" + "03000163");
        PublishPropertiesReader.Read(copy).ContentType.ShouldBe("c");
    }

    [Fact]
    public void Writing_forwardable_properties_and_reading_them_returns_them()
    {
        var properties = new PublishProperties
        {
            PayloadIsUtf8 = false,
            MessageExpiryInterval = 1,
            ContentType = "",
            ResponseTopic = "r",
            CorrelationData = [],
            UserProperties = [new("", "")],
            SubscriptionIdentifiers = [3],
        };
        PublishProperties read = PublishPropertiesReader.Read(PublishPropertiesWriter.WriteForwardable(properties));
        PacketDescription.Of(read).ToJsonString()
            .ShouldBe(PacketDescription.Of(properties with { MessageExpiryInterval = null, SubscriptionIdentifiers = [] }).ToJsonString());
        PublishPropertiesWriter.WriteForwardable(PublishProperties.None).ShouldBeEmpty();
    }

    [Fact]
    public void Properties_that_were_never_judged_do_no_harm()
    {
        PublishPropertiesReader.Read([0x03, 0x00, 0x01, (byte)'c', 0x02, 0x00]).ContentType.ShouldBe("c");
        PublishPropertiesReader.Read([0xFF]).ShouldBe(PublishProperties.None);
    }

    private static PublishView View(byte[] bytes)
    {
        FrameReader.TryRead(bytes, Wire.NoLimit, out FrameHeader header, out _).ShouldBe(DecodeStatus.Complete);
        PublishView.TryRead(header, bytes.AsSpan(header.HeaderLength), ProtocolVersion.V5, out PublishView view, out DecodeError error).ShouldBeTrue(error.Reason);
        return view;
    }
}
