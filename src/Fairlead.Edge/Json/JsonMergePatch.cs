namespace Fairlead.Edge.Json;

/// <summary>
/// Merging and comparing as a shadow does it (spec/aws-shadow, section 5.2): JSON Merge Patch, but a section that becomes empty is gone, and
/// an object that was only nulls is not created. Arrays are values: replaced whole.
/// </summary>
internal static class JsonMergePatch
{
    /// <summary>A section of a shadow after a patch; null when it is gone.</summary>
    /// <param name="section">The section before; null when there is none.</param>
    /// <param name="patch">An object, or <c>null</c> to remove the section.</param>
    public static JsonValue? Apply(JsonValue? section, JsonValue patch)
    {
        if (patch.Kind != JsonKind.Object) return null;
        var merged = Merge(section ?? JsonValue.Empty, patch);
        return merged.IsEmpty ? null : merged;
    }

    /// <summary>
    /// A value that replaces what is known at its place: the value itself, and null for each known member that it does not hold, objects
    /// within objects likewise (spec/kanto-edge, section 13.6).
    /// </summary>
    /// <param name="value">The new value.</param>
    /// <param name="known">What is there; null when nothing is or nothing is known.</param>
    /// <param name="spared">A member of the outer object that stays although the value does not hold it; null for none.</param>
    public static JsonValue Replace(JsonValue value, JsonValue? known, string? spared = null)
    {
        if (value.Kind != JsonKind.Object || known?.Kind != JsonKind.Object) return value;
        var members = new OrderedDictionary<string, JsonValue>(StringComparer.Ordinal);
        foreach (var (name, member) in value.Members!) members[name] = Replace(member, known[name]);
        foreach (string name in known.Members!.Keys)
        {
            if (name != spared) members.TryAdd(name, JsonValue.Null);
        }

        return JsonValue.Object(members);
    }

    /// <summary>The smallest patch that makes one section of another; null when they are alike already.</summary>
    public static JsonValue? Difference(JsonValue? from, JsonValue? to)
    {
        if (to is null) return from is null ? null : JsonValue.Null;
        var patch = Members(from ?? JsonValue.Empty, to);
        return patch.IsEmpty ? null : patch;
    }

    private static JsonValue Members(JsonValue from, JsonValue to)
    {
        var patch = new OrderedDictionary<string, JsonValue>(StringComparer.Ordinal);
        foreach (var (name, wanted) in to.Members!)
        {
            var known = from[name];
            if (known?.Kind == JsonKind.Object && wanted.Kind == JsonKind.Object)
            {
                var inner = Members(known, wanted);
                if (!inner.IsEmpty) patch[name] = inner;
            }
            else if (!wanted.IsSame(known))
            {
                patch[name] = wanted;
            }
        }

        foreach (string name in from.Members!.Keys)
        {
            if (to[name] is null) patch[name] = JsonValue.Null;
        }

        return JsonValue.Object(patch);
    }

    private static JsonValue Merge(JsonValue target, JsonValue patch)
    {
        var members = target.Copy();
        foreach (var (name, value) in patch.Members!)
        {
            if (value.Kind == JsonKind.Null)
            {
                members.Remove(name);
            }
            else if (value.Kind != JsonKind.Object)
            {
                members[name] = value;
            }
            else if (target[name] is { Kind: JsonKind.Object } inner)
            {
                members[name] = Merge(inner, value);
            }
            else
            {
                var copy = WithoutNulls(value, out bool removed);
                if (!copy.IsEmpty || !removed || members.ContainsKey(name)) members[name] = copy;
            }
        }

        return JsonValue.Object(members);
    }

    private static JsonValue WithoutNulls(JsonValue value, out bool removed)
    {
        var members = new OrderedDictionary<string, JsonValue>(StringComparer.Ordinal);
        removed = false;
        foreach (var (name, member) in value.Members!)
        {
            bool inside = false;
            var kept = member.Kind == JsonKind.Object ? WithoutNulls(member, out inside) : member;
            if (kept.Kind == JsonKind.Null || (kept.IsEmpty && inside)) removed = true;
            else members[name] = kept;
        }

        return JsonValue.Object(members);
    }
}
