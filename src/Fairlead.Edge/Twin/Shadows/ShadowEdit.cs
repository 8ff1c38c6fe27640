namespace Fairlead.Edge.Twin.Shadows;

/// <summary>What a twin command does to one shadow. Done twice in a row it comes to the same as done once.</summary>
/// <param name="Address">The shadow.</param>
/// <param name="Reported">What is written into <c>reported</c>; null for nothing.</param>
/// <param name="Desired">What is written into <c>desired</c>; null for nothing.</param>
internal sealed record ShadowEdit(ShadowAddress Address, SectionWrite? Reported, SectionWrite? Desired = null)
{
    /// <summary>Whether it deletes the shadow.</summary>
    public bool IsDelete => Reported is null && Desired is null;

    /// <summary>Whether the request for it depends on what the shadow holds.</summary>
    public bool NeedsState => Reported is { Replaces: true } || Desired is { Replaces: true };

    /// <summary>Deletes a shadow.</summary>
    public static ShadowEdit Delete(ShadowAddress address) => new(address, null);
}
