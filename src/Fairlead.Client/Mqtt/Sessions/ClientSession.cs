using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>
/// What outlives a connection: publications in flight, QoS 2 identifiers, subscriptions. One lock guards it and the encoding into the
/// connection of now; nothing waits under it.
/// </summary>
internal sealed class ClientSession
{
    private readonly MqttClientOptions _options;
    private readonly PacketIdentifiers _identifiers = new();
    private readonly PendingRequests _requests;
    private readonly Dictionary<string, (SubscriptionRequest Request, uint? Identifier)> _subscriptions = new(StringComparer.Ordinal);

    private MqttException? _lastError;

    public ClientSession(MqttClientOptions options)
    {
        _options = options;
        _requests = new PendingRequests(_identifiers);
        Outbound = new OutboundPublications(_identifiers, options.Time, options.PublishQueueLimit, options.PublishQueueByteLimit);
        Inbound = new InboundDeliveries(Gate, options.ReceiveMaximum);
        Received = new ReceiveQueue(options.ReceiveQueueLimit, options.ReceiveQueueByteLimit, options.ReceiveQueueFull);
    }

    public Lock Gate { get; } = new();

    public OutboundPublications Outbound { get; }

    public InboundDeliveries Inbound { get; }

    public ReceiveQueue Received { get; }

    /// <summary>The way out of the connection of now; null without one. Under <see cref="Gate"/>.</summary>
    public PacketOutput? Output { get; private set; }

    /// <summary>What the Server announced on the connection of now, or the last one.</summary>
    public ConnAckPacket ConnAck { get; private set; } = new();

    /// <summary>
    /// A connection stands. Lost subscriptions are asked for first, so that nothing published meanwhile or resent after them is missed.
    /// The tasks end with the Server's answers.
    /// </summary>
    public IReadOnlyList<Task> Attach(PacketOutput output, ConnAckPacket connAck)
    {
        lock (Gate)
        {
            Output = output;
            ConnAck = connAck;
            List<Task> answers = [];
            if (!connAck.SessionPresent && _options.Resubscribe)
            {
                foreach (var group in _subscriptions.Values.GroupBy(s => s.Identifier).ToList())
                {
                    var packet = new SubscribePacket { SubscriptionIdentifier = group.Key, Subscriptions = [.. group.Select(s => s.Request)] };
                    answers.Add(ConfirmAsync(Send(packet), packet));
                }
            }

            Inbound.Attach(output, _options.Version, connAck.SessionPresent);
            Outbound.Attach(output, _options.Version, connAck);
            output.Flush();
            return answers;
        }
    }

    /// <summary>Nothing more goes out: DISCONNECT is the last packet [MQTT-3.14.4-2].</summary>
    public void Silence()
    {
        lock (Gate)
        {
            Output = null;
            Inbound.Detach();
            Outbound.Detach();
        }
    }

    /// <summary>The connection is gone.</summary>
    public void Detach(MqttException error)
    {
        lock (Gate)
        {
            Silence();
            _lastError = error;
            _requests.FailAll(error);
        }
    }

    /// <summary>What to throw when there is no connection.</summary>
    public MqttException NotConnected(string what) => Failures.NotConnected(what, _lastError);

    /// <summary>The client ended: nothing will be sent any more.</summary>
    public void End(MqttException error, bool isError)
    {
        lock (Gate)
            Outbound.FailAll(error);
        Received.Complete(isError ? error : null);
    }

    public async Task<SubscribeResult> SubscribeAsync(SubscribePacket packet, CancellationToken cancellationToken)
    {
        Task<SubAckPacket> answer;
        lock (Gate)
        {
            answer = Send(packet);
            Output!.Flush();
        }

        return await ConfirmAsync(answer.WaitAsync(cancellationToken), packet);
    }

    public async Task<SubscribeResult> UnsubscribeAsync(UnsubscribePacket packet, CancellationToken cancellationToken)
    {
        Task<SubAckPacket> answer;
        lock (Gate)
        {
            var output = Output ?? throw NotConnected($"cannot unsubscribe from {packet.Filters[0]}");
            packet = packet with { PacketId = TakeIdentifier() };
            answer = _requests.Add(packet.PacketId, PacketType.UnsubAck, packet.Filters.Count);
            PacketWriter.Write(output.Writer, _options.Version, packet);
            output.Flush();
        }

        var subAck = await answer.WaitAsync(cancellationToken);
        lock (Gate)
        {
            for (int i = 0; i < packet.Filters.Count; i++)
            {
                if (subAck.ReasonCodes.Count == 0 || subAck.ReasonCodes[i] < ReasonCode.UnspecifiedError)
                    _subscriptions.Remove(packet.Filters[i]);
            }
        }

        return subAck.ReasonCodes.Any(code => code >= ReasonCode.UnspecifiedError)
            ? throw Failures.SubscribeRefused(unsubscribe: true, packet.Filters, subAck)
            : new SubscribeResult(subAck.ReasonCodes, subAck.ReasonString);
    }

    /// <summary>SUBACK or UNSUBACK; false when it answers nothing.</summary>
    public bool OnRequestAnswer(SubAckPacket packet)
    {
        lock (Gate)
            return _requests.OnAnswer(packet);
    }

    private Task<SubAckPacket> Send(SubscribePacket packet)
    {
        var output = Output ?? throw NotConnected($"cannot subscribe to {packet.Subscriptions[0].Filter}");
        packet = packet with { PacketId = TakeIdentifier() };
        var answer = _requests.Add(packet.PacketId, PacketType.SubAck, packet.Subscriptions.Count);
        PacketWriter.Write(output.Writer, _options.Version, packet);
        return answer;
    }

    private async Task<SubscribeResult> ConfirmAsync(Task<SubAckPacket> answer, SubscribePacket packet)
    {
        var subAck = await answer;
        lock (Gate)
        {
            for (int i = 0; i < packet.Subscriptions.Count; i++)
            {
                var request = packet.Subscriptions[i];
                if (subAck.ReasonCodes[i] < ReasonCode.UnspecifiedError)
                    _subscriptions[request.Filter] = (request, packet.SubscriptionIdentifier);
                else
                    _subscriptions.Remove(request.Filter);
            }
        }

        return subAck.ReasonCodes.Any(code => code >= ReasonCode.UnspecifiedError)
            ? throw Failures.SubscribeRefused(unsubscribe: false, [.. packet.Subscriptions.Select(s => s.Filter)], subAck)
            : new SubscribeResult(subAck.ReasonCodes, subAck.ReasonString);
    }

    private ushort TakeIdentifier()
    {
        ushort id = _identifiers.Take();
        return id != 0
            ? id
            : throw new MqttException(
                MqttFailure.QueueFull,
                "cannot send the request",
                "all 65,535 Packet Identifiers are in use",
                "Wait for earlier publications to be acknowledged");
    }
}
