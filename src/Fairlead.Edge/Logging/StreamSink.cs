namespace Fairlead.Edge.Logging;

/// <summary>Lines go to a stream, such as the standard error stream.</summary>
internal sealed class StreamSink(Stream stream) : ILogSink
{
    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> lines)
    {
        stream.Write(lines);
        stream.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();
}
