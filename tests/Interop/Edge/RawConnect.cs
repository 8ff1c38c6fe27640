using System.Buffers.Binary;
using System.Text;

namespace Fairlead.Interop.Edge;

/// <summary>What a CONNECT of version 3.1.1 says.</summary>
/// <param name="Protocol">Name of the protocol.</param>
/// <param name="Level">Its level.</param>
/// <param name="Flags">Connect flags: 2 clean session, 4 will, 64 password, 128 user name.</param>
/// <param name="KeepAlive">Seconds.</param>
/// <param name="ClientId">Client Identifier.</param>
/// <param name="RestBytes">Bytes behind it: will, user name, password.</param>
public sealed record RawConnect(string Protocol, int Level, int Flags, int KeepAlive, string ClientId, int RestBytes)
{
    /// <summary>Reads what follows the fixed header.</summary>
    public static RawConnect Read(byte[] body)
    {
        int length = BinaryPrimitives.ReadUInt16BigEndian(body);
        var rest = body.AsSpan(2 + length);
        int id = BinaryPrimitives.ReadUInt16BigEndian(rest[4..]);
        return new RawConnect(
            Encoding.UTF8.GetString(body, 2, length), rest[0], rest[1], BinaryPrimitives.ReadUInt16BigEndian(rest[2..]), Encoding.UTF8.GetString(rest.Slice(6, id)), rest.Length - 6 - id);
    }
}
