using System.Buffers;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Protocols;

public sealed class Allocation_Tests
{
    private const int Rounds = 1000;

    private static readonly uint[] Identifiers = [1, 200];

    [Theory]
    [InlineData(ProtocolVersion.V311, QualityOfService.AtMostOnce)]
    [InlineData(ProtocolVersion.V311, QualityOfService.AtLeastOnce)]
    [InlineData(ProtocolVersion.V5, QualityOfService.AtMostOnce)]
    [InlineData(ProtocolVersion.V5, QualityOfService.ExactlyOnce)]
    public void Reading_and_writing_a_publish_allocates_nothing(ProtocolVersion version, QualityOfService qos)
    {
        byte[] bytes = Wire.Write(version, new PublishPacket
        {
            Topic = "sites/七/devices/17/temperature",
            QoS = qos,
            PacketId = qos == QualityOfService.AtMostOnce ? (ushort)0 : (ushort)7,
            Payload = new byte[200],
            TopicAlias = 4,
            Properties = new PublishProperties
            {
                PayloadIsUtf8 = true,
                MessageExpiryInterval = 60,
                ContentType = "text/plain",
                ResponseTopic = "r/t",
                CorrelationData = [1, 2],
                UserProperties = [new("a", "b"), new("c", "d")],
            },
        });
        byte[] copy = new byte[bytes.Length + 100];
        ReadOnlySequence<byte> segments = Segments.Split(bytes, 1, 3);
        Forward(segments, bytes, copy, version).ShouldBeGreaterThan(0);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
            Forward(segments, bytes, copy, version);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Reading_and_writing_an_acknowledgement_allocates_nothing()
    {
        byte[] bytes = new byte[5];
        Acknowledge(bytes).ShouldBe(5);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
            Acknowledge(bytes);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static int Forward(in ReadOnlySequence<byte> segments, byte[] bytes, byte[] copy, ProtocolVersion version)
    {
        if (FrameReader.TryRead(segments, 1 << 20, out FrameHeader header, out _) != DecodeStatus.Complete
            || !PublishView.TryRead(header, bytes.AsSpan(header.HeaderLength), version, out PublishView view, out _))
            return -1;
        Span<byte> forwardable = stackalloc byte[view.ForwardableLength];
        view.CopyForwardable(forwardable);
        return PublishWriter.Write(
            copy, version, view.Topic, forwardable, view.Payload, view.QoS, view.Retain, view.Dup, view.PacketId, view.HasMessageExpiry,
            view.MessageExpiryInterval, Identifiers, view.TopicAlias, out _);
    }

    private static int Acknowledge(byte[] bytes)
    {
        int length = PacketWriter.WriteAck(bytes, PacketType.PubRec, 9, ProtocolVersion.V5, ReasonCode.QuotaExceeded);
        FrameReader.TryRead(bytes, 1 << 20, out FrameHeader header, out _);
        return PacketReader.TryReadAck(header, bytes.AsSpan(2), ProtocolVersion.V5, out _, out _) ? length : -1;
    }
}
