using Fairlead.Edge.Json;
using Fairlead.Edge.Twin.Shadows;

namespace Fairlead.Edge.Twin.Storage;

/// <summary>What is kept of one shadow (spec/kanto-edge, section 13.7).</summary>
/// <param name="Name">Shadow name; empty for the classic shadow.</param>
/// <param name="Address">What it holds.</param>
internal sealed record TwinRecord(string Name, ShadowAddress Address)
{
    /// <summary>Whether <see cref="Hub"/> is the whole truth as of <see cref="Version"/>.</summary>
    public bool IsKnown { get; init; }

    /// <summary>Content at the hub.</summary>
    public ShadowState Hub { get; init; } = ShadowState.Absent;

    /// <summary>Version at the hub.</summary>
    public long Version { get; init; }

    /// <summary>Version of the last delta that became events.</summary>
    public long EventVersion { get; init; }

    /// <summary>Whether the local twin holds what the hub may not have yet.</summary>
    public bool IsAhead { get; init; }

    /// <summary>Whether one update is to bring the local state to the hub (coalescing).</summary>
    public bool IsDirty { get; init; }

    /// <summary>Content of the local twin; the same as <see cref="Hub"/> unless it is ahead.</summary>
    public ShadowState Local { get; init; } = ShadowState.Absent;

    /// <summary>While ahead: <c>desired</c> of the hub that the local one was made from.</summary>
    public JsonValue? DesiredBase { get; init; }

    /// <summary>Edits that the hub has not answered and the spool does not hold any more, as <see cref="KeptEdits"/> writes them; null for none.</summary>
    public JsonValue? Edits { get; init; }

    /// <summary>While ahead: members of <c>desired</c> that the hub may or may not have from us.</summary>
    public JsonValue? DesiredDoubt { get; init; }
}
