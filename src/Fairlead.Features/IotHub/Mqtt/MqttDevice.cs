using System.Globalization;
using System.Text;
using Fairlead.Broker.Extensions;
using Fairlead.Features.IotHub.CloudToDevice;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Features.IotHub.Methods;
using Fairlead.Features.IotHub.Twins;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.IotHub.Mqtt;

/// <summary>
/// One connected device: what it has subscribed to decides what it is sent. Subscribing and leaving come from its read loop, one after the
/// other; messages, calls and changes from anywhere.
/// </summary>
internal sealed class MqttDevice : ICloudToDeviceConsumer, IMethodListener
{
    // More than a few unacknowledged messages fill the output of a slow client, not its hands.
    private const int MostUnacknowledged = 16;
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);
    private readonly MqttDialect _dialect;
    private readonly string _deviceBound;
    private CloudToDeviceReceiver? _receiver;
    private IDisposable? _listener;
    private IDisposable? _desired;
    private int _unacknowledged;
    private int _twinRequests;
    private int _sending;
    private volatile bool _ended;

    /// <summary>Makes it for a connection.</summary>
    public MqttDevice(MqttDialect dialect, IotHubPrincipal principal, string clientId, long connectionId)
    {
        (_dialect, Principal, ClientId, ConnectionId) = (dialect, principal, clientId, connectionId);
        _deviceBound = Encoding.UTF8.GetString(principal.TopicBase) + "/messages/devicebound/";
    }

    /// <summary>Who it is.</summary>
    public IotHubPrincipal Principal { get; }

    /// <summary>Its Client Identifier.</summary>
    public string ClientId { get; }

    /// <summary>Number of its connection.</summary>
    public long ConnectionId { get; }

    /// <summary>Requests about its twin that are under way, which it may not pile up.</summary>
    public ref int TwinRequests => ref _twinRequests;

    /// <summary>It has subscribed.</summary>
    public void OnSubscribed(IEnumerable<string> filters)
    {
        foreach (var filter in filters)
        {
            switch (DialectTopics.OfFilter(Principal, Encoding.UTF8.GetBytes(filter)))
            {
                case DialectTopic.CloudToDevice:
                    _receiver ??= _dialect.CloudToDevice.Attach(Principal.Identity, this, holdsLocks: true);
                    OnAvailable();
                    break;
                case DialectTopic.MethodCalls:
                    _listener ??= _dialect.Methods.Listen(Principal.Identity, this);
                    break;
                case DialectTopic.TwinDesired:
                    _desired ??= _dialect.Twins.SubscribeDesired(Principal.Identity, OnDesired);
                    break;
            }
        }
    }

    /// <summary>It has ended subscriptions.</summary>
    public void OnUnsubscribed(IEnumerable<string> filters)
    {
        foreach (var filter in filters)
        {
            switch (DialectTopics.OfFilter(Principal, Encoding.UTF8.GetBytes(filter)))
            {
                case DialectTopic.CloudToDevice:
                    End(ref _receiver);
                    break;
                case DialectTopic.MethodCalls:
                    End(ref _listener);
                    break;
                case DialectTopic.TwinDesired:
                    End(ref _desired);
                    break;
            }
        }
    }

    /// <summary>Its connection is over: what it has not acknowledged waits for the next one.</summary>
    public void OnDisconnected()
    {
        _ended = true;
        End(ref _receiver);
        End(ref _listener);
        End(ref _desired);
    }

    /// <inheritdoc/>
    public void OnAvailable()
    {
        // One sends at a time, so that the order of the queue is that of the wire; whoever comes meanwhile makes it look again.
        if (Interlocked.Increment(ref _sending) != 1) return;
        var seen = 1;
        while (true)
        {
            SendWaiting();
            var now = Interlocked.Add(ref _sending, -seen);
            if (now == 0) return;
            seen = now;
        }
    }

    /// <inheritdoc/>
    void ICloudToDeviceConsumer.OnReplaced() => Replaced();

    /// <inheritdoc/>
    void IMethodListener.OnReplaced() => Replaced();

    /// <inheritdoc/>
    public bool TryCall(MethodCall call) => Send(
        $"$iothub/methods/POST/{Uri.EscapeDataString(call.Name)}/?$rid={call.RequestId:N}", call.Payload, null) == DirectResult.Sent;

    /// <summary>Sends it something at QoS 0.</summary>
    public bool Tell(string topic, ReadOnlyMemory<byte> payload) => Send(topic, payload, null) == DirectResult.Sent;

    /// <summary>What became of a message that was sent: called under the lock of its Session.</summary>
    internal void OnEnded(Guid lockToken, DirectResult result)
    {
        Interlocked.Decrement(ref _unacknowledged);
        // PUBACK is all that this dialect has: it completes (spec/azure-gateway 3.2). Without one the message is visible again, for the
        // next connection as a rule.
        _receiver?.Settle(lockToken, result == DirectResult.Acknowledged ? Settlement.Complete : Settlement.Release);
        // Sending more takes the lock that is held now.
        if (!_ended) ThreadPool.UnsafeQueueUserWorkItem(static device => device.OnAvailable(), this, preferLocal: false);
    }

    private static void End<T>(ref T? held)
        where T : class, IDisposable
    {
        var ended = held;
        held = null;
        ended?.Dispose();
    }

    // One connection for each identity, whatever it speaks (spec/azure-gateway 3.1, 400027).
    private void Replaced()
    {
        if (!_ended) _dialect.Broker.DisconnectConnection(ConnectionId, ReasonCode.SessionTakenOver, "a later connection of the same device has taken over (400027)");
    }

    private void SendWaiting()
    {
        while (_receiver is { } receiver && Volatile.Read(ref _unacknowledged) < MostUnacknowledged && receiver.TryLock(out var message))
        {
            var topic = new StringBuilder(_deviceBound);
            PropertyBag.Write(topic, message.Message, withAddress: true);
            Interlocked.Increment(ref _unacknowledged);
            var result = Send(topic.ToString(), message.Message.Body, new Delivery(this, message.LockToken));
            if (result == DirectResult.Sent) continue;
            Interlocked.Decrement(ref _unacknowledged);
            receiver.Settle(message.LockToken, result == DirectResult.TooLarge ? Settlement.Reject : Settlement.Release);
            if (result == DirectResult.TooLarge) continue;
            // It does not read, or is leaving: in the second case nothing comes of the second try.
            if (!_ended) _dialect.Later(this, Retry);
            return;
        }
    }

    private void OnDesired(DesiredChange change) =>
        Tell(string.Create(CultureInfo.InvariantCulture, $"$iothub/twin/PATCH/properties/desired/?$version={change.Version}"), change.Patch);

    private DirectResult Send(string topic, ReadOnlyMemory<byte> payload, DirectConfirmation? confirmation) => _dialect.Broker.SendTo(
        ClientId, Principal,
        new PublishRequest { Topic = topic, Payload = payload, QoS = confirmation is null ? QualityOfService.AtMostOnce : QualityOfService.AtLeastOnce },
        confirmation);

    private sealed class Delivery(MqttDevice device, Guid lockToken) : DirectConfirmation
    {
        protected override void OnEnded(DirectResult result, ReasonCode code) => device.OnEnded(lockToken, result);
    }
}
