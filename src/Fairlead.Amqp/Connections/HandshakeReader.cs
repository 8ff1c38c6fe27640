using System.Buffers;
using System.IO.Pipelines;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp.Connections;

/// <summary>Reads headers and frames one at a time, while a connection is made; leaves what follows in the pipe.</summary>
internal sealed class HandshakeReader(PipeReader input, uint maxFrameSize)
{
    /// <summary>What is wrong with what came; null while nothing is, or when the peer has gone.</summary>
    public string? Fault { get; private set; }

    /// <summary>Reads a protocol header; null when the peer has gone. Ends early with what cannot become one.</summary>
    public async ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            int length = (int)Math.Min(buffer.Length, ProtocolHeader.Length);
            var seen = buffer.Slice(0, length).ToArray();
            bool hopeless = !seen.AsSpan(0, Math.Min(4, length)).SequenceEqual(ProtocolHeader.Amqp[..Math.Min(4, length)]);
            if (length == ProtocolHeader.Length || hopeless)
            {
                input.AdvanceTo(buffer.GetPosition(length));
                return seen;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted || result.IsCanceled) return null;
        }
    }

    /// <summary>Reads the body of the next frame that is no heartbeat; null when the peer has gone or <see cref="Fault"/> says why.</summary>
    public async ValueTask<byte[]?> ReadFrameAsync(byte type, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            switch (FrameHeader.TryRead(buffer, maxFrameSize, out FrameHeader header, out string? fault))
            {
                case FrameStatus.Failed:
                    Fault = fault;
                    input.AdvanceTo(buffer.Start);
                    return null;
                case FrameStatus.Complete when header.IsEmpty && header.Type == FrameHeader.AmqpFrame:
                    input.AdvanceTo(buffer.GetPosition(header.Size));
                    continue;
                case FrameStatus.Complete:
                    var body = buffer.Slice(header.BodyOffset, header.Size - header.BodyOffset).ToArray();
                    input.AdvanceTo(buffer.GetPosition(header.Size));
                    if (header.Type == type) return body;
                    Fault = "a frame of another type is expected";
                    return null;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted || result.IsCanceled) return null;
        }
    }
}
