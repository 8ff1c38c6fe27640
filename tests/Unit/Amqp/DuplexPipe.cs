using System.IO.Pipelines;

namespace Fairlead.Unit.Amqp;

/// <summary>One end of a byte stream in memory.</summary>
internal sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;

    /// <summary>Two ends of one stream, each direction holding so many bytes before its writer has to wait.</summary>
    public static (DuplexPipe Client, DuplexPipe Server) CreatePair(int room = 1 << 20)
    {
        var options = new PipeOptions(pauseWriterThreshold: room, resumeWriterThreshold: room / 2, useSynchronizationContext: false);
        var up = new Pipe(options);
        var down = new Pipe(options);
        return (new DuplexPipe(down.Reader, up.Writer), new DuplexPipe(up.Reader, down.Writer));
    }
}
