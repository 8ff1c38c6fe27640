using System.Runtime.InteropServices;

namespace Fairlead.Load.Native;

// The few system calls the generator lives on. Sockets through the runtime would cost a thread pool, an epoll thread and a
// completion per read: more than the brokers that are measured.
internal static unsafe partial class Libc
{
    internal const int AfInet = 2;
    internal const int SockStream = 1;
    internal const int SockNonBlocking = 0x800;
    internal const int SockCloseOnExec = 0x80000;
    internal const int SolSocket = 1;
    internal const int SoLinger = 13;
    internal const int IpProtoTcp = 6;
    internal const int TcpNoDelay = 1;
    internal const int IpProtoIp = 0;
    internal const int IpBindAddressNoPort = 24;
    internal const int MsgNoSignal = 0x4000;
    internal const int MsgDontWait = 0x40;

    internal const int EpollCloseOnExec = 0x80000;
    internal const int EpollAdd = 1;
    internal const int EpollDelete = 2;
    internal const int EpollModify = 3;
    internal const uint EpollIn = 1;
    internal const uint EpollOut = 4;

    internal const int ErrorInterrupted = 4;
    internal const int ErrorAgain = 11;

    internal const int SignalTerminate = 15;
    internal const int SetTimerSlack = 29;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(int socket, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    internal static partial int Connect(int socket, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetSocketOption(int socket, int level, int name, void* value, int length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(int socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    internal static partial nint Send(int socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(int epoll, int operation, int descriptor, byte* epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    internal static partial int EpollWait(int epoll, byte* events, int maximum, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "nanosleep", SetLastError = true)]
    internal static partial int Sleep(TimeSpec* duration, TimeSpec* remaining);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    internal static partial int ProcessControl(int option, ulong argument);

    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }
}
