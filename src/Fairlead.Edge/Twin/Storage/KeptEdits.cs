using Fairlead.Edge.Json;
using Fairlead.Edge.Twin.Shadows;

namespace Fairlead.Edge.Twin.Storage;

/// <summary>
/// Edits whose record the spool has let go, and which the hub has not answered yet, as JSON: a list of objects with <c>reported</c> and
/// <c>desired</c>, neither for a delete; in each the path, the value, and what <see cref="SectionWrite"/> says besides where it says it.
/// </summary>
internal static class KeptEdits
{
    /// <summary>Writes edits of one shadow, oldest first; null when there are none.</summary>
    public static JsonValue? Write(IReadOnlyCollection<ShadowEdit> edits) => edits.Count == 0
        ? null
        : JsonValue.Array([.. edits.Select(static edit => JsonValue.Object(("reported", Write(edit.Reported)), ("desired", Write(edit.Desired))))]);

    /// <summary>Reads them; what is no edit is passed over.</summary>
    /// <param name="kept">What <see cref="Write(IReadOnlyCollection{ShadowEdit})"/> made, or null.</param>
    /// <param name="address">The shadow.</param>
    public static IEnumerable<ShadowEdit> Read(JsonValue? kept, ShadowAddress address)
    {
        if (kept is not { Kind: JsonKind.Array }) yield break;
        foreach (var edit in kept.Elements)
        {
            if (edit.Kind == JsonKind.Object) yield return new ShadowEdit(address, ReadWrite(edit["reported"]), ReadWrite(edit["desired"]));
        }
    }

    private static JsonValue? Write(SectionWrite? write) => write is null ? null : JsonValue.Object(
        ("path", JsonValue.Array([.. write.Path.Select(JsonValue.String)])),
        ("value", write.Value),
        ("replaces", write.Replaces ? JsonValue.Boolean(true) : null),
        ("spared", write.Spared is null ? null : JsonValue.String(write.Spared)),
        ("evenEmpty", write.EvenEmpty ? JsonValue.Boolean(true) : null));

    private static SectionWrite? ReadWrite(JsonValue? write) => write?["value"] is not { } value ? null : new SectionWrite(
        [.. write["path"]?.Elements.Select(static segment => segment.AsString() ?? "") ?? []],
        value,
        write["replaces"]?.AsBoolean() ?? false,
        write["spared"]?.AsString(),
        write["evenEmpty"]?.AsBoolean() ?? false);
}
