using System.Buffers;
using BenchmarkDotNet.Attributes;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Micro.Protocols;

/// <summary>A PUBLISH in and out, as the broker does it, and as objects for comparison.</summary>
public class PublishBenchmarks
{
    private ReadOnlySequence<byte> _sequence;
    private byte[] _forwardable = [];
    private PublishPacket? _packet;
    private ArrayBufferWriter<byte> _output = new();

    [ParamsSource(nameof(Cases))]
    public PublishCase Case { get; set; } = null!;

    public static IEnumerable<PublishCase> Cases => PublishCase.All();

    [GlobalSetup]
    public void Setup()
    {
        _sequence = new ReadOnlySequence<byte>(Case.Bytes);
        _output = new ArrayBufferWriter<byte>(Case.Destination.Length);
        FrameReader.TryRead(Case.Bytes, int.MaxValue, out FrameHeader header, out _);
        PublishView.TryRead(header, Case.Bytes.AsSpan(header.HeaderLength), Case.Version, out PublishView view, out _);
        _forwardable = new byte[view.ForwardableLength];
        view.CopyForwardable(_forwardable);
        PacketReader.TryReadPublish(header, Case.Bytes.AsSpan(header.HeaderLength), Case.Version, out _packet, out _);
    }

    [Benchmark(Baseline = true)]
    public int ReadView()
    {
        FrameReader.TryRead(_sequence, 1 << 20, out FrameHeader header, out _);
        PublishView.TryRead(header, _sequence.FirstSpan.Slice(header.HeaderLength, header.BodyLength), Case.Version, out PublishView view, out _);
        return view.Payload.Length;
    }

    [Benchmark]
    public int Write()
    {
        PublishPacket packet = _packet!;
        return PublishWriter.Write(
            Case.Destination, Case.Version, "sites/hamburg/devices/00017/temperature"u8, _forwardable, packet.Payload.Span, packet.QoS, packet.Retain,
            packet.Dup, packet.PacketId, packet.Properties.MessageExpiryInterval is not null, 60, default, 0, out _);
    }

    [Benchmark]
    public PublishPacket? ReadObject()
    {
        FrameReader.TryRead(_sequence, 1 << 20, out FrameHeader header, out _);
        PacketReader.TryReadPublish(header, _sequence.FirstSpan.Slice(header.HeaderLength, header.BodyLength), Case.Version, out PublishPacket? packet, out _);
        return packet;
    }

    [Benchmark]
    public int WriteObject()
    {
        _output.ResetWrittenCount();
        PacketWriter.Write(_output, Case.Version, _packet!);
        return _output.WrittenCount;
    }
}
