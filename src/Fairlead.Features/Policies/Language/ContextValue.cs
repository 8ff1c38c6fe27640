using System.Collections.Immutable;

namespace Fairlead.Features.Policies.Language;

/// <summary>What a key has in one request: nothing, one value, or a set of them.</summary>
internal readonly struct ContextValue
{
    private readonly string? _single;
    private readonly ImmutableArray<string> _many;

    private ContextValue(string? single, ImmutableArray<string> many) => (_single, _many) = (single, many);

    /// <summary>How many values; 0 also for a key that is not there.</summary>
    public int Count => _single is not null ? 1 : _many.IsDefault ? 0 : _many.Length;

    /// <summary>The only value; null when there is none, or a set of them.</summary>
    public string? Single => _single;

    /// <summary>One of the values.</summary>
    public string this[int index] => _single ?? _many[index];

    /// <summary>One value, or nothing.</summary>
    public static ContextValue Of(string? value) => new(value, default);

    /// <summary>A set, perhaps an empty one.</summary>
    public static ContextValue Of(ImmutableArray<string> values) => new(null, values);
}
