using System.Buffers;
using System.IO.Pipelines;

namespace Fairlead.Verbs.Messaging;

/// <summary>Lines of a stream as bytes, without their end: payloads need not be text.</summary>
internal static class LineReader
{
    public static async IAsyncEnumerable<byte[]> ReadAsync(
        Stream stream,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream);
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (TryTakeLine(ref buffer, out byte[] line))
                yield return line;
            if (result.IsCompleted)
            {
                if (!buffer.IsEmpty)
                    yield return buffer.ToArray();
                yield break;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, out byte[] line)
    {
        line = [];
        if (buffer.PositionOf((byte)'\n') is not { } end)
            return false;
        line = buffer.Slice(0, end).ToArray();
        if (line.Length > 0 && line[^1] == '\r')
            line = line[..^1];
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }
}
