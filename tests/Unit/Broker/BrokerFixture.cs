using System.Buffers;
using System.IO.Pipelines;
using Fairlead.Broker;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Broker;

/// <summary>A broker in memory, spoken to over pipes; no port, no clock of its own.</summary>
internal sealed class BrokerFixture : IAsyncDisposable
{
    private readonly List<Task> _connections = [];

    public BrokerFixture(
        BrokerOptions? options = null, IBrokerStore? store = null, IAuthorizer? authorizer = null, TimeProvider? time = null, Principal? principal = null)
    {
        Broker = new MqttBroker(
            options ?? new BrokerOptions { SystemTopicInterval = TimeSpan.Zero }, store ?? new MemoryStore(), new Anybody(principal ?? Principal.Anonymous),
            authorizer ?? new OpenAuthorizer(), time ?? TimeProvider.System, NullLogger<MqttBroker>.Instance);
        Broker.Start();
    }

    public MqttBroker Broker { get; }

    /// <summary>Opens a transport; the client side is returned.</summary>
    /// <param name="outputLimit">Bytes that the way to the client holds before the broker's flush waits.</param>
    public PipeClient Open(int outputLimit = 1 << 20)
    {
        var toBroker = new Pipe(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        var toClient = new Pipe(new PipeOptions(
            pauseWriterThreshold: outputLimit, resumeWriterThreshold: outputLimit / 2, readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        var info = new TransportInfo
        {
            Listener = "test",
            Protocol = "mqtt",
            IsLoopback = true,
            Abort = reason => toBroker.Writer.Complete(new IOException(reason)),
        };
        _connections.Add(Broker.RunConnectionAsync(new Duplex(toBroker.Reader, toClient.Writer), info, CancellationToken.None));
        return new PipeClient(toClient.Reader, toBroker.Writer);
    }

    /// <summary>Opens a transport and connects.</summary>
    public async Task<PipeClient> ConnectAsync(
        string clientId, ProtocolVersion version = ProtocolVersion.V5, bool clean = true, uint? expiry = null, ushort? receiveMaximum = null,
        int outputLimit = 1 << 20, ushort keepAlive = 0)
    {
        var client = Open(outputLimit);
        client.Version = version;
        await client.SendAsync(output => PacketWriter.Write(output, new ConnectPacket
        {
            Version = version,
            ClientId = clientId,
            CleanStart = clean,
            SessionExpiryInterval = expiry,
            ReceiveMaximum = receiveMaximum,
            KeepAlive = keepAlive,
        }));
        var packet = await client.ReadAsync();
        packet.Header.Type.ShouldBe(PacketType.ConnAck);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await Task.WhenAll(_connections).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class Anybody(Principal principal) : IAuthenticator
    {
        public ValueTask<AuthenticationResult> AuthenticateAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken) =>
            new(AuthenticationResult.Accept(principal));
    }
}

/// <summary>The client side of a pipe transport.</summary>
internal sealed class PipeClient(PipeReader input, PipeWriter output)
{
    public ProtocolVersion Version { get; set; } = ProtocolVersion.V5;

    public PipeReader Input { get; } = input;

    public PipeWriter Output { get; } = output;

    public async Task SendAsync(Action<IBufferWriter<byte>> write)
    {
        write(Output);
        await Output.FlushAsync(TestContext.Current.CancellationToken);
    }

    public Task PublishAsync(PublishPacket packet) => SendAsync(o => PacketWriter.Write(o, Version, packet));

    public async Task SubscribeAsync(string filter, QualityOfService qos = QualityOfService.AtMostOnce)
    {
        await SendAsync(o => PacketWriter.Write(o, Version, new SubscribePacket { PacketId = 1, Subscriptions = [new SubscriptionRequest(filter, qos)] }));
        (await ReadAsync()).Header.Type.ShouldBe(PacketType.SubAck);
    }

    public async Task<PublishPacket> ReadPublishAsync()
    {
        var packet = await ReadAsync();
        PacketReader.TryReadPublish(packet.Header, packet.Body, Version, out var publish, out var error).ShouldBeTrue(error.Reason);
        return publish!;
    }

    /// <summary>Expects the broker to end the connection without another word.</summary>
    public async Task ShouldBeClosedAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            var result = await Input.ReadAsync(deadline.Token);
            result.Buffer.IsEmpty.ShouldBeTrue("the broker said something before it closed the connection");
            Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
    }

    /// <summary>One whole packet; a deadline that only a broken broker meets.</summary>
    public async Task<(FrameHeader Header, byte[] Body)> ReadAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            var result = await Input.ReadAsync(deadline.Token);
            if (FrameReader.TryRead(result.Buffer, int.MaxValue, out var header, out _) == DecodeStatus.Complete)
            {
                byte[] body = result.Buffer.Slice(header.HeaderLength, header.BodyLength).ToArray();
                Input.AdvanceTo(result.Buffer.GetPosition(header.TotalLength));
                return (header, body);
            }

            Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            result.IsCompleted.ShouldBeFalse("the broker closed the connection");
        }
    }
}
