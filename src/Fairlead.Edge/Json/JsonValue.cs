using System.Buffers;

namespace Fairlead.Edge.Json;

/// <summary>
/// A JSON value that never changes. Strings and numbers keep the text they came with (<c>1.10</c>, integers of any size), objects the order
/// of their members.
/// </summary>
internal sealed class JsonValue
{
    private readonly ReadOnlyMemory<byte> _text;
    private readonly OrderedDictionary<string, JsonValue>? _members;
    private readonly JsonValue[]? _elements;

    private JsonValue(JsonKind kind, ReadOnlyMemory<byte> text) => (Kind, _text) = (kind, text);

    private JsonValue(OrderedDictionary<string, JsonValue> members) => (Kind, _members) = (JsonKind.Object, members);

    private JsonValue(JsonValue[] elements) => (Kind, _elements) = (JsonKind.Array, elements);

    /// <summary><c>null</c>.</summary>
    public static JsonValue Null { get; } = new(JsonKind.Null, "null"u8.ToArray());

    /// <summary><c>{}</c>.</summary>
    public static JsonValue Empty { get; } = new(new OrderedDictionary<string, JsonValue>(StringComparer.Ordinal));

    /// <summary>What it is.</summary>
    public JsonKind Kind { get; }

    /// <summary>Text of a string (quotes and escapes included), number, <c>true</c>, <c>false</c> or <c>null</c>; empty for others.</summary>
    public ReadOnlyMemory<byte> Text => _text;

    /// <summary>Members of an object by their names, in order; null for others.</summary>
    public IReadOnlyDictionary<string, JsonValue>? Members => _members;

    /// <summary>Elements of an array; empty for others.</summary>
    public IReadOnlyList<JsonValue> Elements => _elements ?? [];

    /// <summary>Whether it is an object without members or an array without elements.</summary>
    public bool IsEmpty => Kind == JsonKind.Object ? _members!.Count == 0 : Kind == JsonKind.Array && _elements!.Length == 0;

    /// <summary>The member of an object; null when there is none, and for others.</summary>
    public JsonValue? this[string name] => _members is not null && _members.TryGetValue(name, out var value) ? value : null;

    /// <summary>A number, <c>true</c>, <c>false</c> or a string by its JSON text.</summary>
    public static JsonValue Scalar(JsonKind kind, ReadOnlyMemory<byte> text) => new(kind, text);

    /// <summary>A string by its text without quotes and escapes.</summary>
    public static JsonValue String(string text) => new(JsonKind.String, JsonText.Quote(text));

    /// <summary>An integer.</summary>
    public static JsonValue Integer(long number) => new(JsonKind.Literal, JsonText.Number(number));

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static JsonValue Boolean(bool value) => new(JsonKind.Literal, value ? "true"u8.ToArray() : "false"u8.ToArray());

    /// <summary>An object; the members are not copied and must not change any more.</summary>
    public static JsonValue Object(OrderedDictionary<string, JsonValue> members) => members.Count == 0 ? Empty : new(members);

    /// <summary>An object of given members.</summary>
    public static JsonValue Object(params ReadOnlySpan<(string Name, JsonValue? Value)> members)
    {
        var made = new OrderedDictionary<string, JsonValue>(StringComparer.Ordinal);
        foreach (var (name, value) in members)
        {
            if (value is not null) made[name] = value;
        }

        return Object(made);
    }

    /// <summary>An array; the elements are not copied and must not change any more.</summary>
    public static JsonValue Array(JsonValue[] elements) => new(elements);

    /// <summary>Whether both are written alike: same text, same members in whatever order, same elements.</summary>
    public bool IsSame(JsonValue? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || other.Kind != Kind) return false;
        switch (Kind)
        {
            case JsonKind.Object:
                if (_members!.Count != other._members!.Count) return false;
                foreach (var (name, value) in _members)
                {
                    if (!value.IsSame(other[name])) return false;
                }

                return true;
            case JsonKind.Array:
                if (_elements!.Length != other._elements!.Length) return false;
                for (int i = 0; i < _elements.Length; i++)
                {
                    if (!_elements[i].IsSame(other._elements[i])) return false;
                }

                return true;
            default:
                return _text.Span.SequenceEqual(other._text.Span);
        }
    }

    /// <summary>The same object with one member set, at its place or at the end.</summary>
    public JsonValue With(string name, JsonValue value)
    {
        var members = Copy();
        members[name] = value;
        return new JsonValue(members);
    }

    /// <summary>The same object without a member.</summary>
    public JsonValue Without(string name)
    {
        if (_members is null || !_members.ContainsKey(name)) return this;
        var members = Copy();
        members.Remove(name);
        return Object(members);
    }

    /// <summary>A copy of the members, to make another object of.</summary>
    public OrderedDictionary<string, JsonValue> Copy() =>
        _members is null ? new OrderedDictionary<string, JsonValue>(StringComparer.Ordinal) : new OrderedDictionary<string, JsonValue>(_members, StringComparer.Ordinal);

    /// <summary>Its text, compact.</summary>
    public byte[] ToUtf8()
    {
        var buffer = new ArrayBufferWriter<byte>();
        JsonText.Write(buffer, this);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The text of a string without quotes and escapes; null for others.</summary>
    public string? AsString() => Kind == JsonKind.String ? JsonText.Unquote(_text.Span) : null;

    /// <summary>The value of an integer of 64 bits; null for others.</summary>
    public long? AsInteger() => Kind == JsonKind.Literal && long.TryParse(_text.Span, System.Globalization.CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>The value of <c>true</c> and <c>false</c>; null for others.</summary>
    public bool? AsBoolean() => Kind != JsonKind.Literal ? null : _text.Span.SequenceEqual("true"u8) ? true : _text.Span.SequenceEqual("false"u8) ? false : null;

    /// <inheritdoc/>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(ToUtf8());
}
