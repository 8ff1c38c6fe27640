using System.Buffers.Text;
using Fairlead.Load.Measuring;

namespace Fairlead.Load.Engine;

// What one device hears on its stream of server-sent events. The body of a message is the clock's reading when it was sent.
internal sealed class DeviceEvents
{
    internal Histogram? Latency { get; set; }

    internal bool IsStreaming { get; private set; }

    internal long Received { get; private set; }

    // Takes whole events, and says how many bytes they were.
    internal int Read(ReadOnlySpan<byte> data)
    {
        int at = 0;
        while (data[at..].IndexOf("\n\n"u8) is var end and >= 0)
        {
            OnEvent(data.Slice(at, end));
            at += end + 2;
        }

        return at;
    }

    private void OnEvent(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf(": stream"u8) >= 0)
            IsStreaming = true;
        ReadOnlySpan<byte> name = "\"body\":"u8;
        int body = text.IndexOf(name);
        if (body < 0 || !Utf8Parser.TryParse(text[(body + name.Length)..], out long sent, out _))
            return;
        Received++;
        Latency?.Record(EventLoop.ReadClock() - sent);
    }
}
