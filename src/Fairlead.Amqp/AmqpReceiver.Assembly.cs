using System.Buffers;
using Fairlead.Amqp.Links;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <content>Putting deliveries together. Under the gate; the buffer belongs to the read loop.</content>
public sealed partial class AmqpReceiver
{
    private readonly byte[] _tag = new byte[32];
    private byte[] _buffer = [];
    private int _length;
    private int _counted;
    private int _tagLength;
    private uint _currentId;
    private uint _currentFormat;
    private bool _currentSettled;
    private bool _assembling;

    /// <summary>Takes a frame; true when a delivery is whole with it.</summary>
    internal bool OnTransfer(scoped in Transfer transfer, ReadOnlySpan<byte> payload, out IncomingDelivery delivery)
    {
        delivery = default;
        if (Phase != LinkPhase.Attached) return false; // detached here, the peer does not know yet
        if (!_assembling)
        {
            if (!TryStart(transfer)) return false;
        }
        else if (transfer.DeliveryId is { } id && id != _currentId)
        {
            Session.End(new AmqpError(AmqpCondition.InvalidField, "a delivery begins before the one before it on the link ends"));
            return false;
        }

        _currentSettled |= transfer.Settled ?? false;
        if (transfer.Aborted)
        {
            // What has come of it is as good as settled (spec 7.4 rule 5).
            _assembling = false;
            Uncount();
            TopUp();
            return false;
        }

        if (_length + (long)payload.Length > _maxMessageSize)
        {
            Uncount();
            Detach(new AmqpError(AmqpCondition.MessageSizeExceeded, $"a message is larger than {_maxMessageSize} bytes"), closed: true);
            return false;
        }

        if (transfer.More || _assembling)
        {
            if (!TryAppend(payload)) return false;
            payload = _buffer.AsSpan(0, _length);
        }

        _assembling = transfer.More;
        return !transfer.More && TryFinish(payload, out delivery);
    }

    /// <summary>The handler has seen the delivery. By the read loop, outside the gate.</summary>
    internal void ReleaseAssembly()
    {
        if (_length == 0 || _assembling) return;
        lock (Connection.Gate) Uncount();
    }

    private bool TryStart(scoped in Transfer transfer)
    {
        if (transfer.DeliveryId is not { } id)
        {
            Session.End(new AmqpError(AmqpCondition.InvalidField, "the first transfer of a delivery has no delivery-id"));
            return false;
        }

        if (_credit == 0 && !IsUnderWay)
        {
            Detach(new AmqpError(AmqpCondition.TransferLimitExceeded, "a delivery comes without credit"), closed: true);
            return false;
        }

        if (_unsettled >= Connection.Options.MaxUnsettled)
        {
            Detach(new AmqpError(AmqpCondition.ResourceLimitExceeded, "too many deliveries are unsettled"), closed: true);
            return false;
        }

        if (_credit > 0) _credit--;
        unchecked { _deliveryCount++; }
        _currentId = id;
        _currentFormat = transfer.MessageFormat ?? 0;
        _currentSettled = Remote!.SenderSettleMode == SenderSettleMode.Settled;
        transfer.DeliveryTag.CopyTo(_tag);
        _tagLength = transfer.DeliveryTag.Length;
        _length = 0;
        return true;
    }

    private bool TryFinish(ReadOnlySpan<byte> payload, out IncomingDelivery delivery)
    {
        delivery = default;
        if (_currentSettled)
        {
            TopUp();
        }
        else if (Session.Incoming.TryAdd(_currentId, this))
        {
            if (_unsettled++ == 0) Moved();
        }
        else
        {
            Session.End(new AmqpError(AmqpCondition.InvalidField, $"delivery-id {_currentId} is unsettled already"));
            return false;
        }

        delivery = new IncomingDelivery
        {
            DeliveryId = _currentId,
            Tag = _tag.AsSpan(0, _tagLength),
            MessageFormat = _currentFormat,
            Settled = _currentSettled,
            Payload = payload,
        };
        return true;
    }

    private bool TryAppend(ReadOnlySpan<byte> payload)
    {
        if (Connection.AssemblyBytes + payload.Length > Connection.Options.MaxAssemblyBytes)
        {
            Uncount();
            Detach(new AmqpError(AmqpCondition.ResourceLimitExceeded, "too many unfinished deliveries on the connection"), closed: true);
            return false;
        }

        if (_buffer.Length < _length + payload.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + payload.Length, _buffer.Length * 2));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        payload.CopyTo(_buffer.AsSpan(_length));
        _length += payload.Length;
        _counted += payload.Length;
        Connection.AssemblyBytes += payload.Length;
        return true;
    }

    private void Uncount()
    {
        Connection.AssemblyBytes -= _counted;
        _counted = 0;
        _length = 0;
        _assembling = false;
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
