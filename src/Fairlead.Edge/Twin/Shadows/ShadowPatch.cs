using System.Buffers;
using Fairlead.Edge.Json;

namespace Fairlead.Edge.Twin.Shadows;

/// <summary>A shadow request: merge patches of the sections, or a delete.</summary>
/// <param name="Reported">Patch of <c>reported</c>; null for none.</param>
/// <param name="Desired">Patch of <c>desired</c>; null for none.</param>
internal readonly record struct ShadowPatch(JsonValue? Reported, JsonValue? Desired)
{
    /// <summary>Deletes the shadow.</summary>
    public static ShadowPatch Delete { get; }

    /// <summary>Whether it deletes the shadow.</summary>
    public bool IsDelete => Reported is null && Desired is null;

    /// <summary>Request document of an update.</summary>
    /// <param name="token">Client token.</param>
    /// <param name="version">Expected version; null for any.</param>
    public byte[] ToDocument(string token, long? version)
    {
        var document = JsonValue.Object(
            ("state", JsonValue.Object(("reported", Reported), ("desired", Desired))),
            ("version", version is { } expected ? JsonValue.Integer(expected) : null),
            ("clientToken", JsonValue.String(token)));
        return document.ToUtf8();
    }

    /// <summary>What the hub would refuse about it; null when nothing (spec/kanto-edge, section 13.10).</summary>
    /// <param name="maxBytes">Bytes of state.</param>
    /// <param name="maxDepth">Levels of nesting in a section.</param>
    public ShadowFault? FindFault(int maxBytes, int maxDepth)
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var section in (ReadOnlySpan<JsonValue?>)[Reported, Desired])
        {
            if (section is null) continue;
            if (HasNullInArray(section, false)) return ShadowFault.NullInArray;
            if (Depth(section) > maxDepth) return ShadowFault.TooDeep;
            JsonText.Write(buffer, section);
        }

        return buffer.WrittenCount > maxBytes ? ShadowFault.TooLarge : null;
    }

    /// <summary>Levels of nesting: a scalar and an empty container have none.</summary>
    private static int Depth(JsonValue value)
    {
        int deepest = 0;
        if (value.IsEmpty) return 0;
        if (value.Kind == JsonKind.Object)
        {
            foreach (var member in value.Members!.Values) deepest = Math.Max(deepest, Depth(member));
            return deepest + 1;
        }

        if (value.Kind != JsonKind.Array) return 0;
        foreach (var element in value.Elements) deepest = Math.Max(deepest, Depth(element));
        return deepest + 1;
    }

    private static bool HasNullInArray(JsonValue value, bool inArray)
    {
        switch (value.Kind)
        {
            case JsonKind.Null:
                return inArray;
            case JsonKind.Object:
                foreach (var member in value.Members!.Values)
                {
                    if (HasNullInArray(member, inArray)) return true;
                }

                return false;
            case JsonKind.Array:
                foreach (var element in value.Elements)
                {
                    if (HasNullInArray(element, true)) return true;
                }

                return false;
            default:
                return false;
        }
    }
}
