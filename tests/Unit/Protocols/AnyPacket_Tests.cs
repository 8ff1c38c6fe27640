using System.Buffers;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Protocols;

public sealed class AnyPacket_Tests
{
    private static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(20);

    [Theory]
    [InlineData(ProtocolVersion.V31)]
    [InlineData(ProtocolVersion.V311)]
    [InlineData(ProtocolVersion.V5)]
    public void Any_packet_survives_write_and_read(
        ProtocolVersion version) =>
        Prop.ForAll(PacketGenerators.Any(version).ToArbitrary(), packet =>
    {
        byte[] bytes = Wire.Write(version, packet);
        Wire.Read(bytes, version, out object? read, out DecodeError error).ShouldBe(DecodeStatus.Complete, error.Reason);
        PacketDescription.Of(read!).ToJsonString().ShouldBe(PacketDescription.Of(packet).ToJsonString());
        Wire.Write(version, read!).ShouldBe(bytes);
        if (packet is PublishPacket publish)
            HotPath.Rewrite(bytes, version, publish).ShouldBe(bytes);
    }).Check(Settings);

    [Theory]
    [InlineData(ProtocolVersion.V311)]
    [InlineData(ProtocolVersion.V5)]
    public void Segments_make_no_difference_to_framing(ProtocolVersion version)
    {
        Gen<(byte[] Bytes, int[] Cuts, int Length)> input =
            from first in PacketGenerators.Any(version)
            from second in PacketGenerators.Any(version)
            let bytes = (byte[])[.. Wire.Write(version, first), .. Wire.Write(version, second)]
            from cuts in Gen.Choose(0, Math.Min(bytes.Length, 40)).ArrayOf()
            from length in Gen.Choose(0, bytes.Length)
            select (bytes, cuts, length);

        Prop.ForAll(input.ToArbitrary(), sample =>
        {
            byte[] bytes = sample.Bytes[..sample.Length];
            ReadOnlySequence<byte> sequence = Segments.Split(bytes, sample.Cuts);
            DecodeStatus expected = FrameReader.TryRead(bytes, 5_000, out FrameHeader expectedHeader, out DecodeError expectedError);
            FrameReader.TryRead(sequence, 5_000, out FrameHeader header, out DecodeError error).ShouldBe(expected);
            header.ShouldBe(expectedHeader);
            error.ShouldBe(expectedError);
        }).Check(Settings);
    }
}
