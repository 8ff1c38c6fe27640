using System.Text;
using System.Threading.Channels;

namespace Fairlead.Edge.Logging;

/// <summary>Writes lines in the background, so that a slow disk holds nobody up. What does not fit its queue is dropped and counted.</summary>
internal sealed class LogPump : IAsyncDisposable
{
    private const int MostWaiting = 8192;

    private readonly Channel<string> _lines;
    private readonly ILogSink _sink;
    private readonly Task _work;
    private long _dropped;

    /// <summary>Starts to write.</summary>
    /// <param name="sink">Where to; disposed of with the pump.</param>
    public LogPump(ILogSink sink)
    {
        _sink = sink;
        _lines = Channel.CreateBounded<string>(
            new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropNewest, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));
        _work = WorkAsync();
    }

    /// <summary>Lines dropped.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Takes a line; never waits.</summary>
    public void Write(string line) => _lines.Writer.TryWrite(line);

    /// <summary>Writes what waits, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _work;
        _sink.Dispose();
    }

    private async Task WorkAsync()
    {
        var batch = new StringBuilder();
        while (await _lines.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Length < 64 * 1024 && _lines.Reader.TryRead(out string? line)) batch.Append(line).Append('\n');
            try
            {
                _sink.Write(Encoding.UTF8.GetBytes(batch.ToString()));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A full disk must not end the connector; the lines are counted as lost.
                Interlocked.Add(ref _dropped, batch.ToString().AsSpan().Count('\n'));
            }
        }
    }
}
