using System.Buffers;
using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Unit.Amqp;

/// <summary>A peer that sends what the test says, frame by frame, and shows each frame that comes back.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly DuplexPipe _pipe;
    private readonly Task _serving;

    private RawPeer(DuplexPipe pipe, AmqpConnection server, Task serving)
    {
        _pipe = pipe;
        Server = server;
        _serving = serving;
    }

    public AmqpConnection Server { get; }

    /// <summary>Joins a listener; nothing is sent yet.</summary>
    public static RawPeer Connect(Listener listener, AmqpOptions? options = null)
    {
        var (near, far) = DuplexPipe.CreatePair();
        var server = AmqpConnection.Accept(far, options ?? Pair.ServerOptions, listener);
        return new RawPeer(near, server, server.RunAsync());
    }

    /// <summary>Joins a listener, opens, and begins a session on channel 7.</summary>
    public static async Task<RawPeer> OpenAsync(Listener listener, AmqpOptions? options = null, Open? open = null, ushort channel = 7)
    {
        var peer = Connect(listener, options);
        await peer.SendAsync(writer =>
        {
            writer.WriteRaw(ProtocolHeader.Amqp);
            Frame(writer, 0, () => PerformativeWriter.Write(writer, open ?? new Open { ContainerId = "raw" }));
            Frame(writer, channel, () => PerformativeWriter.Write(writer, new Begin { IncomingWindow = 1000, OutgoingWindow = 1000 }));
        });
        (await peer.ReadHeaderAsync()).ShouldBeAmqp();
        await peer.ExpectAsync(Descriptor.Open);
        await peer.ExpectAsync(Descriptor.Begin);
        return peer;
    }

    public static void Frame(AmqpWriter writer, ushort channel, Action body)
    {
        int mark = FrameWriter.Begin(writer, channel);
        body();
        FrameWriter.End(writer, mark);
    }

    public async Task SendAsync(Action<AmqpWriter> write)
    {
        using var writer = new AmqpWriter();
        write(writer);
        await SendAsync(writer.Written.ToArray());
    }

    public async Task SendAsync(byte[] bytes) => await _pipe.Output.WriteAsync(bytes);

    public Task SendFrameAsync(ushort channel, Action<AmqpWriter> body) => SendAsync(writer => Frame(writer, channel, () => body(writer)));

    public Task AttachAsync(Attach attach, ushort channel = 7) => SendFrameAsync(channel, writer => PerformativeWriter.Write(writer, attach));

    public Task FlowAsync(Flow flow, ushort channel = 7) => SendFrameAsync(channel, writer => PerformativeWriter.Write(writer, flow));

    public Task TransferAsync(uint handle, uint? id, byte[] payload, bool more = false, bool aborted = false, uint? format = 0, bool? settled = null, ushort channel = 7) =>
        SendFrameAsync(channel, writer =>
        {
            PerformativeWriter.Write(writer, new Transfer
            {
                Handle = handle,
                DeliveryId = id,
                DeliveryTag = id is null ? default : BitConverter.GetBytes(id.Value),
                MessageFormat = id is null ? null : format,
                More = more,
                Aborted = aborted,
                Settled = settled,
            });
            writer.WriteRaw(payload);
        });

    public Task DispositionAsync(Disposition disposition, ushort channel = 7) => SendFrameAsync(channel, writer => PerformativeWriter.Write(writer, disposition));

    public async Task<byte[]> ReadHeaderAsync()
    {
        var result = await _pipe.Input.ReadAtLeastAsync(8).AsTask().WaitAsync(Listener.Patience);
        var header = result.Buffer.Slice(0, 8).ToArray();
        _pipe.Input.AdvanceTo(result.Buffer.GetPosition(8));
        return header;
    }

    /// <summary>The next frame; null at the end of the stream.</summary>
    public async Task<RawFrame?> ReadAsync(bool heartbeats = false)
    {
        while (true)
        {
            var result = await _pipe.Input.ReadAsync().AsTask().WaitAsync(Listener.Patience);
            var buffer = result.Buffer;
            if (FrameHeader.TryRead(buffer, int.MaxValue, out var header, out _) == FrameStatus.Complete)
            {
                var frame = new RawFrame(header.Type, header.Channel, buffer.Slice(8, header.Size - 8).ToArray());
                _pipe.Input.AdvanceTo(buffer.GetPosition(header.Size));
                if (frame.Body.Length > 0 || heartbeats) return frame;
                continue;
            }

            _pipe.Input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted) return null;
        }
    }

    /// <summary>The next frame, which must be this; flows that only open the session's window are passed over when something else is wanted.</summary>
    public async Task<RawFrame> ExpectAsync(ulong descriptor)
    {
        while (true)
        {
            var frame = await ReadAsync() ?? throw new InvalidOperationException("the connection ended");
            if (frame.Descriptor == descriptor) return frame;
            if (frame.Descriptor != Descriptor.Flow) throw new InvalidOperationException($"{frame.Descriptor:x} came instead of {descriptor:x}");
        }
    }

    public async Task ExpectEndAsync()
    {
        while (await ReadAsync() is { } frame)
        {
            if (frame.Descriptor != Descriptor.Flow) throw new InvalidOperationException($"{frame.Descriptor:x} came instead of the end");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _pipe.Output.CompleteAsync();
        await _serving.WaitAsync(Listener.Patience);
        await _pipe.Input.CompleteAsync();
    }
}

/// <summary>A frame that came.</summary>
internal sealed record RawFrame(byte Type, ushort Channel, byte[] Body)
{
    public ulong Descriptor
    {
        get
        {
            var reader = new AmqpReader(Body);
            return reader.TryReadDescriptor(out ulong descriptor) ? descriptor : 0;
        }
    }

    public Attach Attach => Read<Attach>((ref AmqpReader reader, out Attach value) => PerformativeReader.ReadAttach(ref reader, out value));

    public Flow Flow => Read<Flow>((ref AmqpReader reader, out Flow value) => PerformativeReader.ReadFlow(ref reader, out value));

    public Begin Begin => Read<Begin>((ref AmqpReader reader, out Begin value) => PerformativeReader.ReadBegin(ref reader, out value));

    public Detach Detach => Read<Detach>((ref AmqpReader reader, out Detach value) => PerformativeReader.ReadDetach(ref reader, out value));

    public Disposition Disposition => Read<Disposition>((ref AmqpReader reader, out Disposition value) => PerformativeReader.ReadDisposition(ref reader, out value));

    public AmqpError? EndError => Read<End>((ref AmqpReader reader, out End value) => PerformativeReader.ReadEnd(ref reader, out value)).Error;

    public AmqpError? CloseError => Read<Close>((ref AmqpReader reader, out Close value) => PerformativeReader.ReadClose(ref reader, out value)).Error;

    public (uint Handle, uint? Id, byte[] Tag, byte[] Payload) Transfer
    {
        get
        {
            var reader = new AmqpReader(Body);
            reader.TryReadDescriptor(out _);
            if (PerformativeReader.ReadTransfer(ref reader, out var transfer) is { } error) throw new InvalidOperationException(error.ToString());
            return (transfer.Handle, transfer.DeliveryId, transfer.DeliveryTag.ToArray(), reader.Rest.ToArray());
        }
    }

    private delegate AmqpError? Reading<T>(ref AmqpReader reader, out T value);

    private T Read<T>(Reading<T> read)
    {
        var reader = new AmqpReader(Body);
        reader.TryReadDescriptor(out _);
        return read(ref reader, out T value) is { } error ? throw new InvalidOperationException(error.ToString()) : value;
    }
}

internal static class RawPeerAssertions
{
    public static void ShouldBeAmqp(this byte[] header) => Shouldly.ShouldBeTestExtensions.ShouldBe(header, ProtocolHeader.Amqp.ToArray());
}
