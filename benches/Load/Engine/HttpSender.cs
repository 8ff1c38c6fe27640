using System.Buffers.Text;
using Fairlead.Load.Measuring;

namespace Fairlead.Load.Engine;

// An HTTP/1.1 client on a connection that stays open, one request at a time. It knows as much of HTTP as answers with a Content-Length need.
internal sealed class HttpSender : Link
{
    private long _due;

    internal Histogram? Latency { get; set; }

    internal long Answered { get; private set; }

    internal long Unexpected { get; private set; }

    internal int Expected { get; set; } = 200;

    internal int LastStatus { get; private set; }

    internal bool IsBusy { get; private set; }

    internal bool WasCut { get; private set; }

    // Called after each answer: the next request, in a closed loop.
    internal Action<HttpSender>? Next { get; set; }

    // Latency counts from the moment at which the request was to be sent.
    internal void Request(ReadOnlySpan<byte> bytes, long due)
    {
        _due = due;
        IsBusy = true;
        Send(bytes);
    }

    protected override int OnData(ReadOnlySpan<byte> data)
    {
        int at = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = data[at..];
            int end = rest.IndexOf("\r\n\r\n"u8);
            if (end < 0)
                return at;
            int length = ReadLength(rest[..(end + 2)]);
            if (rest.Length < end + 4 + length)
                return at;
            at += end + 4 + length;
            OnAnswer(rest);
        }
    }

    protected override void OnClosed(int error) => WasCut = true;

    private static int ReadLength(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> name = "\r\nContent-Length: "u8;
        int at = head.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(head[(at + name.Length)..], out int length, out _)
            ? length
            : throw new InvalidDataException("An answer came without its length.");
    }

    private void OnAnswer(ReadOnlySpan<byte> answer)
    {
        // "HTTP/1.1 200 "
        LastStatus = Utf8Parser.TryParse(answer[9..], out int status, out _) ? status : 0;
        if (LastStatus != Expected)
            Unexpected++;
        Answered++;
        IsBusy = false;
        Latency?.Record(Loop.Now - _due);
        Next?.Invoke(this);
    }
}
