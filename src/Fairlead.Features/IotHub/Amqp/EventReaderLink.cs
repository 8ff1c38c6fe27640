using Fairlead.Amqp;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>
/// Reads a partition of what devices sent (spec/azure-gateway, section 4.6). The log lies on the disk, so reading is done on the thread pool:
/// neither the connection nor who writes the log waits for it.
/// </summary>
internal sealed class EventReaderLink(HubConnection connection, NodeAddress address, TokenEntry token, int partition, EventFilter filter, long? epoch)
    : HubLink(connection, address, token), ISenderHandler
{
    private const int MostRead = 500;

    private IReadOnlyList<LoggedEvent> _read = [];
    private AmqpSender? _sender;
    private IDisposable? _watch;
    private int _index;
    private int _pumping;
    private long _last = -1;
    private int _ended;

    /// <inheritdoc/>
    public override bool IsSender => true;

    /// <inheritdoc/>
    public override void Start()
    {
        if (Connection.Endpoint.Epochs.TryAdd(Address.Group, partition, this, epoch) is { } refusal)
        {
            End(refusal);
            return;
        }

        var watch = Services.Events.Watch(partition, Schedule);
        Volatile.Write(ref _watch, watch);
        if (Volatile.Read(ref _ended) != 0)
        {
            watch.Dispose();
            Connection.Endpoint.Epochs.Remove(Address.Group, partition, this);
        }

        Schedule();
    }

    /// <inheritdoc/>
    public void OnCredit(AmqpSender sender) => Schedule();

    /// <inheritdoc/>
    public void OnOutcome(AmqpSender sender, in OutgoingOutcome outcome)
    {
        // Readers keep their own place; what they say about a single event changes nothing.
        if (!outcome.Settled) sender.Settle(outcome.DeliveryId, DeliveryState.Accepted);
    }

    /// <inheritdoc/>
    public void OnDetached(AmqpSender sender, AmqpError? error)
    {
        Volatile.Write(ref _ended, 1);
        Volatile.Read(ref _watch)?.Dispose();
        Connection.Endpoint.Epochs.Remove(Address.Group, partition, this);
        Ended();
    }

    /// <inheritdoc/>
    protected override AmqpLink Open(AttachRequest request) => _sender = request.AcceptSender(this);

    // One pump at a time; what happens meanwhile makes it go round once more.
    private void Schedule()
    {
        if (Interlocked.Increment(ref _pumping) == 1) ThreadPool.UnsafeQueueUserWorkItem(static link => link.Pump(), this, preferLocal: false);
    }

    private void Pump()
    {
        int seen;
        do
        {
            seen = Volatile.Read(ref _pumping);
            try
            {
                if (_sender is { } sender) SendAll(sender);
            }
            catch (IOException exception)
            {
                Services.Log.AmqpLinkFailed(exception, $"partition {partition}");
                End(Of(IotHubError.ServerError("the log of events cannot be read")));
            }
        }
        while (Interlocked.Add(ref _pumping, -seen) != 0);
    }

    private void SendAll(AmqpSender sender)
    {
        using var writer = new AmqpWriter();
        // The place of a reader is found once, and with its first credit: from then on it is kept here.
        if (_last < 0 && sender.Credit > 0) _last = filter.Start(Services.Events, partition);
        while (sender.Credit > 0 && Volatile.Read(ref _ended) == 0)
        {
            if (_index >= _read.Count)
            {
                _index = 0;
                _read = Services.Events.Read(partition, _last, MostRead);
                if (_read.Count == 0) return;
            }

            var item = _read[_index];
            writer.Truncate();
            EventMessages.Write(item, writer);
            if (sender.TrySend(writer.Written, settled: true) is not (SendResult.Sent or SendResult.TooLarge)) return;
            Counters.OnEventsRead(1);
            _last = item.Sequence;
            _index++;
        }
    }
}
