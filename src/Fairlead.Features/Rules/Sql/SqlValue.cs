using System.Text;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql;

/// <summary>
/// A value of the language. Text from a payload stays the UTF-8 bytes it came as, and arrays and objects from a payload stay JSON text
/// until somebody looks inside: what a statement only passes on or never touches costs nothing.
/// </summary>
internal readonly struct SqlValue
{
    /// <summary>string, SqlName (a literal), byte[] (text or JSON), SqlValue[] or SqlObject.</summary>
    private readonly object? _reference;

    /// <summary>Coefficient of a number; start and length of text or JSON in its bytes; 1 for true.</summary>
    private readonly ulong _low;
    private readonly ulong _high;
    private readonly short _exponent;
    private readonly bool _keepsDecimals;

    private SqlValue(SqlKind kind, object? reference = null, ulong low = 0, ulong high = 0, short exponent = 0, bool keepsDecimals = false)
    {
        Kind = kind;
        _reference = reference;
        _low = low;
        _high = high;
        _exponent = exponent;
        _keepsDecimals = keepsDecimals;
    }

    /// <summary><c>NULL</c>.</summary>
    public static SqlValue Null => new(SqlKind.Null);

    /// <summary>Type; the default value is Undefined.</summary>
    public SqlKind Kind { get; }

    /// <summary>Whether there is no value.</summary>
    public bool IsUndefined => Kind == SqlKind.Undefined;

    /// <summary>Whether it is an Int or a Decimal.</summary>
    public bool IsNumber => Kind is SqlKind.Int or SqlKind.Decimal;

    /// <summary>Whether it is the Boolean true.</summary>
    public bool IsTrue => Kind == SqlKind.Boolean && _low != 0;

    /// <summary>The number, if it is one.</summary>
    public SqlNumber Number => SqlNumber.Restore(new Int128(_high, _low), _exponent);

    /// <summary>Rough size in bytes of text or JSON behind the value: what looking at all of it costs.</summary>
    public int Weight => _reference switch
    {
        string text => text.Length,
        SqlName text => text.Text.Length,
        byte[] => (int)_high,
        SqlValue[] elements => elements.Length * 16,
        SqlObject members => members.Count * 16,
        _ => 0,
    };

    /// <summary>A Boolean.</summary>
    public static SqlValue Of(bool value) => new(SqlKind.Boolean, low: value ? 1UL : 0UL);

    /// <summary>A String.</summary>
    public static SqlValue OfText(string text) => new(SqlKind.String, text);

    /// <summary>A String that is used again and again: neither comparing nor writing it converts it.</summary>
    public static SqlValue OfLiteral(SqlName text) => new(SqlKind.String, text);

    /// <summary>A String of valid UTF-8, which must not change.</summary>
    public static SqlValue OfText(byte[] utf8, int start, int length) => new(SqlKind.String, utf8, (ulong)start, (ulong)length);

    /// <summary>An Int.</summary>
    public static SqlValue Of(long value) => new(SqlKind.Int, low: (ulong)value, high: value < 0 ? ulong.MaxValue : 0);

    /// <summary>A number that is an Int where it is whole, which holds for all from 2016-03-23 on (section 3.1).</summary>
    public static SqlValue Of(SqlNumber number) => OfNumber(number, number.IsWhole ? SqlKind.Int : SqlKind.Decimal);

    /// <summary>A Decimal, which is an Int where it is whole unless the version keeps Decimals.</summary>
    public static SqlValue OfDecimal(SqlNumber number, bool keepsDecimals) =>
        OfNumber(number, number.IsWhole && !keepsDecimals ? SqlKind.Int : SqlKind.Decimal);

    /// <summary>An Array, which must not change.</summary>
    public static SqlValue Of(SqlValue[] elements) => new(SqlKind.Array, elements);

    /// <summary>An Object.</summary>
    public static SqlValue Of(SqlObject members) => new(SqlKind.Object, members);

    /// <summary>An array or object of a JSON text that has been checked.</summary>
    /// <param name="json">Bytes, which must not change.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="length">Its length.</param>
    /// <param name="keepsDecimals">Whether the version is 2015-10-08: whole Decimals stay Decimals.</param>
    public static SqlValue OfJson(byte[] json, int start, int length, bool keepsDecimals) =>
        new(json[start] == (byte)'{' ? SqlKind.Object : SqlKind.Array, json, (ulong)start, (ulong)length, 0, keepsDecimals);

    /// <summary>The value of a JSON text; false when it is none. The bytes are kept and must not change.</summary>
    public static bool TryParseJson(ReadOnlyMemory<byte> json, out SqlValue value) => JsonValues.TryParse(json, keepsDecimals: false, out value);

    /// <summary>The value as a version sees it: whole Decimals are kept or become Ints.</summary>
    public SqlValue Under(bool keepsDecimals) => Kind switch
    {
        SqlKind.Decimal => OfDecimal(Number, keepsDecimals),
        SqlKind.Array or SqlKind.Object when _reference is byte[] => new SqlValue(Kind, _reference, _low, _high, 0, keepsDecimals),
        _ => this,
    };

    /// <summary>The value as text (section 3.2); null when it has none, as Null and Undefined.</summary>
    public string? ToText() => SqlConversion.ToText(this);

    /// <summary>The text of a String.</summary>
    public string Text => _reference switch
    {
        string text => text,
        SqlName text => text.Text,
        _ => Encoding.UTF8.GetString(Bytes),
    };

    /// <summary>The text of a String as it came; false when it is held as UTF-16.</summary>
    public bool TryGetUtf8(out ReadOnlySpan<byte> utf8)
    {
        utf8 = _reference switch
        {
            byte[] => Bytes,
            SqlName name => name.Utf8,
            _ => default,
        };
        return _reference is byte[] or SqlName;
    }

    /// <summary>A String as the name of a member.</summary>
    public SqlName ToName() => _reference as SqlName ?? new SqlName(Text);

    /// <summary>JSON text of an Array or Object that nobody has looked inside; false when it is held as values.</summary>
    public bool TryGetJson(out byte[] json, out int start, out int length, out bool keepsDecimals)
    {
        json = _reference as byte[] ?? [];
        (start, length, keepsDecimals) = ((int)_low, (int)_high, _keepsDecimals);
        return _reference is byte[];
    }

    /// <summary>Elements of an Array; of others none.</summary>
    public SqlValue[] Elements() => _reference switch
    {
        SqlValue[] elements => elements,
        byte[] json when Kind == SqlKind.Array => JsonValues.Elements(json, (int)_low, _keepsDecimals),
        _ => [],
    };

    /// <summary>Members of an Object; of others none.</summary>
    public SqlObject Members() => _reference switch
    {
        SqlObject members => members,
        byte[] json when Kind == SqlKind.Object => JsonValues.Members(json, (int)_low, _keepsDecimals),
        _ => SqlObject.Empty,
    };

    /// <summary>A member of an Object; of anything else Undefined.</summary>
    public SqlValue Member(SqlName name)
    {
        if (Kind != SqlKind.Object) return default;
        return _reference is SqlObject members ? members.Get(name.Text) : JsonValues.Member((byte[])_reference!, (int)_low, name, _keepsDecimals);
    }

    /// <summary>An element of an Array; outside of it Undefined.</summary>
    public SqlValue Element(int index)
    {
        if (Kind != SqlKind.Array || index < 0) return default;
        if (_reference is SqlValue[] elements) return index < elements.Length ? elements[index] : default;
        return JsonValues.Element((byte[])_reference!, (int)_low, index, _keepsDecimals);
    }

    /// <inheritdoc />
    public override string ToString() => Kind switch
    {
        SqlKind.Undefined => "Undefined",
        SqlKind.String => $"'{Text}'",
        _ => JsonText.Of(this),
    };

    private ReadOnlySpan<byte> Bytes => ((byte[])_reference!).AsSpan((int)_low, (int)_high);

    private static SqlValue OfNumber(SqlNumber number, SqlKind kind) =>
        new(kind, null, (ulong)(UInt128)number.Coefficient, (ulong)((UInt128)number.Coefficient >> 64), (short)number.Exponent);
}
