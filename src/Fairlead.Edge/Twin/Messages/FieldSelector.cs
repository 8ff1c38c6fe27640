using Fairlead.Edge.Json;

namespace Fairlead.Edge.Twin.Messages;

/// <summary>
/// Ditto's <c>fields</c>: JSON pointers (a leading slash may be missing) with commas between, and parentheses for several below one, such as
/// <c>thingId,attributes(model,/a/b),features/f/properties</c>.
/// </summary>
internal static class FieldSelector
{
    private const int MostNesting = 16;

    /// <summary>What a selector leaves of a value; null when the selector is none.</summary>
    public static JsonValue? Select(JsonValue value, string fields)
    {
        var selected = JsonValue.Empty;
        int at = 0;
        return TrySelect(fields, ref at, [], value, ref selected, 0) && at == fields.Length ? selected : null;
    }

    private static bool TrySelect(string fields, ref int at, string[] prefix, JsonValue value, ref JsonValue selected, int nesting)
    {
        if (nesting > MostNesting) return false;
        while (true)
        {
            int length = fields.AsSpan(at).IndexOfAny(",()");
            string pointer = length < 0 ? fields[at..] : fields.Substring(at, length);
            at += pointer.Length;
            string[] path = [.. prefix, .. JsonPointer.Split(pointer.Trim())];
            if (path.Length == prefix.Length) return false;
            if (at < fields.Length && fields[at] == '(')
            {
                at++;
                if (!TrySelect(fields, ref at, path, value, ref selected, nesting + 1)) return false;
                if (at >= fields.Length || fields[at] != ')') return false;
                at++;
            }
            else if (JsonPointer.Find(value, path) is { } found)
            {
                selected = Put(selected, path, found);
            }

            if (at >= fields.Length || fields[at] == ')') return true;
            if (fields[at] != ',') return false;
            at++;
        }
    }

    private static JsonValue Put(JsonValue target, ReadOnlySpan<string> path, JsonValue value)
    {
        if (path.IsEmpty) return value;
        return target.With(path[0], Put(target[path[0]] is { Kind: JsonKind.Object } inner ? inner : JsonValue.Empty, path[1..], value));
    }
}
