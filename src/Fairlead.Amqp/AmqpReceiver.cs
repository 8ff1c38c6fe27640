using System.Buffers;
using Fairlead.Amqp.Connections;
using Fairlead.Amqp.Links;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <summary>A link that this side receives on. All members may be called on any thread.</summary>
public sealed partial class AmqpReceiver : AmqpLink
{
    private uint _deliveryCount;
    private uint _credit;
    private uint _reach;
    private uint _window;
    private bool _hadWindow;
    private bool _draining;
    private int _unsettled;
    private int _maxMessageSize;

    internal AmqpReceiver(AmqpSession session, string name)
        : base(session, name)
    {
    }

    /// <inheritdoc/>
    public override bool IsReceiver => true;

    /// <inheritdoc/>
    public override uint Credit => Volatile.Read(ref _credit);

    /// <inheritdoc/>
    public override int Unsettled => Volatile.Read(ref _unsettled);

    internal IReceiverHandler? Handler { get; set; }

    private protected override bool HasHandler => Handler is not null;

    private AmqpConnection Connection => Session.Connection;

    private bool SettlesSecond => (Local?.ReceiverSettleMode ?? ReceiverSettleMode.First) == ReceiverSettleMode.Second;

    /// <summary>Gives more credit. For links with a credit window of 0.</summary>
    /// <param name="count">Deliveries more.</param>
    public void AddCredit(uint count)
    {
        lock (Connection.Gate) Grant((uint)Math.Min((ulong)_credit + count, uint.MaxValue));
        Connection.Kick();
    }

    /// <summary>
    /// Sets the credit, taking back what was given before; deliveries under way may still come. Of a link that has a credit window it sets that too;
    /// 0 closes it.
    /// </summary>
    /// <param name="count">Deliveries from now on.</param>
    public void SetCredit(uint count)
    {
        lock (Connection.Gate)
        {
            if (_window > 0 || _hadWindow) _window = count;
            Grant(count);
        }

        Connection.Kick();
    }

    /// <summary>Asks the sender to use up its credit or give it back; <see cref="IReceiverHandler.OnDrained"/> follows. Of a link that has a credit window it closes that.</summary>
    public void Drain()
    {
        lock (Connection.Gate)
        {
            if (Phase != LinkPhase.Attached) return;
            _window = 0;
            _draining = true;
            SendFlow();
        }

        Connection.Kick();
    }

    /// <summary>
    /// Tells the outcome of a delivery and settles it; with receiver-settle-mode second the sender settles afterwards. Numbers that are not
    /// unsettled are ignored.
    /// </summary>
    /// <param name="deliveryId">The delivery.</param>
    /// <param name="outcome">The outcome.</param>
    public void Settle(uint deliveryId, in DeliveryState outcome)
    {
        lock (Connection.Gate)
        {
            if (!Session.Incoming.TryGetValue(deliveryId, out var owner) || !ReferenceEquals(owner, this)) return;
            if (!SettlesSecond)
            {
                Session.Incoming.Remove(deliveryId);
                _unsettled--;
                Moved();
            }

            if (outcome.Kind == DeliveryStateKind.Rejected) CountRejected();

            Session.SendDisposition(isReceiver: true, deliveryId, settled: !SettlesSecond, outcome);
            if (!SettlesSecond) TopUp();
        }

        Connection.Kick();
    }

    internal void Configure(int maxMessageSize, uint creditWindow)
    {
        _maxMessageSize = maxMessageSize;
        _window = creditWindow;
        _hadWindow = creditWindow > 0;
    }

    internal void OnSettledBySender()
    {
        _unsettled--;
        Moved();
        TopUp();
    }

    internal override void OnFlow(in Flow flow)
    {
        if (Phase != LinkPhase.Attached) return;
        if (flow.DeliveryCount is { } count)
        {
            // A sender that gives credit back moves its delivery-count forward.
            int skipped = SerialNumber.Distance(_deliveryCount, count);
            if (skipped > 0)
            {
                _deliveryCount = count;
                _credit = (uint)skipped >= _credit ? 0 : _credit - (uint)skipped;
            }
        }

        if (_draining && _credit == 0)
        {
            _draining = false;
            Connection.Notices.Add(new Notice(NoticeKind.Drained, this));
        }

        if (flow.Echo) SendFlow();
    }

    internal override void TellDetached(AmqpError? error) => Handler?.OnDetached(this, error);

    private protected override void OnAttached(Attach remote)
    {
        _deliveryCount = remote.InitialDeliveryCount ?? 0;
        _reach = _deliveryCount;
        if (_window > 0) Grant(_window);
        else if (_credit > 0) Grant(_credit);
    }

    private protected override void OnLeft(AmqpError? error)
    {
        if (_unsettled > 0)
        {
            foreach (uint id in Session.Incoming.Where(pair => ReferenceEquals(pair.Value, this)).Select(pair => pair.Key).ToArray()) Session.Incoming.Remove(id);
        }

        _unsettled = 0;
        _credit = 0;
        Connection.AssemblyBytes -= _counted;
        _counted = 0;
    }

    /// <summary>Gives credit again when a quarter of the window is used, as rhea does: flows cost, and senders must not run dry.</summary>
    private void TopUp()
    {
        if (_window == 0 || Phase != LinkPhase.Attached) return;
        long open = _window - (long)_credit - _unsettled;
        if (open > 0 && open * 4 >= _window) Grant(_credit + (uint)open);
    }

    private void Grant(uint credit)
    {
        _credit = credit;
        _draining = false;
        if (Phase != LinkPhase.Attached) return;
        uint end = unchecked(_deliveryCount + credit);
        if (SerialNumber.Distance(_reach, end) > 0) _reach = end;
        SendFlow();
    }

    /// <summary>
    /// Whether the sender may have sent a delivery before it heard that its credit was taken back. The receiver may take such a delivery or detach
    /// (AMQP 1.0 part 2, section 2.6.7); who detaches loses the link whenever a message crosses with the end of its last consumer.
    /// </summary>
    private bool IsUnderWay => SerialNumber.Distance(_deliveryCount, _reach) > 0;

    private void SendFlow() => Session.SendLinkFlow(new Flow { Handle = Handle, DeliveryCount = _deliveryCount, LinkCredit = _credit, Drain = _draining });
}
