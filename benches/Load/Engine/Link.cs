using System.Net.Sockets;
using System.Runtime.InteropServices;
using Fairlead.Load.Native;

namespace Fairlead.Load.Engine;

// A TCP connection in the loop: what one write could not take waits here, and so does the head of a packet whose tail is still to come.
internal abstract unsafe class Link
{
    internal const int MaximumCarry = 64 * 1024;

    private EventLoop? _loop;
    private byte[] _carry = [];
    private int _carried;
    private byte[] _pending = [];
    private int _pendingStart;
    private int _pendingEnd;

    internal int Socket { get; private set; } = -1;

    internal int Slot { get; private set; }

    internal uint Generation { get; private set; }

    internal bool IsOpen => Socket >= 0;

    internal bool IsWriting => _pendingEnd > _pendingStart;

    // What arrives waits until someone asks for it with ReadNow and wakes nobody.
    internal bool ReadsOnDemand { get; private set; }

    protected EventLoop Loop => _loop ?? throw new InvalidOperationException("The connection was never opened.");

    internal void Open(EventLoop loop, in IPv4Address server, uint sourceAddress = 0)
    {
        int socket = Libc.Socket(Libc.AfInet, Libc.SockStream | Libc.SockCloseOnExec, 0);
        if (socket < 0)
            throw new SocketException(Marshal.GetLastPInvokeError());
        int one = 1;
        _ = Libc.SetSocketOption(socket, Libc.IpProtoTcp, Libc.TcpNoDelay, &one, sizeof(int));
        byte* address = stackalloc byte[16];
        if (sourceAddress != 0)
        {
            _ = Libc.SetSocketOption(socket, Libc.IpProtoIp, Libc.IpBindAddressNoPort, &one, sizeof(int));
            new IPv4Address(sourceAddress, 0).Write(address);
            Check(Libc.Bind(socket, address, 16), socket);
        }

        // Over loopback the handshake happens inside the call: nothing to wait for.
        server.Write(address);
        Check(Libc.Connect(socket, address, 16), socket);
        loop.Attach(this, socket);
    }

    internal void Opened(EventLoop loop, int socket, int slot, uint generation)
    {
        _loop = loop;
        Socket = socket;
        Slot = slot;
        Generation = generation;
        _carried = 0;
        _pendingStart = _pendingEnd = 0;
    }

    internal void Close()
    {
        if (!IsOpen)
            return;
        _ = Libc.Close(Socket);
        Socket = -1;
        Loop.Detach(this, Slot);
    }

    internal void Send(ReadOnlySpan<byte> bytes)
    {
        if (!IsOpen)
            return;
        int sent = IsWriting ? 0 : Write(bytes);
        if (sent < 0 || sent == bytes.Length)
            return;
        bool wasWriting = IsWriting;
        Keep(bytes[sent..]);
        if (!wasWriting)
            Loop.Watch(this);
    }

    internal void ReadOnDemand()
    {
        ReadsOnDemand = true;
        Loop.Watch(this);
    }

    internal void FlushPending()
    {
        int sent = Write(_pending.AsSpan(_pendingStart, _pendingEnd - _pendingStart));
        if (sent < 0)
            return;
        _pendingStart += sent;
        if (IsWriting)
            return;
        _pendingStart = _pendingEnd = 0;
        Loop.Watch(this);
    }

    internal void Receive(byte* buffer, int size)
    {
        // The carried head is laid right before the fresh bytes, so that packets are always contiguous.
        byte* fresh = buffer + MaximumCarry;
        nint count = Libc.Receive(Socket, fresh, size, Libc.MsgDontWait);
        if (count <= 0)
        {
            int error = count == 0 ? 0 : Marshal.GetLastPInvokeError();
            if (error is Libc.ErrorAgain or Libc.ErrorInterrupted)
                return;
            Close();
            OnClosed(error);
            return;
        }

        byte* start = fresh - _carried;
        _carry.AsSpan(0, _carried).CopyTo(new Span<byte>(start, _carried));
        int available = _carried + (int)count;
        int consumed = OnData(new ReadOnlySpan<byte>(start, available));
        Carry(new ReadOnlySpan<byte>(start + consumed, available - consumed));
    }

    // Takes whole packets from the front and returns how many bytes they were.
    protected abstract int OnData(ReadOnlySpan<byte> data);

    // The other side closed (error 0) or the connection broke.
    protected abstract void OnClosed(int error);

    private static void Check(int result, int socket)
    {
        if (result >= 0)
            return;
        int error = Marshal.GetLastPInvokeError();
        _ = Libc.Close(socket);
        throw new SocketException(error);
    }

    private int Write(ReadOnlySpan<byte> bytes)
    {
        nint sent;
        fixed (byte* first = bytes)
            sent = Libc.Send(Socket, first, bytes.Length, Libc.MsgNoSignal | Libc.MsgDontWait);
        if (sent >= 0)
            return (int)sent;
        int error = Marshal.GetLastPInvokeError();
        if (error is Libc.ErrorAgain or Libc.ErrorInterrupted)
            return 0;
        Close();
        OnClosed(error);
        return -1;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_pendingEnd + bytes.Length > _pending.Length)
        {
            byte[] larger = new byte[Math.Max(_pendingEnd - _pendingStart + bytes.Length, _pending.Length * 2)];
            _pending.AsSpan(_pendingStart, _pendingEnd - _pendingStart).CopyTo(larger);
            _pendingEnd -= _pendingStart;
            _pendingStart = 0;
            _pending = larger;
        }

        bytes.CopyTo(_pending.AsSpan(_pendingEnd));
        _pendingEnd += bytes.Length;
    }

    private void Carry(ReadOnlySpan<byte> rest)
    {
        if (rest.Length > MaximumCarry)
            throw new InvalidDataException("The broker sent a packet far larger than anything that was published.");
        if (rest.Length > _carry.Length)
            _carry = new byte[Math.Max(256, rest.Length)];
        rest.CopyTo(_carry);
        _carried = rest.Length;
    }
}
