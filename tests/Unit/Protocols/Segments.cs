using System.Buffers;

namespace Fairlead.Unit.Protocols;

/// <summary>Cuts bytes into a sequence of segments, empty ones included.</summary>
internal static class Segments
{
    public static ReadOnlySequence<byte> Split(byte[] bytes, params IEnumerable<int> cuts)
    {
        int[] ends = [.. cuts.Select(cut => Math.Min(cut, bytes.Length)).Order(), bytes.Length];
        Segment? first = null;
        Segment? last = null;
        int start = 0;
        foreach (int end in ends)
        {
            last = new Segment(bytes.AsMemory(start, end - start), last);
            first ??= last;
            start = end;
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null)
                return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
