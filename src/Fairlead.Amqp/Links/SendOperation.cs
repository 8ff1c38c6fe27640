using System.Threading.Tasks.Sources;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp.Links;

/// <summary>One call of <see cref="AmqpSender.SendAsync"/>, used again and again.</summary>
internal sealed class SendOperation(AmqpSender sender) : IValueTaskSource<DeliveryState>
{
    private ManualResetValueTaskSourceCore<DeliveryState> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private bool _done;

    public ReadOnlyMemory<byte> Payload { get; private set; }

    public bool Settled { get; private set; }

    public uint MessageFormat { get; private set; }

    /// <summary>Number of the delivery once it is on its way.</summary>
    public uint? DeliveryId { get; set; }

    /// <summary>Whether it has an end: then it is passed over when its turn comes. Under the gate.</summary>
    public bool IsDone => _done;

    /// <summary>Whether nobody else knows it any more: it was neither cancelled nor left behind. Under the gate.</summary>
    public bool MayBeReused { get; private set; }

    public ValueTask<DeliveryState> Task => new(this, _core.Version);

    public void Start(ReadOnlyMemory<byte> payload, bool settled, uint messageFormat)
    {
        _core.Reset();
        _done = false;
        MayBeReused = true;
        Payload = payload;
        Settled = settled;
        MessageFormat = messageFormat;
        DeliveryId = null;
    }

    /// <summary>Lets a token end the wait. Outside the gate, because the token may be cancelled already.</summary>
    public void Watch(CancellationToken cancellationToken)
    {
        short version = _core.Version;
        _cancellation = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var (operation, version) = ((SendOperation, short))state!;
                operation.Cancel(version, token);
            },
            (this, version));
    }

    /// <summary>Under the gate; continuations run elsewhere.</summary>
    public void Complete(in DeliveryState state)
    {
        if (_done) return;
        _done = true;
        Payload = default;
        _core.SetResult(state);
    }

    /// <summary>Under the gate; continuations run elsewhere.</summary>
    public void Fail(Exception exception)
    {
        if (_done) return;
        _done = true;
        Payload = default;
        _core.SetException(exception);
    }

    DeliveryState IValueTaskSource<DeliveryState>.GetResult(short token)
    {
        _cancellation.Dispose();
        _cancellation = default;
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            sender.Return(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<DeliveryState>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<DeliveryState>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Cancel(short version, CancellationToken token)
    {
        lock (sender.Session.Connection.Gate)
        {
            if (_core.Version != version || _done) return;
            if (DeliveryId is { } id) sender.Session.Outgoing.Forget(id);
            MayBeReused = false;
            Fail(new OperationCanceledException(token));
        }
    }
}
