using System.Buffers.Binary;
using Fairlead.Load.Native;

namespace Fairlead.Load.Engine;

// What the socket calls want to know of a peer. The load never leaves 127.0.0.0/8.
internal readonly record struct IPv4Address(uint Address, int Port)
{
    internal const uint Loopback = 0x7F000001;

    internal unsafe void Write(byte* sockAddr)
    {
        var span = new Span<byte>(sockAddr, 16);
        span.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(span, Libc.AfInet);
        BinaryPrimitives.WriteUInt16BigEndian(span[2..], (ushort)Port);
        BinaryPrimitives.WriteUInt32BigEndian(span[4..], Address);
    }
}
