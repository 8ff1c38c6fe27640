using System.Buffers.Binary;
using System.Text;

namespace Fairlead.Load.Engine;

// The connection of a site's proxy: streams of many devices on one HTTP/2 connection (RFC 9113), without TLS and by prior knowledge. It knows as
// much of HTTP/2 as that needs: every request is a GET whose head goes out uncompressed, and of answers the data alone is looked at.
internal sealed class SharedStreams : Link
{
    // What servers allow at least.
    internal const int MostStreams = 100;

    private const int HeadSize = 9;
    private const int EndOfStreamAndHead = 0x5;
    private const int Acknowledgment = 0x1;
    private const int Padded = 0x8;
    private const int LargestWindow = int.MaxValue;
    private const int FirstWindow = 65_535;

    private readonly List<DeviceEvents> _streams = [];
    private readonly List<byte[]> _rests = [];

    private enum Frame : byte
    {
        Data = 0,
        Head = 1,
        Reset = 3,
        Settings = 4,
        Ping = 6,
        GoAway = 7,
        Window = 8,
    }

    internal bool WasCut { get; private set; }

    internal bool IsFull => _streams.Count == MostStreams;

    // After opening: windows so large that nothing has to be said about them any more.
    internal void Greet()
    {
        Span<byte> setting = stackalloc byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(setting, 4); // SETTINGS_INITIAL_WINDOW_SIZE
        BinaryPrimitives.WriteInt32BigEndian(setting[2..], LargestWindow);
        Span<byte> window = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(window, LargestWindow - FirstWindow);
        Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        SendFrame(Frame.Settings, 0, 0, setting);
        SendFrame(Frame.Window, 0, 0, window);
    }

    internal void Get(string path, DeviceEvents events)
    {
        // RFC 7541: indexed ":method: GET" and ":scheme: http", then ":path" and ":authority" as literals that no table keeps.
        byte[] head = [0x82, 0x86, 0x04, (byte)path.Length, .. Encoding.ASCII.GetBytes(path), 0x01, 9, .. "127.0.0.1"u8];
        _streams.Add(events);
        _rests.Add([]);
        SendFrame(Frame.Head, EndOfStreamAndHead, (_streams.Count * 2) - 1, head);
    }

    protected override int OnData(ReadOnlySpan<byte> data)
    {
        int at = 0;
        while (data.Length - at >= HeadSize)
        {
            ReadOnlySpan<byte> head = data.Slice(at, HeadSize);
            int length = BinaryPrimitives.ReadInt32BigEndian(head) >>> 8;
            if (data.Length - at - HeadSize < length)
                break;
            OnFrame((Frame)head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head[5..]) & int.MaxValue, data.Slice(at + HeadSize, length));
            at += HeadSize + length;
        }

        return at;
    }

    protected override void OnClosed(int error) => WasCut = true;

    private void OnFrame(Frame frame, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        switch (frame)
        {
            case Frame.Data when (flags & Padded) == 0:
                OnBody((stream - 1) / 2, payload);
                break;
            case Frame.Data or Frame.Reset or Frame.GoAway:
                WasCut = true;
                break;
            case Frame.Settings when (flags & Acknowledgment) == 0:
                SendFrame(Frame.Settings, Acknowledgment, 0, []);
                break;
            case Frame.Ping when (flags & Acknowledgment) == 0:
                SendFrame(Frame.Ping, Acknowledgment, 0, payload);
                break;
        }
    }

    // A frame has whole events, as a rule: only one that was cut is put together.
    private void OnBody(int stream, ReadOnlySpan<byte> data)
    {
        if (_rests[stream].Length > 0)
            data = (byte[])[.. _rests[stream], .. data];
        int read = _streams[stream].Read(data);
        _rests[stream] = read == data.Length ? [] : data[read..].ToArray();
    }

    private void SendFrame(Frame frame, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        byte[] bytes = new byte[HeadSize + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, payload.Length << 8);
        bytes[3] = (byte)frame;
        bytes[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), stream);
        payload.CopyTo(bytes.AsSpan(HeadSize));
        Send(bytes);
    }
}
