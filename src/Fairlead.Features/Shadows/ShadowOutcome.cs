using Fairlead.Broker.Durability;
using Fairlead.Features.Shadows.Documents;

namespace Fairlead.Features.Shadows;

/// <summary>
/// A request that was granted and whose answer waits for a commit: of its own change, or (a get) of the change that it shows. The store
/// settles it; <see cref="ShadowPublisher"/> then tells everybody.
/// </summary>
internal sealed class ShadowOutcome(ShadowPublisher publisher) : CommitReceipt
{
    private Told? _told;

    /// <summary>Thing.</summary>
    public required ThingShadows Thing { get; init; }

    /// <summary>Shadow.</summary>
    public required Shadow Shadow { get; init; }

    /// <summary>What was asked.</summary>
    public required ShadowOperation Operation { get; init; }

    /// <summary>How it came.</summary>
    public required ShadowDoor Door { get; init; }

    /// <summary>Time of the change in seconds since the Unix epoch.</summary>
    public uint Time { get; init; }

    /// <summary>The answer; empty for a change of tags alone, of which nobody is told.</summary>
    public required byte[] Answer { get; init; }

    /// <summary>Length of the client token, quotes included; 0 for none. It stands at the end of the answer.</summary>
    public int TokenLength { get; init; }

    /// <summary>The client token, quotes included.</summary>
    public ReadOnlySpan<byte> Token => TokenLength == 0 ? default : Answer.AsSpan(Answer.Length - 1 - TokenLength, TokenLength);

    /// <summary>The document before an update; empty for the first one.</summary>
    public byte[] Before { get; init; } = [];

    /// <summary>The document after an update; see <see cref="ShadowDocument"/>.</summary>
    public byte[] After { get; init; } = [];

    /// <summary>Whether desired was written.</summary>
    public bool ChangesDesired { get; init; }

    /// <summary>Whether desired was replaced as a whole.</summary>
    public bool Replaces { get; init; }

    /// <summary>PUBACK of the request, which waits for the commit too; null when nobody waits for one.</summary>
    public CommitReceipt? Acknowledgment { get; init; }

    /// <summary>Whoever waits for the end; null for a publication.</summary>
    public TaskCompletionSource<bool>? Waiter { get; init; }

    /// <summary>What the request followed from, and so do the messages about it; null for most.</summary>
    public object? Cause { get; init; }

    /// <summary>Held until what the messages about it leave to keep is kept: the acknowledgment, or what lets go of the waiter.</summary>
    public CommitReceipt? Promise => Acknowledgment ?? (Waiter is null ? null : _told ??= new Told(Waiter));

    /// <summary>Gets that came after it and show its change. Under the lock of the thing.</summary>
    public List<ShadowOutcome>? Followers { get; set; }

    /// <summary>The messages are out: whoever waits goes on as soon as everything is kept.</summary>
    public void LetGo()
    {
        if (Waiter is null) return;
        if (Failed || Acknowledgment is not null) Waiter.TrySetResult(!Failed);
        else Promise!.Release();
    }

    /// <inheritdoc/>
    protected override void OnSettled() => publisher.Enqueue(this);

    private sealed class Told(TaskCompletionSource<bool> waiter) : CommitReceipt
    {
        protected override void OnSettled() => waiter.TrySetResult(!Failed);
    }
}
