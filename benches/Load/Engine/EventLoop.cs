using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Fairlead.Load.Native;

namespace Fairlead.Load.Engine;

// One thread, one epoll, one big read buffer for all connections.
internal sealed unsafe class EventLoop : IDisposable
{
    private const int MaximumEvents = 1024;
    private const int ReadSize = 256 * 1024;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int EventDataAt = EventSize - 8;

    private readonly int _epoll;
    private readonly byte* _events;
    private readonly byte* _buffer;
    private readonly List<Link?> _links = [];
    private readonly Stack<int> _free = [];
    private uint _generation;

    internal EventLoop()
    {
        _epoll = Libc.EpollCreate(Libc.EpollCloseOnExec);
        if (_epoll < 0)
            throw new SocketException(Marshal.GetLastPInvokeError());

        // The kernel would otherwise be free to wake this thread 50 µs late.
        _ = Libc.ProcessControl(Libc.SetTimerSlack, 1);
        _events = (byte*)NativeMemory.AllocZeroed((nuint)(MaximumEvents * EventSize));
        _buffer = (byte*)NativeMemory.Alloc(Link.MaximumCarry + ReadSize);
        Touch();
    }

    // Nanoseconds of the monotonic clock, taken once after every wait.
    internal long Now { get; private set; }

    internal int Count { get; private set; }

    public void Dispose()
    {
        foreach (Link? link in _links.ToArray())
            link?.Close();
        _ = Libc.Close(_epoll);
        NativeMemory.Free(_events);
        NativeMemory.Free(_buffer);
    }

    internal static long ReadClock() => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    internal void Touch() => Now = ReadClock();

    // Waits at most so long for events and serves them. Zero only looks.
    internal int Poll(long timeoutNanoseconds)
    {
        Libc.TimeSpec wait;
        wait.Seconds = timeoutNanoseconds / 1_000_000_000;
        wait.Nanoseconds = timeoutNanoseconds % 1_000_000_000;
        int count = Libc.EpollWait(_epoll, _events, MaximumEvents, &wait, null);
        Touch();
        if (count < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == Libc.ErrorInterrupted ? 0 : throw new SocketException(error);
        }

        for (int i = 0; i < count; i++)
            Serve(_events + (i * EventSize));
        return count;
    }

    // Lets the sockets fill up: one later read then takes what would have been many small ones.
    internal static void Rest(long nanoseconds)
    {
        Libc.TimeSpec duration;
        duration.Seconds = 0;
        duration.Nanoseconds = nanoseconds;
        _ = Libc.Sleep(&duration, null);
    }

    internal void Attach(Link link, int socket)
    {
        if (!_free.TryPop(out int slot))
        {
            slot = _links.Count;
            _links.Add(null);
        }

        _links[slot] = link;
        link.Opened(this, socket, slot, ++_generation);
        Control(Libc.EpollAdd, link, Libc.EpollIn);
        Count++;
    }

    internal void Detach(Link link, int slot)
    {
        Debug.Assert(_links[slot] == link);
        _links[slot] = null;
        _free.Push(slot);
        Count--;
    }

    internal void Watch(Link link) =>
        Control(Libc.EpollModify, link, (link.ReadsOnDemand ? 0 : Libc.EpollIn) | (link.IsWriting ? Libc.EpollOut : 0));

    internal void ReadNow(Link link)
    {
        if (link.IsOpen)
            link.Receive(_buffer, ReadSize);
    }

    private void Control(int operation, Link link, uint interest)
    {
        byte* entry = stackalloc byte[16];
        var span = new Span<byte>(entry, 16);
        BinaryPrimitives.WriteUInt32LittleEndian(span, interest);
        BinaryPrimitives.WriteUInt64LittleEndian(span[EventDataAt..], ((ulong)link.Generation << 32) | (uint)link.Slot);
        if (Libc.EpollControl(_epoll, operation, link.Socket, entry) < 0)
            throw new SocketException(Marshal.GetLastPInvokeError());
    }

    private void Serve(byte* entry)
    {
        uint happened = *(uint*)entry;
        ulong data = *(ulong*)(entry + EventDataAt);
        Link? link = _links[(int)(uint)data];

        // The slot may have been closed, and even given to another connection, earlier in this very batch.
        if (link is null || link.Generation != (uint)(data >> 32))
            return;
        if ((happened & Libc.EpollOut) != 0)
            link.FlushPending();
        if ((happened & ~Libc.EpollOut) != 0 && link.IsOpen)
            link.Receive(_buffer, ReadSize);
    }
}
