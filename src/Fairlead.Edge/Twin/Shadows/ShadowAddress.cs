namespace Fairlead.Edge.Twin.Shadows;

/// <summary>What a shadow holds: the attributes of a thing, or one feature of it (spec/kanto-edge, section 13.3).</summary>
/// <param name="Child">The part of the thing id behind <c>D:</c>; empty for the device itself.</param>
/// <param name="Feature">A feature; null for the attributes.</param>
internal readonly record struct ShadowAddress(string Child, string? Feature)
{
    /// <summary>The attributes of the device itself: the classic shadow.</summary>
    public static ShadowAddress Classic { get; } = new("", null);

    /// <summary>Whether it is the classic shadow.</summary>
    public bool IsClassic => Child.Length == 0 && Feature is null;

    /// <summary>The name before it is made fit for the hub: <c>F</c>, <c>C</c> or <c>C:F</c>; empty for the classic shadow.</summary>
    public string RawName => Feature is null ? Child : Child.Length == 0 ? Feature : $"{Child}:{Feature}";

    /// <summary>A text that no other address has, unlike <see cref="RawName"/>.</summary>
    public string TaggedName => Feature is null ? $"attributes/{Child}" : $"feature/{Child}/{Feature}";

    /// <summary>Path of it in its thing, as Ditto writes it.</summary>
    public string Path => Feature is null ? "/attributes" : $"/features/{Json.JsonPointer.Escape(Feature)}";
}
