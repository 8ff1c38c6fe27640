using Fairlead.Protocols.Mqtt;

namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>What became of a received PUBLISH.</summary>
internal enum InboundOutcome
{
    /// <summary>New: hand it to the application.</summary>
    Deliver,

    /// <summary>A QoS 2 message the application already has [MQTT-4.3.3-10].</summary>
    Duplicate,

    /// <summary>The Server sent more than Receive Maximum allows.</summary>
    TooMany,
}

/// <summary>
/// Received QoS 1 and 2 messages. Acknowledgments leave in the order in which the messages came [MQTT-4.6.0-2], whatever the order in
/// which the application is done with them. QoS 2 identifiers outlive the connection, so that a repeated PUBLISH is not delivered twice.
/// </summary>
internal sealed class InboundDeliveries(Lock gate, int receiveMaximum)
{
    private readonly Queue<InboundDelivery> _toAcknowledge = new();
    private readonly Dictionary<ushort, InboundDelivery> _exactlyOnce = [];
    private PacketOutput? _output;
    private ProtocolVersion _version;
    private int _unsettled;

    /// <summary>A connection stands. Under the session's lock.</summary>
    public void Attach(PacketOutput output, ProtocolVersion version, bool sessionPresent)
    {
        Detach();
        _output = output;
        _version = version;
        _unsettled = 0;
        if (!sessionPresent)
            _exactlyOnce.Clear();
    }

    /// <summary>The connection is gone: QoS 1 messages not yet acknowledged will come again as new ones. Under the session's lock.</summary>
    public void Detach()
    {
        foreach (var delivery in _toAcknowledge)
            delivery.Listed = false;
        _toAcknowledge.Clear();
        _output = null;
    }

    /// <summary>PUBLISH with QoS 1 or 2.</summary>
    public InboundOutcome OnPublish(ushort packetId, QualityOfService qos, out InboundDelivery? delivery)
    {
        lock (gate)
        {
            bool known = _exactlyOnce.TryGetValue(packetId, out delivery);
            if (known && delivery!.Listed && qos == QualityOfService.ExactlyOnce)
                return InboundOutcome.Duplicate;

            // Receive Maximum exists in MQTT 5 only [MQTT-3.3.4-9].
            if (_version == ProtocolVersion.V5 && ++_unsettled > receiveMaximum)
                return InboundOutcome.TooMany;
            bool duplicate = known && qos == QualityOfService.ExactlyOnce;
            if (!duplicate)
            {
                delivery = new InboundDelivery { PacketId = packetId, QoS = qos };
                if (qos == QualityOfService.ExactlyOnce)
                    _exactlyOnce[packetId] = delivery;
            }

            delivery!.Listed = true;
            _toAcknowledge.Enqueue(delivery);
            SendAcknowledgments();
            return duplicate ? InboundOutcome.Duplicate : InboundOutcome.Deliver;
        }
    }

    /// <summary>The application is done with a message.</summary>
    public void Acknowledge(InboundDelivery delivery, ReasonCode code)
    {
        lock (gate)
        {
            if (delivery.Acknowledged)
                return;
            delivery.Acknowledged = true;
            delivery.ReasonCode = code;
            if (delivery.Listed && _output is { } output && SendAcknowledgments())
                output.Flush();
        }
    }

    /// <summary>PUBREL: the identifier is free again; PUBCOMP answers even when it is unknown [MQTT-4.3.3-11].</summary>
    public void OnPubRel(ushort packetId)
    {
        lock (gate)
        {
            bool known = _exactlyOnce.Remove(packetId);
            Settle();
            if (_output is { } output)
            {
                var code = known ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound;
                PublishEncoding.WriteAck(output.Writer, _version, PacketType.PubComp, packetId, code);
            }
        }
    }

    private bool SendAcknowledgments()
    {
        bool sent = false;
        while (_output is not null && _toAcknowledge.TryPeek(out var first) && first.Acknowledged)
        {
            _toAcknowledge.Dequeue();
            first.Listed = false;
            var type = first.QoS == QualityOfService.AtLeastOnce ? PacketType.PubAck : PacketType.PubRec;
            PublishEncoding.WriteAck(_output.Writer, _version, type, first.PacketId, first.ReasonCode);
            sent = true;
            if (type == PacketType.PubAck)
            {
                Settle();
            }
            else if (first.ReasonCode >= ReasonCode.UnspecifiedError)
            {
                _exactlyOnce.Remove(first.PacketId);
                Settle();
            }
        }

        return sent;
    }

    private void Settle()
    {
        if (_unsettled > 0)
            _unsettled--;
    }
}
