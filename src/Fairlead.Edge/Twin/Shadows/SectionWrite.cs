using Fairlead.Edge.Json;

namespace Fairlead.Edge.Twin.Shadows;

/// <summary>A write into one section (reported or desired) of a shadow.</summary>
/// <param name="Path">Where, below the section; empty for the section itself.</param>
/// <param name="Value">The new value; <c>null</c> removes.</param>
/// <param name="Replaces">Whether known members that the value does not hold go (<c>modify</c>) or stay (<c>merge</c>).</param>
/// <param name="Spared">A member of the section that stays although the value does not hold it; null for none.</param>
/// <param name="EvenEmpty">Whether an empty value with nothing to clear is written too, which brings the shadow into being.</param>
internal sealed record SectionWrite(string[] Path, JsonValue Value, bool Replaces, string? Spared = null, bool EvenEmpty = false)
{
    /// <summary>The merge patch that does it; null when there is nothing to do.</summary>
    /// <param name="section">The section as it is known; null when there is none or nothing is known.</param>
    public JsonValue? ToPatch(JsonValue? section)
    {
        var value = Replaces ? JsonMergePatch.Replace(Value, JsonPointer.Find(section, Path), Path.Length == 0 ? Spared : null) : Value;
        return Path.Length == 0 && value is { Kind: JsonKind.Object, IsEmpty: true } && !EvenEmpty ? null : JsonPointer.Wrap(Path, value);
    }
}
