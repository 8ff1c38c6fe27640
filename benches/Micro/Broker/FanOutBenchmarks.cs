using System.Buffers;
using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using Fairlead.Broker;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Micro.Broker;

/// <summary>One PUBLISH through the whole broker to its subscribers over inline pipes, no socket: the memory column must say zero.</summary>
public class FanOutBenchmarks
{
    // The runtime's shared pool keeps few blocks of a size: with a hundred pipes it would allocate, and the column would show that.
    private static readonly KeepingPool Pool = new();
    private readonly List<Pipe> _out = [];
    private Pipe _publisher = null!;
    private byte[] _packet = [];

    /// <summary>How many subscribe.</summary>
    [Params(1, 10, 100)]
    public int Subscribers { get; set; }

    /// <summary>Version of all clients.</summary>
    [Params(ProtocolVersion.V311, ProtocolVersion.V5)]
    public ProtocolVersion Version { get; set; }

    /// <summary>A broker in memory with everybody connected.</summary>
    [GlobalSetup]
    public void Connect()
    {
        var broker = new MqttBroker(
            new BrokerOptions { SystemTopicInterval = TimeSpan.Zero }, new MemoryStore(), new Anybody(), new Anything(), TimeProvider.System,
            NullLogger<MqttBroker>.Instance);
        broker.Start();
        _publisher = Connect(broker, "publisher");
        for (int i = 0; i < Subscribers; i++)
        {
            var input = Connect(broker, $"s{i}");
            PacketWriter.Write(
                input.Writer, Version,
                new SubscribePacket { PacketId = 1, Subscriptions = [new SubscriptionRequest("lamp/+/temp", QualityOfService.AtMostOnce)] });
            Flush(input);
        }

        var packet = new ArrayBufferWriter<byte>();
        PacketWriter.Write(packet, Version, new PublishPacket { Topic = "lamp/1/temp", Payload = new byte[64] });
        _packet = packet.WrittenSpan.ToArray();
        Drain();
    }

    /// <summary>One QoS 0 message to all of them.</summary>
    [Benchmark]
    public void PublishAtMostOnce()
    {
        _publisher.Writer.Write(_packet);
        Flush(_publisher);
        Drain();
    }

    private static void Flush(Pipe pipe)
    {
        var flush = pipe.Writer.FlushAsync();
        if (!flush.IsCompletedSuccessfully) throw new InvalidOperationException("the broker does not read");
        _ = flush.Result;
    }

    private void Drain()
    {
        foreach (var pipe in _out)
        {
            if (pipe.Reader.TryRead(out var result)) pipe.Reader.AdvanceTo(result.Buffer.End);
        }
    }

    private Pipe Connect(MqttBroker broker, string clientId)
    {
        var options = new PipeOptions(
            Pool, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);
        var input = new Pipe(options);
        var output = new Pipe(options);
        _out.Add(output);
        var info = new TransportInfo { Listener = "bench", Protocol = "mqtt", Abort = _ => { } };
        _ = broker.RunConnectionAsync(new Duplex(input.Reader, output.Writer), info, CancellationToken.None);
        PacketWriter.Write(input.Writer, new ConnectPacket { Version = Version, ClientId = clientId, CleanStart = true });
        Flush(input);
        return input;
    }

    private sealed class KeepingPool : MemoryPool<byte>
    {
        private readonly Stack<Block> _free = new();

        public override int MaxBufferSize => 4096;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => _free.TryPop(out var block) ? block : new Block(this);

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Block(KeepingPool pool) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory { get; } = new byte[4096];

            public void Dispose() => pool._free.Push(this);
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class Anybody : IAuthenticator
    {
        public ValueTask<AuthenticationResult> AuthenticateAsync(
            ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken) =>
            new(AuthenticationResult.Accept(Principal.Anonymous));
    }

    private sealed class Anything : IAuthorizer
    {
        public bool Governs(AccessSubject subject) => false;

        public Decision Authorize(in AccessRequest request) => new(true);
    }
}
