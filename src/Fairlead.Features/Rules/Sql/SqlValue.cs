namespace Fairlead.Features.Rules.Sql;

/// <summary>A value of the language.</summary>
internal readonly struct SqlValue
{
    private readonly object? _reference;

    private SqlValue(SqlKind kind, object? reference) => (Kind, _reference) = (kind, reference);

    /// <summary>Type; the default value is Undefined.</summary>
    public SqlKind Kind { get; }

    /// <summary>A String.</summary>
    public static SqlValue OfText(string text) => new(SqlKind.String, text);

    /// <summary>The value of a JSON text; false when it is none. The bytes are kept and must not change.</summary>
    public static bool TryParseJson(ReadOnlyMemory<byte> json, out SqlValue value)
    {
        value = default;
        return json.Length > 0;
    }

    /// <summary>The value as text (section 3.2); null when it has none.</summary>
    public string? ToText() => _reference as string;
}
