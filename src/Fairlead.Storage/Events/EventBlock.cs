using System.Buffers.Binary;

namespace Fairlead.Storage.Events;

/// <summary>
/// Events of one partition that follow one another: length (4 bytes), time of arrival (8 bytes, milliseconds of the Unix epoch), record; all
/// numbers little-endian. Several blocks in a row can be put together byte by byte.
/// </summary>
/// <param name="First">Sequence number of the first.</param>
/// <param name="Count">How many there are.</param>
/// <param name="LastTime">Time of arrival of the last, in milliseconds of the Unix epoch.</param>
/// <param name="Body">The events.</param>
internal sealed record EventBlock(long First, int Count, long LastTime, ReadOnlyMemory<byte> Body)
{
    /// <summary>Bytes in front of each record.</summary>
    public const int HeadBytes = 12;

    /// <summary>Sequence number behind the last.</summary>
    public long Next => First + Count;

    /// <summary>Reads the event at a place in the body and moves on to the next.</summary>
    /// <param name="position">Place in <see cref="Body"/>; 0 is the first.</param>
    /// <param name="time">Time of arrival.</param>
    /// <param name="record">What was appended.</param>
    /// <returns>False at the end.</returns>
    public bool TryRead(ref int position, out long time, out ReadOnlyMemory<byte> record)
    {
        time = 0;
        record = default;
        if (Body.Length - position < HeadBytes) return false;
        var head = Body.Span[position..];
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length < 0 || length > Body.Length - position - HeadBytes) return false;
        time = BinaryPrimitives.ReadInt64LittleEndian(head[4..]);
        record = Body.Slice(position + HeadBytes, length);
        position += HeadBytes + length;
        return true;
    }
}
