using System.Text;

namespace Fairlead.Protocols.Amqp.Reading;

/// <summary>
/// The fields of one performative or section, in order. A field that is absent or null has its default. What goes wrong is kept, and every
/// later field then has its default too, so that readers need to look once, at the end. Fields that follow the last known one are ignored (spec 7.2).
/// </summary>
internal ref struct FieldReader
{
    private AmqpReader _fields;
    private int _left;

    private FieldReader(AmqpReader fields, int left, string? error)
    {
        _fields = fields;
        _left = left;
        Error = error;
    }

    /// <summary>What is wrong; null while nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>Reads the head of the list that the fields are in.</summary>
    public static FieldReader Enter(scoped ref AmqpReader reader) =>
        reader.TryReadList(out int count, out AmqpReader fields) ? new FieldReader(fields, count, null) : new FieldReader(default, 0, reader.Error);

    public string? Text(bool required = false)
    {
        if (!Next(required)) return null;
        return _fields.TryReadString(out string value) ? value : Lose<string>();
    }

    public string? Symbol(bool required = false)
    {
        if (!Next(required)) return null;
        return _fields.TryReadSymbol(out var value) ? Encoding.ASCII.GetString(value) : Lose<string>();
    }

    public ReadOnlySpan<byte> Binary()
    {
        if (!Next(false)) return default;
        if (_fields.TryReadBinary(out var value)) return value;
        Lose<string>();
        return default;
    }

    public byte[]? Bytes() => Next(false) ? (_fields.TryReadBinary(out var value) ? value.ToArray() : Lose<byte[]>()) : null;

    public bool? Boolean(bool required = false)
    {
        if (!Next(required)) return null;
        if (_fields.TryReadBoolean(out bool value)) return value;
        Lose<string>();
        return null;
    }

    public byte? UByte(bool required = false)
    {
        if (!Next(required)) return null;
        if (_fields.TryReadUByte(out byte value)) return value;
        Lose<string>();
        return null;
    }

    public ushort? UShort(bool required = false)
    {
        if (!Next(required)) return null;
        if (_fields.TryReadUShort(out ushort value)) return value;
        Lose<string>();
        return null;
    }

    public uint? UInt(bool required = false)
    {
        if (!Next(required)) return null;
        if (_fields.TryReadUInt(out uint value)) return value;
        Lose<string>();
        return null;
    }

    public ulong? ULong(bool required = false)
    {
        if (!Next(required)) return null;
        if (_fields.TryReadULong(out ulong value)) return value;
        Lose<string>();
        return null;
    }

    public long? Timestamp()
    {
        if (!Next(false)) return null;
        if (_fields.TryReadTimestamp(out long value)) return value;
        Lose<string>();
        return null;
    }

    public AmqpMap? Map() => Next(false) ? (_fields.TryReadMap(out AmqpMap map) ? map : Lose<AmqpMap>()) : null;

    public AmqpValue Value()
    {
        if (!Next(false)) return default;
        if (_fields.TryReadValue(out AmqpValue value)) return value;
        Lose<string>();
        return default;
    }

    /// <summary>Several symbols: an array, or one alone.</summary>
    public string[]? Symbols(bool required = false)
    {
        if (!Next(required)) return null;
        if (!_fields.TryReadValue(out AmqpValue value)) return Lose<string[]>();
        if (value.Type == AmqpType.Symbol) return [value.AsText()!];
        if (value.AsArray() is { } array && (array.ElementType == AmqpType.Symbol || array.Elements.Length == 0))
            return [.. array.Elements.Select(element => element.AsText()!)];
        _fields.Fail("symbols are expected");
        return Lose<string[]>();
    }

    /// <summary>A described value that the caller reads; false when the field is absent or null.</summary>
    public bool Nested(out AmqpReader reader)
    {
        reader = default;
        if (!Next(false)) return false;
        var rest = _fields.Rest;
        if (!_fields.TrySkip())
        {
            Lose<string>();
            return false;
        }

        reader = new AmqpReader(rest[..(rest.Length - _fields.Rest.Length)]);
        return true;
    }

    public void Fail(string error) => Error ??= error;

    private bool Next(bool required)
    {
        if (Error is not null) return false;
        bool absent = _left == 0;
        if (!absent)
        {
            _left--;
            absent = _fields.TryReadNull();
        }

        if (absent && required) Error = "a mandatory field is missing";
        return !absent;
    }

    private T? Lose<T>()
        where T : class
    {
        Error ??= _fields.Error;
        return null;
    }
}
