using System.Text;
using Fairlead.Client.Mqtt.Sessions;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Client.Mqtt;

/// <summary>
/// An MQTT 3.1, 3.1.1 and 5 client. Members may be called from any thread. A lost connection is made again by itself; publications with
/// QoS 1 and 2 that were not acknowledged are sent again then, in order. Errors are <see cref="MqttException"/>s.
/// </summary>
public sealed class MqttClient : IAsyncDisposable
{
    private readonly ClientSession _session;
    private readonly ConnectionSupervisor _supervisor;

    /// <summary>Makes a client; <see cref="ConnectAsync"/> connects it.</summary>
    /// <param name="options">The settings.</param>
    public MqttClient(MqttClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionRules.Check(options);
        Options = options;
        _session = new ClientSession(options);
        _supervisor = new ConnectionSupervisor(options, _session, change => StateChanged?.Invoke(change));
    }

    /// <summary>Raised after each change of <see cref="State"/>, on a thread of the client: return soon and do not throw.</summary>
    public event Action<ConnectionStateChange>? StateChanged;

    /// <summary>The settings.</summary>
    public MqttClientOptions Options { get; }

    /// <summary>Where the client stands.</summary>
    public ConnectionState State => _supervisor.State;

    /// <summary>Client Identifier: the one of the settings, or the one the Server assigned.</summary>
    public string ClientId => _supervisor.ClientId;

    /// <summary>What the Server answered to CONNECT the last time: its limits and what it offers.</summary>
    public ConnAckPacket ConnAck => _session.ConnAck;

    /// <summary>QoS 0 messages dropped because the receive queue was full.</summary>
    public long DroppedMessages => _session.Received.Dropped;

    /// <summary>Received messages that wait to be taken.</summary>
    public int WaitingMessages => _session.Received.Count;

    /// <summary>QoS 1 and 2 publications that are not finished.</summary>
    public int PendingPublications
    {
        get
        {
            lock (_session.Gate)
                return _session.Outbound.Count;
        }
    }

    /// <summary>Connects. Throws at the first failure unless <see cref="ReconnectOptions.RetryFirstConnect"/> says otherwise.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The Server's answer.</returns>
    public Task<ConnAckPacket> ConnectAsync(CancellationToken cancellationToken = default) => _supervisor.ConnectAsync(cancellationToken);

    /// <summary>Publishes a message.</summary>
    /// <param name="topic">Topic Name.</param>
    /// <param name="payload">Payload; must not change while the publication is under way.</param>
    /// <param name="qos">Quality of Service.</param>
    /// <param name="retain">RETAIN flag.</param>
    /// <param name="cancellationToken">Ends the wait; a publication already under way is still finished.</param>
    /// <returns>The answer; see the other overload.</returns>
    public ValueTask<PublishResult> PublishAsync(
        string topic,
        ReadOnlyMemory<byte> payload,
        QualityOfService qos = QualityOfService.AtMostOnce,
        bool retain = false,
        CancellationToken cancellationToken = default) =>
        PublishAsync(new PublishPacket { Topic = topic, Payload = payload, QoS = qos, Retain = retain }, cancellationToken);

    /// <summary>
    /// Publishes a message. QoS 0 is done when it is on its way out and needs a connection; QoS 1 and 2 are done when the Server has the message,
    /// which may be after a reconnect. A refusal by the Server is an <see cref="MqttException"/> with its Reason Code.
    /// </summary>
    /// <param name="packet">The message; its payload must not change while it is under way, which a cancelled wait does not end. The Packet Identifier is not read; DUP says that an earlier client sent it already.</param>
    /// <param name="cancellationToken">Ends the wait; a publication already under way is still finished.</param>
    /// <returns>Reason Code and Packet Identifier.</returns>
    public async ValueTask<PublishResult> PublishAsync(PublishPacket packet, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(packet);
        byte[] topic = Encoding.UTF8.GetBytes(packet.Topic);
        byte[] properties = Options.Version == ProtocolVersion.V5 ? PublishPropertiesWriter.WriteForwardable(packet.Properties) : [];
        PublishRules.Check(packet, topic, properties.Length, Options.Version, _session.ConnAck);
        if (packet.QoS == QualityOfService.AtMostOnce)
        {
            await SendAtMostOnceAsync(packet, topic, properties, cancellationToken);
            return new PublishResult(ReasonCode.Success);
        }

        var publication = new OutboundPublication
        {
            Topic = topic,
            Properties = properties,
            Payload = packet.Payload,
            QoS = packet.QoS,
            Retain = packet.Retain,
            Dup = packet.Dup,
            MessageExpiry = packet.Properties.MessageExpiryInterval,
            TopicAlias = packet.TopicAlias,
            QueuedAt = Options.Time.GetTimestamp(),
        };
        await EnqueueAsync(publication, packet.Topic, cancellationToken);
        return await publication.Completion.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Subscribes to one Topic Filter.</summary>
    /// <param name="filter">Topic Filter.</param>
    /// <param name="qos">Maximum QoS.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer; see the other overload.</returns>
    public Task<SubscribeResult> SubscribeAsync(
        string filter,
        QualityOfService qos = QualityOfService.AtMostOnce,
        CancellationToken cancellationToken = default) =>
        SubscribeAsync(new SubscribePacket { Subscriptions = [new SubscriptionRequest(filter, qos)] }, cancellationToken);

    /// <summary>Subscribes. If the Server refuses any of the filters, an <see cref="MqttException"/> carries all Reason Codes.</summary>
    /// <param name="packet">Topic Filters and options; the Packet Identifier is not read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The granted QoS of each filter.</returns>
    public Task<SubscribeResult> SubscribeAsync(SubscribePacket packet, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(packet);
        PublishRules.CheckFilters("subscribe", [.. packet.Subscriptions.Select(s => s.Filter)]);
        return _session.SubscribeAsync(packet, cancellationToken);
    }

    /// <summary>Unsubscribes. If the Server refuses any of the filters, an <see cref="MqttException"/> carries all Reason Codes.</summary>
    /// <param name="packet">Topic Filters; the Packet Identifier is not read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The Reason Code of each filter.</returns>
    public Task<SubscribeResult> UnsubscribeAsync(UnsubscribePacket packet, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(packet);
        PublishRules.CheckFilters("unsubscribe", packet.Filters);
        return _session.UnsubscribeAsync(packet, cancellationToken);
    }

    /// <summary>Takes the next message; with <see cref="AcknowledgeMode.Automatic"/> it is acknowledged now.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The message.</returns>
    public async ValueTask<ReceivedMessage> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (TryReceive(out var message))
                return message!;
            if (!await _session.Received.WhenArrivedAsync(cancellationToken))
                throw Failures.Disposed("cannot receive");
        }
    }

    /// <summary>Takes a message if one waits; with <see cref="AcknowledgeMode.Automatic"/> it is acknowledged now.</summary>
    /// <param name="message">The message, or null.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryReceive(out ReceivedMessage? message)
    {
        if (!_session.Received.TryTake(out message))
            return false;
        if (Options.Acknowledge == AcknowledgeMode.Automatic)
            message!.Acknowledge();
        return true;
    }

    /// <summary>
    /// All messages until the client is disconnected by its owner; throws when it gave up by itself. With
    /// <see cref="AcknowledgeMode.Automatic"/> a message is acknowledged when the next one is asked for, so that one whose handling failed is not.
    /// </summary>
    /// <param name="cancellationToken">Ends the stream with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The messages.</returns>
    public async IAsyncEnumerable<ReceivedMessage> ReceiveAllAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await _session.Received.WhenArrivedAsync(cancellationToken))
        {
            while (_session.Received.TryTake(out var message))
            {
                yield return message!;
                if (Options.Acknowledge == AcknowledgeMode.Automatic)
                    message!.Acknowledge();
            }
        }
    }

    /// <summary>Disconnects by DISCONNECT; publications not yet acknowledged end with an error. Does nothing without a connection.</summary>
    /// <param name="packet">Reason Code and properties; null for a normal end.</param>
    public Task DisconnectAsync(DisconnectPacket? packet = null) => _supervisor.DisconnectAsync(packet ?? new DisconnectPacket());

    /// <summary>Disconnects and ends the client.</summary>
    public async ValueTask DisposeAsync() => await DisconnectAsync();

    private async Task SendAtMostOnceAsync(PublishPacket packet, byte[] topic, byte[] properties, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_session.Gate)
            {
                var output = _session.Output ?? throw _session.NotConnected($"cannot publish to {packet.Topic}");
                if (!output.IsFull)
                {
                    PublishEncoding.Write(
                        output.Writer,
                        Options.Version,
                        topic,
                        properties,
                        packet.Payload.Span,
                        QualityOfService.AtMostOnce,
                        packet.Retain,
                        dup: false,
                        packetId: 0,
                        packet.Properties.MessageExpiryInterval,
                        packet.TopicAlias ?? 0);
                    output.Flush();
                    return;
                }

                ThrowIfRejecting(packet.Topic);
                room = output.WhenRoomAsync();
            }

            await room.WaitAsync(cancellationToken);
        }
    }

    private async Task EnqueueAsync(OutboundPublication publication, string topic, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_session.Gate)
            {
                if (State is ConnectionState.Disconnected or ConnectionState.Closed)
                    throw _session.NotConnected($"cannot publish to {topic}");
                if (!_session.Outbound.IsFull)
                {
                    _session.Outbound.Add(publication);
                    _session.Output?.Flush();
                    return;
                }

                ThrowIfRejecting(topic);
                room = _session.Outbound.WhenRoomAsync();
            }

            await room.WaitAsync(cancellationToken);
        }
    }

    private void ThrowIfRejecting(string topic)
    {
        if (Options.PublishQueueFull == PublishQueuePolicy.Reject)
        {
            throw new MqttException(
                MqttFailure.QueueFull,
                $"cannot publish to {topic}",
                $"the publish queue is full ({Options.PublishQueueLimit} messages or {Options.PublishQueueByteLimit} bytes wait)",
                "Publish more slowly, or raise the limit");
        }
    }
}
