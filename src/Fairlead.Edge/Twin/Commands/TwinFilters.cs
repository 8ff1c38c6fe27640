using Fairlead.Edge.Json;

namespace Fairlead.Edge.Twin.Commands;

/// <summary>
/// The filters of twin commands and of what is none (spec/kanto-edge, section 13.5), each with a count of what it took away. Expressions
/// match anywhere in the text and run in time linear to it, whatever a message holds.
/// </summary>
internal sealed class TwinFilters
{
    private readonly CountedFilter? _topic;
    private readonly CountedFilter? _forward;
    private readonly CountedFilter[] _payload;

    /// <summary>Compiles the filters.</summary>
    /// <exception cref="ArgumentException">One is no regular expression, or needs look-around or back-references.</exception>
    public TwinFilters(string topicFilter, IReadOnlyList<string> payloadFilters, string forwardTopicFilter)
    {
        _topic = topicFilter.Length == 0 ? null : new CountedFilter("topicFilter", topicFilter);
        _forward = forwardTopicFilter.Length == 0 ? null : new CountedFilter("forwardTopicFilter", forwardTopicFilter);
        _payload = [.. payloadFilters.Where(static filter => filter.Length > 0).Select(static filter => new CountedFilter("payloadFilters", filter))];
        All = [.. new[] { _topic, _forward }.OfType<CountedFilter>(), .. _payload];
    }

    /// <summary>All filters, for their counts.</summary>
    public IReadOnlyList<CountedFilter> All { get; }

    /// <summary>Says what is wrong with an expression; null when nothing.</summary>
    public static string? FindFault(string expression)
    {
        try
        {
            _ = CountedFilter.Compile(expression);
            return null;
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return failure.Message;
        }
    }

    /// <summary>Whether a twin command with this topic is dropped.</summary>
    public bool DropsCommand(string topic, bool counts) => _topic?.Takes(topic, counts) == true;

    /// <summary>Whether a Ditto message that is no twin command and has this topic is dropped.</summary>
    public bool DropsOther(string topic) => _forward?.Takes(topic) == true;

    /// <summary>Whether a delete of this path is suppressed.</summary>
    public bool DropsDelete(ReadOnlySpan<string> path, bool counts) => _payload.Length > 0 && Takes(PathOf(path), counts);

    /// <summary>What is left of a value; null when nothing is. Containers that are or become empty go too.</summary>
    /// <param name="path">Path of the value.</param>
    /// <param name="value">The value.</param>
    /// <param name="counts">Whether what is taken away is counted: the same command may be looked at twice.</param>
    public JsonValue? Filter(ReadOnlySpan<string> path, JsonValue value, bool counts) => _payload.Length == 0 ? value : Filter(PathOf(path), value, counts);

    private static string PathOf(ReadOnlySpan<string> path)
    {
        var text = new System.Text.StringBuilder();
        foreach (string segment in path) text.Append('/').Append(JsonPointer.Escape(segment));
        return text.ToString();
    }

    private JsonValue? Filter(string path, JsonValue value, bool counts)
    {
        switch (value.Kind)
        {
            case JsonKind.Object:
                var members = new OrderedDictionary<string, JsonValue>(StringComparer.Ordinal);
                foreach (var (name, member) in value.Members!)
                {
                    if (Filter($"{path}/{JsonPointer.Escape(name)}", member, counts) is { } kept) members[name] = kept;
                }

                return members.Count == 0 ? null : JsonValue.Object(members);
            case JsonKind.Array:
                var elements = new List<JsonValue>(value.Elements.Count);
                for (int i = 0; i < value.Elements.Count; i++)
                {
                    if (Filter($"{path}/{i}", value.Elements[i], counts) is { } kept) elements.Add(kept);
                }

                return elements.Count == 0 ? null : JsonValue.Array([.. elements]);
            default:
                return Takes(path, counts) ? null : value;
        }
    }

    private bool Takes(string path, bool counts)
    {
        foreach (var filter in _payload)
        {
            if (filter.Takes(path, counts)) return true;
        }

        return false;
    }
}
