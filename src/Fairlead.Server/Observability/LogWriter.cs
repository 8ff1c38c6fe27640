using System.Threading.Channels;

namespace Fairlead.Server.Observability;

/// <summary>
/// Takes finished log lines from any thread without waiting and writes them from a thread of its own: a log that nobody reads must not
/// stop an I/O thread. What does not fit into the queue is dropped and counted, and the count is written when there is room again.
/// </summary>
public sealed class LogWriter : IDisposable
{
    private const int Capacity = 8192;

    private readonly Stream _output;
    private readonly Thread _thread;
    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private long _dropped;
    private int _started;

    /// <summary>Makes a writer that holds its lines until <see cref="Start"/>.</summary>
    /// <param name="output">Where the lines go.</param>
    public LogWriter(Stream output)
    {
        _output = output;
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
    }

    /// <summary>Lines lost so far because the reader of the log was too slow.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Begins to write. Until then lines wait, so that a start that fails says one sentence and nothing else.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0) _thread.Start();
    }

    /// <summary>Takes a line with its line feed.</summary>
    public void Write(byte[] line)
    {
        if (!_lines.Writer.TryWrite(line)) Interlocked.Increment(ref _dropped);
    }

    /// <summary>Writes what waits, for at most a second.</summary>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        if (Volatile.Read(ref _started) == 1) _thread.Join(TimeSpan.FromSeconds(1));
    }

    private void Run()
    {
        try
        {
            var reader = _lines.Reader;
            var reported = 0L;
            while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (reader.TryRead(out var line)) _output.Write(line);
                var dropped = Dropped;
                if (dropped != reported)
                {
                    _output.Write(LogLine.DroppedNotice(dropped - reported));
                    reported = dropped;
                }

                _output.Flush();
            }
        }
        catch (IOException)
        {
            // Nobody can be told that the log is gone. The queue fills up and every further line is counted as dropped.
        }
    }
}
