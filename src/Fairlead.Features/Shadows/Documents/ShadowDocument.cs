using System.Buffers.Binary;

namespace Fairlead.Features.Shadows.Documents;

/// <summary>
/// A shadow as it lies in memory and in the store: state and metadata in one compact form.
/// </summary>
/// <remarks>
/// <code>
/// document  format (1 byte, now 1), flags (1 byte, 1 = deleted), version (8 bytes), length of desired (4 bytes), desired, reported
/// section   members one behind the other; empty stands for absent, because an emptied section disappears
/// member    length and bytes of the name (escaped as in JSON, without quotes), then a value
/// value     0, length and JSON text of a scalar or array, time in seconds (4 bytes)
///           1, length (4 bytes), members of an object
/// </code>
/// Lengths of names and texts take seven bits a byte; numbers are little-endian. An array has one time, because it is replaced as a whole.
/// </remarks>
internal readonly ref struct ShadowDocument
{
    /// <summary>Bytes before the sections.</summary>
    public const int HeaderLength = 14;

    private const byte Format = 1;
    private const byte DeletedFlag = 1;

    private readonly ReadOnlySpan<byte> _body;

    /// <summary>Looks at a document. No bytes stand for a shadow that never was.</summary>
    public ShadowDocument(ReadOnlySpan<byte> body) => _body = body;

    /// <summary>Version; the hidden counter of one that was deleted; 0 for one that never was.</summary>
    public long Version => _body.IsEmpty ? 0 : BinaryPrimitives.ReadInt64LittleEndian(_body[2..]);

    /// <summary>Whether there is a shadow: it was made, and not deleted since.</summary>
    public bool Exists => !_body.IsEmpty && (_body[1] & DeletedFlag) == 0;

    /// <summary>Members of <c>desired</c>.</summary>
    public ReadOnlySpan<byte> Desired => _body.IsEmpty ? default : _body.Slice(HeaderLength, DesiredLength);

    /// <summary>Members of <c>reported</c>.</summary>
    public ReadOnlySpan<byte> Reported => _body.IsEmpty ? default : _body[(HeaderLength + DesiredLength)..];

    private int DesiredLength => BinaryPrimitives.ReadInt32LittleEndian(_body[10..]);

    /// <summary>Whether bytes from the store can be a document.</summary>
    public static bool IsReadable(ReadOnlySpan<byte> body) =>
        body.Length >= HeaderLength && body[0] == Format && new ShadowDocument(body).DesiredLength is >= 0 and var length && length <= body.Length - HeaderLength;

    /// <summary>Starts a document; its sections follow, <see cref="EndDesired"/> between them.</summary>
    public static void Begin(ByteBuffer to, long version, bool isDeleted)
    {
        to.Clear();
        to.Skip(HeaderLength);
        to.SetByte(0, Format);
        to.SetByte(1, isDeleted ? DeletedFlag : (byte)0);
        to.SetInt64(2, version);
    }

    /// <summary>Ends the first section.</summary>
    public static void EndDesired(ByteBuffer to) => to.SetUInt32(10, (uint)(to.Length - HeaderLength));

    /// <summary>What remains of a deleted shadow.</summary>
    /// <param name="version">Its hidden counter.</param>
    public static byte[] Tombstone(long version)
    {
        var body = new byte[HeaderLength];
        body[0] = Format;
        body[1] = DeletedFlag;
        BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(2), version);
        return body;
    }
}
