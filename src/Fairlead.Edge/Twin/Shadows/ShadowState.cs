using Fairlead.Edge.Json;

namespace Fairlead.Edge.Twin.Shadows;

/// <summary>Content of a shadow, and how requests and commands change it. Never changes itself.</summary>
/// <param name="Exists">Whether the shadow is there; it may be there and be empty.</param>
/// <param name="Reported">Section of the device; null when there is none.</param>
/// <param name="Desired">Section of the applications; null when there is none.</param>
internal sealed record ShadowState(bool Exists, JsonValue? Reported, JsonValue? Desired)
{
    /// <summary>A shadow that is not there.</summary>
    public static ShadowState Absent { get; } = new(false, null, null);

    /// <summary>The request for an edit; null when there is nothing to ask for.</summary>
    /// <param name="edit">What is to be done.</param>
    /// <param name="mode">How much to say.</param>
    public ShadowPatch? Plan(ShadowEdit edit, TwinPatch mode)
    {
        if (edit.IsDelete) return mode == TwinPatch.Minimal && !Exists ? null : ShadowPatch.Delete;
        var reported = edit.Reported?.ToPatch(Reported);
        var desired = edit.Desired?.ToPatch(Desired);
        if (reported is null && desired is null) return null;
        if (mode == TwinPatch.Full) return new ShadowPatch(reported, desired);
        var patch = To(Apply(new ShadowPatch(reported, desired)));
        return patch is null && !Exists ? new ShadowPatch(reported, desired) : patch;
    }

    /// <summary>The state after an accepted request.</summary>
    public ShadowState Apply(ShadowPatch patch) => patch.IsDelete
        ? Absent
        : new ShadowState(
            true,
            patch.Reported is null ? Reported : JsonMergePatch.Apply(Reported, patch.Reported),
            patch.Desired is null ? Desired : JsonMergePatch.Apply(Desired, patch.Desired));

    /// <summary>The state after an edit.</summary>
    public ShadowState Apply(ShadowEdit edit) => Plan(edit, TwinPatch.Full) is { } patch ? Apply(patch) : this;

    /// <summary>The smallest request that makes another state of this one; null when they are alike.</summary>
    public ShadowPatch? To(ShadowState wanted)
    {
        if (!wanted.Exists) return Exists ? ShadowPatch.Delete : null;
        var reported = JsonMergePatch.Difference(Reported, wanted.Reported);
        var desired = JsonMergePatch.Difference(Desired, wanted.Desired);
        if (reported is null && desired is null) return Exists ? null : new ShadowPatch(JsonValue.Empty, null);
        return new ShadowPatch(reported, desired);
    }
}
