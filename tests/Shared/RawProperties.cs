using System.Text;

namespace Fairlead.Shared;

/// <summary>MQTT 5 properties by number, in the order they were added or read.</summary>
public sealed class RawProperties
{
    public const int PayloadFormat = 0x01, MessageExpiry = 0x02, ContentType = 0x03, ResponseTopic = 0x08, CorrelationData = 0x09;
    public const int SubscriptionIdentifier = 0x0B, SessionExpiry = 0x11, AssignedClientIdentifier = 0x12, ServerKeepAlive = 0x13;
    public const int AuthenticationMethod = 0x15, AuthenticationData = 0x16, RequestProblemInformation = 0x17, WillDelay = 0x18;
    public const int RequestResponseInformation = 0x19, ResponseInformation = 0x1A, ServerReference = 0x1C, ReasonString = 0x1F;
    public const int ReceiveMaximum = 0x21, TopicAliasMaximum = 0x22, TopicAlias = 0x23, MaximumQoS = 0x24, RetainAvailable = 0x25;
    public const int UserProperty = 0x26, MaximumPacketSize = 0x27, WildcardAvailable = 0x28, SubscriptionIdentifiersAvailable = 0x29;
    public const int SharedAvailable = 0x2A;

    private readonly List<(int Id, object Value)> _entries = [];

    public IReadOnlyList<(int Id, object Value)> Entries => _entries;

    /// <summary>Adds a property; the value is a number, a string, bytes, or a (name, value) pair as the identifier demands.</summary>
    public RawProperties Add(int id, object value)
    {
        _entries.Add((id, value));
        return this;
    }

    public RawProperties User(string name, string value) => Add(UserProperty, (name, value));

    public bool Has(int id) => _entries.Exists(entry => entry.Id == id);

    /// <summary>The number held by a property, or null when it is absent.</summary>
    public long? Number(int id) => Has(id) ? (long)_entries.Find(entry => entry.Id == id).Value : null;

    public string? Text(int id) => Has(id) ? (string)_entries.Find(entry => entry.Id == id).Value : null;

    public byte[]? Data(int id) => Has(id) ? (byte[])_entries.Find(entry => entry.Id == id).Value : null;

    public IReadOnlyList<long> Numbers(int id) => [.. _entries.Where(entry => entry.Id == id).Select(entry => (long)entry.Value)];

    public IReadOnlyList<(string Name, string Value)> Users() =>
        [.. _entries.Where(entry => entry.Id == UserProperty).Select(entry => ((string, string))entry.Value)];

    /// <summary>The properties with their length in front.</summary>
    public byte[] ToArray()
    {
        var bytes = new RawBytes();
        foreach (var (id, value) in _entries)
            Write(bytes.Variable(id), id, value);
        return new RawBytes().Variable(bytes.Length).Bytes(bytes.ToArray()).ToArray();
    }

    /// <summary>Reads properties with their length, moving the offset past them.</summary>
    public static RawProperties Read(ReadOnlySpan<byte> body, ref int offset)
    {
        var length = Variable(body, ref offset);
        var end = offset + length;
        var found = new RawProperties();
        while (offset < end)
        {
            var id = Variable(body, ref offset);
            found.Add(id, ReadValue(id, body, ref offset));
        }

        if (offset != end)
            throw new InvalidDataException($"Properties end at {offset}, their length says {end}.");
        return found;
    }

    internal static int Variable(ReadOnlySpan<byte> body, ref int offset)
    {
        var value = 0;
        for (var shift = 0; shift <= 21; shift += 7)
        {
            var digit = body[offset++];
            value |= (digit & 0x7F) << shift;
            if (digit == 0 && shift > 0)
                throw new InvalidDataException("A Variable Byte Integer with a byte too many."); // [MQTT-1.5.5-1]
            if (digit < 0x80)
                return value;
        }

        throw new InvalidDataException("A Variable Byte Integer of more than four bytes.");
    }

    internal static byte[] Binary(ReadOnlySpan<byte> body, ref int offset)
    {
        var length = (body[offset] << 8) | body[offset + 1];
        var data = body.Slice(offset + 2, length).ToArray();
        offset += 2 + length;
        return data;
    }

    internal static string String(ReadOnlySpan<byte> body, ref int offset) => Encoding.UTF8.GetString(Binary(body, ref offset));

    private static void Write(RawBytes bytes, int id, object value)
    {
        switch (Kind(id))
        {
            case 'b':
                bytes.Byte(Convert.ToInt32(value));
                break;
            case '2':
                bytes.Two(Convert.ToInt32(value));
                break;
            case '4':
                bytes.Four(Convert.ToUInt32(value));
                break;
            case 'v':
                bytes.Variable(Convert.ToInt32(value));
                break;
            case 'd':
                bytes.Binary((byte[])value);
                break;
            case 'p':
                var (name, text) = ((string, string))value;
                bytes.Text(name).Text(text);
                break;
            default:
                if (value is byte[] raw)
                    bytes.Binary(raw);
                else
                    bytes.Text((string)value);
                break;
        }
    }

    private static object ReadValue(int id, ReadOnlySpan<byte> body, ref int offset)
    {
        switch (Kind(id))
        {
            case 'b':
                return (long)body[offset++];
            case '2':
                offset += 2;
                return (long)((body[offset - 2] << 8) | body[offset - 1]);
            case '4':
                offset += 4;
                return ((long)body[offset - 4] << 24) | ((long)body[offset - 3] << 16) | ((long)body[offset - 2] << 8) | body[offset - 1];
            case 'v':
                return (long)Variable(body, ref offset);
            case 'd':
                return Binary(body, ref offset);
            case 'p':
                return (String(body, ref offset), String(body, ref offset));
            case 's':
                return String(body, ref offset);
            default:
                throw new InvalidDataException($"Unknown property 0x{id:X2}.");
        }
    }

    /// <summary>How a property is written: b(yte), 2, 4, v(ariable), s(tring), d(ata), p(air).</summary>
    private static char Kind(int id) => id switch
    {
        0x01 or 0x17 or 0x19 or 0x24 or 0x25 or 0x28 or 0x29 or 0x2A => 'b',
        0x13 or 0x21 or 0x22 or 0x23 => '2',
        0x02 or 0x11 or 0x18 or 0x27 => '4',
        0x0B => 'v',
        0x03 or 0x08 or 0x12 or 0x15 or 0x1A or 0x1C or 0x1F => 's',
        0x09 or 0x16 => 'd',
        0x26 => 'p',
        _ => '?',
    };
}
