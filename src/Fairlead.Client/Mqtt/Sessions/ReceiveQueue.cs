using Fairlead.Protocols.Mqtt;

namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>Received messages on their way to the application, bounded in number and bytes.</summary>
internal sealed class ReceiveQueue(int limit, long byteLimit, ReceiveQueuePolicy policy)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<ReceivedMessage> _messages = new();
    private TaskCompletionSource<bool>? _arrival;
    private TaskCompletionSource? _room;
    private long _bytes;
    private long _dropped;
    private MqttException? _error;
    private bool _completed;

    /// <summary>Messages dropped because the queue was full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Messages that wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _messages.Count;
        }
    }

    /// <summary>Adds a message or drops one, by the policy; false when it has to wait for <paramref name="room"/> and try again.</summary>
    public bool TryAdd(ReceivedMessage message, bool boundedByQuota, out Task room)
    {
        room = Task.CompletedTask;
        lock (_gate)
        {
            bool full = _messages.Count >= limit || (_bytes + message.QueuedBytes > byteLimit && _messages.Count > 0);
            if (full && !_completed)
            {
                bool mayDrop = message.QoS == QualityOfService.AtMostOnce && policy != ReceiveQueuePolicy.Wait;
                bool mayExceed = message.QoS != QualityOfService.AtMostOnce && boundedByQuota;
                if (!mayDrop && !mayExceed)
                {
                    room = WhenRoom();
                    return false;
                }

                if (mayDrop && (policy == ReceiveQueuePolicy.DropNewest || !DropOldest()))
                {
                    _dropped++;
                    return true;
                }
            }

            _messages.AddLast(message);
            _bytes += message.QueuedBytes;
            _arrival?.TrySetResult(true);
            _arrival = null;
            return true;
        }
    }

    public bool TryTake(out ReceivedMessage? message)
    {
        lock (_gate)
        {
            message = _messages.First?.Value;
            if (message is null)
                return false;
            _messages.RemoveFirst();
            _bytes -= message.QueuedBytes;
            _room?.TrySetResult();
            _room = null;
            return true;
        }
    }

    /// <summary>True when a message may be there, false when none will ever come. Throws the error the client ended with.</summary>
    public Task<bool> WhenArrivedAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_messages.Count > 0)
                return Task.FromResult(true);
            if (_completed)
                return _error is null ? Task.FromResult(false) : Task.FromException<bool>(_error);
            _arrival ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _arrival.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>No message will come any more.</summary>
    public void Complete(MqttException? error)
    {
        lock (_gate)
        {
            if (_completed)
                return;
            _completed = true;
            _error = error;
            if (error is null)
                _arrival?.TrySetResult(false);
            else
                _arrival?.TrySetException(error);
            _arrival = null;
            _room?.TrySetResult();
            _room = null;
        }
    }

    /// <summary>Takes messages again after <see cref="Complete"/>; what still waits is kept.</summary>
    public void Reopen()
    {
        lock (_gate)
        {
            _completed = false;
            _error = null;
        }
    }

    private Task WhenRoom() => (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private bool DropOldest()
    {
        for (var node = _messages.First; node is not null; node = node.Next)
        {
            if (node.Value.QoS != QualityOfService.AtMostOnce)
                continue;
            _messages.Remove(node);
            _bytes -= node.Value.QueuedBytes;
            _dropped++;
            return true;
        }

        return false;
    }
}
