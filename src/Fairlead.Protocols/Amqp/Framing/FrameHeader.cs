using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fairlead.Protocols.Amqp;

/// <summary>Whether a frame is there.</summary>
public enum FrameStatus : byte
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>All of it is there.</summary>
    Complete,

    /// <summary>It cannot be a frame; the connection is to be closed with <c>amqp:connection:framing-error</c>.</summary>
    Failed,
}

/// <summary>Head of a frame (spec 7.1).</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FrameHeader
{
    /// <summary>Bytes of the head without its extension.</summary>
    public const int Length = 8;

    /// <summary>Type of frames of AMQP itself.</summary>
    public const byte AmqpFrame = 0;

    /// <summary>Type of SASL frames.</summary>
    public const byte SaslFrame = 1;

    /// <summary>Bytes of the whole frame.</summary>
    public int Size { get; private init; }

    /// <summary>Where the body begins.</summary>
    public int BodyOffset { get; private init; }

    /// <summary>0 for AMQP, 1 for SASL.</summary>
    public byte Type { get; private init; }

    /// <summary>Channel; without meaning in SASL.</summary>
    public ushort Channel { get; private init; }

    /// <summary>Whether the frame is a heartbeat.</summary>
    public bool IsEmpty => Size == BodyOffset;

    /// <summary>Looks for a whole frame at the start of what has come.</summary>
    /// <param name="source">What has come.</param>
    /// <param name="maxFrameSize">Largest frame taken.</param>
    /// <param name="header">Its head.</param>
    /// <param name="error">What is wrong with it; null unless it failed.</param>
    public static FrameStatus TryRead(in ReadOnlySequence<byte> source, uint maxFrameSize, out FrameHeader header, out string? error)
    {
        header = default;
        error = null;
        if (source.Length < Length) return FrameStatus.Incomplete;
        Span<byte> copy = stackalloc byte[Length];
        scoped ReadOnlySpan<byte> head = source.FirstSpan;
        if (head.Length < Length)
        {
            source.Slice(0, Length).CopyTo(copy);
            head = copy;
        }

        uint size = BinaryPrimitives.ReadUInt32BigEndian(head);
        int offset = head[4] * 4;
        error = (size, offset) switch
        {
            _ when size > maxFrameSize => "a frame is larger than agreed",
            _ when size > int.MaxValue => "a frame is larger than can be held",
            ( < Length, _) => "a frame is shorter than its head",
            (_, < Length) => "the body of a frame begins inside its head",
            _ when offset > size => "the body of a frame begins behind its end",
            _ when head[5] > SaslFrame => "there is no such type of frame",
            _ => null,
        };
        if (error is not null) return FrameStatus.Failed;
        header = new FrameHeader { Size = (int)size, BodyOffset = offset, Type = head[5], Channel = BinaryPrimitives.ReadUInt16BigEndian(head[6..]) };
        return source.Length < size ? FrameStatus.Incomplete : FrameStatus.Complete;
    }
}
