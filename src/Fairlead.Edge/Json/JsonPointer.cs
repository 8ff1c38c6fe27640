namespace Fairlead.Edge.Json;

/// <summary>JSON pointers (RFC 6901) as Ditto paths use them: empty segments do not count.</summary>
internal static class JsonPointer
{
    /// <summary>The decoded segments of a path.</summary>
    public static string[] Split(string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < segments.Length; i++)
        {
            if (segments[i].Contains('~', StringComparison.Ordinal))
                segments[i] = segments[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        }

        return segments;
    }

    /// <summary>A segment as it stands in a path.</summary>
    public static string Escape(string segment) =>
        segment.AsSpan().ContainsAny('~', '/') ? segment.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal) : segment;

    /// <summary>The value at a path below another one; null when there is none.</summary>
    public static JsonValue? Find(JsonValue? root, ReadOnlySpan<string> path)
    {
        foreach (string segment in path) root = root?[segment];
        return root;
    }

    /// <summary>A value wrapped in an object for each segment.</summary>
    public static JsonValue Wrap(ReadOnlySpan<string> path, JsonValue value)
    {
        for (int i = path.Length - 1; i >= 0; i--) value = JsonValue.Object((path[i], value));
        return value;
    }
}
