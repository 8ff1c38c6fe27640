using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>
/// QoS 1 and 2 publications that are not finished, in the order of the calls: first those in flight, then those that wait for quota or a
/// connection. After a reconnect the same list is sent again from its start, which keeps order and Packet Identifiers [MQTT-4.4.0-1]
/// [MQTT-4.6.0-1]. Every member is used under the session's lock.
/// </summary>
internal sealed class OutboundPublications(PacketIdentifiers identifiers, TimeProvider time, int limit, long byteLimit)
{
    private readonly LinkedList<OutboundPublication> _order = new();
    private readonly Dictionary<ushort, LinkedListNode<OutboundPublication>> _byId = [];
    private LinkedListNode<OutboundPublication>? _next;
    private PacketOutput? _output;
    private ProtocolVersion _version;
    private int _quota;
    private int _receiveMaximum;
    private uint _maximumPacketSize = uint.MaxValue;
    private ushort _topicAliasMaximum;
    private long _bytes;
    private TaskCompletionSource? _room;

    public int Count => _order.Count;

    public bool IsFull => _order.Count >= limit || _bytes >= byteLimit;

    /// <summary>Completes when the list may have room again.</summary>
    public Task WhenRoomAsync() => (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Adds a publication and sends it if quota and connection allow.</summary>
    public void Add(OutboundPublication publication)
    {
        var node = _order.AddLast(publication);
        _bytes += publication.QueuedBytes;
        _next ??= node;
        SendWaiting();
    }

    /// <summary>A connection stands: everything is sent again from the start, as the Server's quota allows.</summary>
    public void Attach(PacketOutput output, ProtocolVersion version, ConnAckPacket connAck)
    {
        _output = output;
        _version = version;
        _quota = _receiveMaximum = connAck.ReceiveMaximum ?? ushort.MaxValue;
        _maximumPacketSize = connAck.MaximumPacketSize ?? uint.MaxValue;
        _topicAliasMaximum = connAck.TopicAliasMaximum ?? 0;
        for (var node = _order.First; node is not null;)
        {
            var publication = node.Value;
            var following = node.Next;
            publication.HoldsQuota = false;
            if (!connAck.SessionPresent)
                ForgetInServer(node);
            node = following;
        }

        _next = _order.First;
        SendWaiting();
    }

    /// <summary>The connection is gone.</summary>
    public void Detach() => _output = null;

    /// <summary>PUBACK. False when nobody waits for it.</summary>
    public bool OnPubAck(in AckPacket ack)
    {
        if (!_byId.TryGetValue(ack.PacketId, out var node) || node.Value.QoS != QualityOfService.AtLeastOnce)
            return false;
        Finish(node, ack);
        SendWaiting();
        return true;
    }

    /// <summary>PUBREC: a failure ends the publication, else PUBREL follows, also for an unknown identifier [MQTT-4.3.3-4].</summary>
    public void OnPubRec(in AckPacket ack)
    {
        if (!_byId.TryGetValue(ack.PacketId, out var node) || node.Value.QoS != QualityOfService.ExactlyOnce)
        {
            WriteAck(PacketType.PubRel, ack.PacketId, ReasonCode.PacketIdentifierNotFound);
            return;
        }

        if (ack.ReasonCode >= ReasonCode.UnspecifiedError)
        {
            Finish(node, ack);
            SendWaiting();
            return;
        }

        node.Value.Released = true;
        WriteAck(PacketType.PubRel, ack.PacketId, ReasonCode.Success);
    }

    /// <summary>PUBCOMP ends a QoS 2 publication, whatever its code: the Server took the message with PUBREC.</summary>
    public void OnPubComp(in AckPacket ack)
    {
        if (!_byId.TryGetValue(ack.PacketId, out var node) || !node.Value.Released)
            return;
        Finish(node, ack with { ReasonCode = ReasonCode.Success });
        SendWaiting();
    }

    /// <summary>Ends all with an error.</summary>
    public void FailAll(MqttException error)
    {
        foreach (var publication in _order)
        {
            identifiers.Free(publication.PacketId);
            publication.Completion.TrySetException(error);
        }

        _order.Clear();
        _byId.Clear();
        _next = null;
        _bytes = 0;
        SignalRoom();
    }

    private void SendWaiting()
    {
        if (_output is null)
            return;
        while (_next is { } node)
        {
            var publication = node.Value;
            if (publication.Released)
            {
                // Repeats of PUBREL need no quota [MQTT 5, section 4.9].
                WriteAck(PacketType.PubRel, publication.PacketId, ReasonCode.Success);
            }
            else if (publication.QueuedBytes > _maximumPacketSize)
            {
                // A lower limit than on the connection before: sending it would only cost this connection too [MQTT-3.2.2-15].
                Finish(node, new AckPacket { PacketId = publication.PacketId, ReasonCode = ReasonCode.PacketTooLarge });
                continue;
            }
            else if (_quota == 0 || !SendPublish(node))
            {
                return;
            }

            _next = node.Next;
        }
    }

    private bool SendPublish(LinkedListNode<OutboundPublication> node)
    {
        var publication = node.Value;
        bool isNew = publication.PacketId == 0;
        if (isNew)
        {
            ushort id = identifiers.Take();
            if (id == 0)
                return false;
            publication.PacketId = id;
            _byId[id] = node;
        }

        _quota--;
        publication.HoldsQuota = true;
        // An alias of the connection before may be too high for this one; the topic is always there too.
        var alias = publication.TopicAlias <= _topicAliasMaximum ? publication.TopicAlias : null;
        PublishEncoding.Write(_output!.Writer, _version, publication, publication.Dup || !isNew, RemainingExpiry(publication), alias ?? 0);
        return true;
    }

    private uint? RemainingExpiry(OutboundPublication publication)
    {
        if (publication.MessageExpiry is not { } expiry)
            return null;
        double waited = time.GetElapsedTime(publication.QueuedAt).TotalSeconds;
        return waited >= expiry ? 1 : expiry - (uint)waited;
    }

    /// <summary>
    /// The Server has no Session any more: what it confirmed with PUBREC is done, the rest becomes a new publication. For QoS 2 that may
    /// repeat a message the Server had taken before it lost the Session; losing it would be worse.
    /// </summary>
    private void ForgetInServer(LinkedListNode<OutboundPublication> node)
    {
        var publication = node.Value;
        if (publication.Released)
        {
            Finish(node, new AckPacket { PacketId = publication.PacketId });
            return;
        }

        if (publication.PacketId == 0)
            return;
        _byId.Remove(publication.PacketId);
        identifiers.Free(publication.PacketId);
        publication.PacketId = 0;
    }

    private void Finish(LinkedListNode<OutboundPublication> node, in AckPacket ack)
    {
        var publication = node.Value;
        if (_next == node)
            _next = node.Next;
        _order.Remove(node);
        _byId.Remove(publication.PacketId);
        identifiers.Free(publication.PacketId);
        _bytes -= publication.QueuedBytes;
        if (publication.HoldsQuota && _quota < _receiveMaximum)
            _quota++;
        if (ack.ReasonCode >= ReasonCode.UnspecifiedError)
            publication.Completion.TrySetException(Failures.PublishRefused(publication.TopicText, ack.ReasonCode, ack.ReasonString));
        else
            publication.Completion.TrySetResult(new PublishResult(ack.ReasonCode, ack.ReasonString, ack.PacketId));
        SignalRoom();
    }

    private void SignalRoom()
    {
        if (IsFull)
            return;
        _room?.TrySetResult();
        _room = null;
    }

    private void WriteAck(PacketType type, ushort id, ReasonCode code) => PublishEncoding.WriteAck(_output!.Writer, _version, type, id, code);
}
