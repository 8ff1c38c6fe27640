using System.Buffers.Binary;

namespace Fairlead.Features.Shadows.Documents;

/// <summary>
/// A shadow as it lies in memory and in the store: state and metadata in one compact form, and what makes a twin of it.
/// </summary>
/// <remarks>
/// <code>
/// document  format (1 byte, now 2), flags (1 byte, 1 = deleted), version (8 bytes), length of desired (4 bytes), length of reported
///           (4 bytes), versions of desired, reported and tags (4 bytes each), times of their last writes (4 bytes each),
///           desired, reported, tags
/// section   members one behind the other; empty stands for absent, because an emptied section disappears
/// member    length and bytes of the name (escaped as in JSON, without quotes), then a value
/// value     0, length and JSON text of a scalar or array, time in seconds (4 bytes)
///           1, length (4 bytes), members of an object
/// </code>
/// Lengths of names and texts take seven bits a byte; numbers are little-endian. An array has one time, because it is replaced as a whole.
/// Format 1, which is still read, has desired and reported behind the length of desired.
/// </remarks>
internal readonly ref struct ShadowDocument
{
    private const int HeaderLength = 42;
    private const int OldHeaderLength = 14;
    private const byte Format = 2;
    private const byte OldFormat = 1;
    private const byte DeletedFlag = 1;

    private readonly ReadOnlySpan<byte> _body;

    /// <summary>Looks at a document. No bytes stand for a shadow that never was.</summary>
    public ShadowDocument(ReadOnlySpan<byte> body) => _body = body;

    /// <summary>Version; the hidden counter of one that was deleted; 0 for one that never was.</summary>
    public long Version => _body.IsEmpty ? 0 : BinaryPrimitives.ReadInt64LittleEndian(_body[2..]);

    /// <summary>Whether there is a shadow: it was made, and not deleted since.</summary>
    public bool Exists => !_body.IsEmpty && (_body[1] & DeletedFlag) == 0;

    /// <summary>Members of <c>desired</c>.</summary>
    public ReadOnlySpan<byte> Desired => _body.IsEmpty ? default : _body.Slice(Header, DesiredLength);

    /// <summary>Members of <c>reported</c>.</summary>
    public ReadOnlySpan<byte> Reported => _body.IsEmpty ? default : _body.Slice(Header + DesiredLength, ReportedLength);

    /// <summary>Members of the twin's tags, which are no part of the shadow.</summary>
    public ReadOnlySpan<byte> Tags => _body.IsEmpty ? default : _body[(Header + DesiredLength + ReportedLength)..];

    /// <summary>What the Azure dialect counts. One written before it was known starts with the version of the document.</summary>
    public TwinCounters Counters
    {
        get
        {
            if (_body.IsEmpty) return TwinCounters.First;
            if (_body[0] == OldFormat) return TwinCounters.First with { Desired = (uint)Math.Clamp(Version, 1, uint.MaxValue / 2), Reported = (uint)Math.Clamp(Version, 1, uint.MaxValue / 2) };
            return new TwinCounters(UInt32(18), UInt32(22), UInt32(26), UInt32(30), UInt32(34), UInt32(38));
        }
    }

    private int Header => _body[0] == OldFormat ? OldHeaderLength : HeaderLength;

    private int DesiredLength => (int)UInt32(10);

    private int ReportedLength => _body[0] == OldFormat ? _body.Length - OldHeaderLength - DesiredLength : (int)UInt32(14);

    /// <summary>Whether bytes from the store can be a document.</summary>
    public static bool IsReadable(ReadOnlySpan<byte> body)
    {
        if (body.Length < OldHeaderLength) return false;
        var document = new ShadowDocument(body);
        long room = body.Length - document.Header;
        return body[0] switch
        {
            OldFormat => document.DesiredLength >= 0 && document.DesiredLength <= room,
            Format => room >= 0 && document.DesiredLength >= 0 && document.ReportedLength >= 0 && (long)document.DesiredLength + document.ReportedLength <= room,
            _ => false,
        };
    }

    /// <summary>Starts a document; its sections follow, <see cref="EndDesired"/> and <see cref="EndReported"/> between them.</summary>
    public static void Begin(ByteBuffer to, long version, bool isDeleted, in TwinCounters counters)
    {
        to.Clear();
        to.Skip(HeaderLength);
        to.SetByte(0, Format);
        to.SetByte(1, isDeleted ? DeletedFlag : (byte)0);
        to.SetInt64(2, version);
        to.SetUInt32(18, counters.Desired);
        to.SetUInt32(22, counters.Reported);
        to.SetUInt32(26, counters.Tags);
        to.SetUInt32(30, counters.DesiredTime);
        to.SetUInt32(34, counters.ReportedTime);
        to.SetUInt32(38, counters.TagsTime);
    }

    /// <summary>Ends the first section.</summary>
    public static void EndDesired(ByteBuffer to) => to.SetUInt32(10, (uint)(to.Length - HeaderLength));

    /// <summary>Ends the second section.</summary>
    public static void EndReported(ByteBuffer to) =>
        to.SetUInt32(14, (uint)(to.Length - HeaderLength) - BinaryPrimitives.ReadUInt32LittleEndian(to.Written[10..]));

    /// <summary>What remains of a deleted shadow: its hidden counter, and the tags of the twin, which has not been deleted.</summary>
    /// <param name="to">Room for it.</param>
    /// <param name="before">The shadow.</param>
    /// <param name="version">Its hidden counter.</param>
    /// <param name="time">When, in seconds since the Unix epoch.</param>
    /// <param name="keepsTags">False when the twin goes too.</param>
    public static byte[] Tombstone(ByteBuffer to, ShadowDocument before, long version, uint time, bool keepsTags = true)
    {
        Begin(to, version, isDeleted: true, before.Counters.After(desired: true, reported: true, tags: !keepsTags, time));
        EndDesired(to);
        EndReported(to);
        if (keepsTags) to.Write(before.Tags);
        return to.ToArray();
    }

    private uint UInt32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_body[at..]);
}
