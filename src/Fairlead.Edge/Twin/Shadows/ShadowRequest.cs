using Fairlead.Edge.Twin.Commands;

namespace Fairlead.Edge.Twin.Shadows;

/// <summary>A request that was given to the link and whose answer is waited for.</summary>
internal sealed class ShadowRequest
{
    public required TwinShadow Shadow { get; init; }

    public required ShadowOperation Operation { get; init; }

    /// <summary>Client token, which the answer repeats.</summary>
    public required string Token { get; init; }

    public required ShadowPublish Publish { get; init; }

    /// <summary>What it asks for; meaningless for a get.</summary>
    public ShadowPatch Patch { get; init; }

    /// <summary>The edits that it carries out; none for a get.</summary>
    public IReadOnlyList<SentEdit> Edits { get; init; } = [];

    /// <summary>The spooled command that it belongs to; null for those that the twin makes by itself.</summary>
    public TwinJob? Job { get; init; }

    /// <summary>Whether it names the version that it expects.</summary>
    public bool HasVersion { get; init; }

    /// <summary>For the one update of a changed shadow: <see cref="TwinShadow.Changes"/> when it was made; -1 for others.</summary>
    public long SyncedChanges { get; init; } = -1;

    /// <summary>Whether the hub has acknowledged it.</summary>
    public bool IsPublished { get; set; }

    /// <summary>Whether its answer came, or is not waited for any more.</summary>
    public bool IsOver { get; set; }
}
