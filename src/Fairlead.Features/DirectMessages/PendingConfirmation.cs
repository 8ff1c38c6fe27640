using System.Threading.Tasks.Sources;
using Fairlead.Broker.Extensions;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.DirectMessages;

/// <summary>
/// One call that waits for a PUBACK: what the broker keeps in the in-flight slot, what the call awaits and its place among the
/// deadlines, in one object.
/// </summary>
internal sealed class PendingConfirmation : DirectConfirmation, IValueTaskSource<DirectReason>
{
    // The continuation writes an HTTP answer: not on the read loop of the receiver, and not under its lock.
    private ManualResetValueTaskSourceCore<DirectReason> _core = new() { RunContinuationsAsynchronously = true };
    private ConfirmationDeadlines? _deadlines;
    private int _ended;

    /// <summary>When the wait ends, in ticks of the clock.</summary>
    public long Deadline { get; set; }

    /// <summary>Neighbours in the list of those with the same timeout; the list's own.</summary>
    public PendingConfirmation? Previous { get; set; }

    /// <summary>The next one.</summary>
    public PendingConfirmation? Next { get; set; }

    /// <summary>Timeout in seconds: which list it is in.</summary>
    public int Seconds { get; private set; }

    /// <summary>Reason Code of the PUBACK.</summary>
    public ReasonCode Code { get; private set; }

    /// <summary>Waits for the end.</summary>
    public ValueTask<DirectReason> WaitAsync() => new(this, _core.Version);

    /// <summary>Starts the time. Before the message is sent: its PUBACK may come at once.</summary>
    public void Start(ConfirmationDeadlines deadlines, int seconds)
    {
        Seconds = seconds;
        _deadlines = deadlines;
        deadlines.Add(this);
    }

    /// <summary>Nothing was sent after all: nobody waits.</summary>
    public void Cancel()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0) _deadlines!.Remove(this);
    }

    /// <summary>A client of another dialect has dealt with the message, or has gone.</summary>
    public void OnSettled(DirectResult result) => OnEnded(result, ReasonCode.Success);

    /// <summary>The time is over; it is out of the list already. A PUBACK that still comes just frees its Packet Identifier.</summary>
    public void OnTimeout()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0) _core.SetResult(DirectReason.Timeout);
    }

    /// <inheritdoc/>
    public DirectReason GetResult(short token) => _core.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc/>
    protected override void OnEnded(DirectResult result, ReasonCode code)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        _deadlines!.Remove(this);
        Code = code;
        _core.SetResult(DirectAnswer.ReasonOf(result));
    }
}
