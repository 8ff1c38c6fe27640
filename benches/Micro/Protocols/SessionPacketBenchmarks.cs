using System.Buffers;
using BenchmarkDotNet.Attributes;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Micro.Protocols;

/// <summary>The other packets that a broker sees often.</summary>
public class SessionPacketBenchmarks
{
    private readonly byte[] _acknowledgement = new byte[5];
    private byte[] _connect = [];
    private byte[] _subscribe = [];

    [Params(ProtocolVersion.V311, ProtocolVersion.V5)]
    public ProtocolVersion Version { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var output = new ArrayBufferWriter<byte>();
        PacketWriter.Write(output, new ConnectPacket { Version = Version, ClientId = "device-00017", UserName = "device", Password = new byte[16], KeepAlive = 60 });
        _connect = output.WrittenSpan.ToArray();
        output.ResetWrittenCount();
        PacketWriter.Write(output, Version, new SubscribePacket
        {
            PacketId = 1,
            Subscriptions = [new("sites/+/devices/00017/#", QualityOfService.AtLeastOnce), new("broadcast", QualityOfService.AtMostOnce)],
        });
        _subscribe = output.WrittenSpan.ToArray();
    }

    [Benchmark]
    public ConnectPacket? ReadConnect()
    {
        FrameReader.TryRead(_connect, 1 << 20, out FrameHeader header, out _);
        PacketReader.TryReadConnect(header, _connect.AsSpan(header.HeaderLength), out ConnectPacket? packet, out _);
        return packet;
    }

    [Benchmark]
    public SubscribePacket? ReadSubscribe()
    {
        FrameReader.TryRead(_subscribe, 1 << 20, out FrameHeader header, out _);
        PacketReader.TryReadSubscribe(header, _subscribe.AsSpan(header.HeaderLength), Version, out SubscribePacket? packet, out _);
        return packet;
    }

    [Benchmark]
    public ushort WriteAndReadPubAck()
    {
        int length = PacketWriter.WriteAck(_acknowledgement, PacketType.PubAck, 4711, Version, ReasonCode.NoMatchingSubscribers);
        FrameReader.TryRead(_acknowledgement.AsSpan(0, length), 1 << 20, out FrameHeader header, out _);
        PacketReader.TryReadAck(header, _acknowledgement.AsSpan(2, length - 2), Version, out AckPacket packet, out _);
        return packet.PacketId;
    }
}
