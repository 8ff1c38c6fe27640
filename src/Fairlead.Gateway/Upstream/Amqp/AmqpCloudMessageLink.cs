using System.Globalization;
using System.Text;
using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Gateway.Upstream.Amqp;

/// <summary>
/// Cloud-to-device messages of one device (spec section 2.6). Settled in two steps (receiver-settle-mode second), so that a device which
/// settles too late is told.
/// </summary>
internal sealed class AmqpCloudMessageLink(Action<CloudMessage> onMessage, Action<HubFault> onDetached) : ICloudMessageLink, IReceiverHandler
{
    // Its own gate. A concurrent dictionary costs half a kilobyte for each device, and most settle nothing most of the time.
    private readonly Dictionary<uint, TaskCompletionSource<HubFault?>> _settling = [];
    private AmqpReceiver _receiver = null!;

    /// <inheritdoc/>
    public int Credit => (int)Math.Min(int.MaxValue, _receiver.Credit);

    /// <summary>Attaches the link, without credit.</summary>
    /// <exception cref="AmqpException">The hub refuses.</exception>
    public static async Task<AmqpCloudMessageLink> OpenAsync(
        AmqpSession session, string name, string deviceId, Action<CloudMessage> onMessage, Action<HubFault> onDetached, CancellationToken cancellationToken)
    {
        var link = new AmqpCloudMessageLink(onMessage, onDetached);
        var settings = new LinkSettings
        {
            Name = name,
            Source = new Source { Address = AmqpNames.Address(deviceId, "messages/devicebound") },
            ReceiverSettleMode = ReceiverSettleMode.Second,
            Properties = AmqpNames.LinkProperties(),
        };
        link._receiver = await session.AttachReceiverAsync(settings, link, cancellationToken);
        return link;
    }

    /// <inheritdoc/>
    public void SetCredit(int messages)
    {
        if (_receiver.Credit != (uint)messages) _receiver.SetCredit((uint)messages);
    }

    /// <inheritdoc/>
    public async Task<HubFault?> SettleAsync(CloudMessage message, MessageOutcome outcome, CancellationToken cancellationToken)
    {
        if (message.Handle is not uint number || !_receiver.IsAttached) return Lost;
        var answer = new TaskCompletionSource<HubFault?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_settling) _settling[number] = answer;
        try
        {
            _receiver.Settle(number, outcome switch
            {
                MessageOutcome.Complete => DeliveryState.Accepted,
                MessageOutcome.Reject => DeliveryState.Rejected(),
                _ => DeliveryState.Released,
            });
            return await answer.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return HubFault.Late("the hub did not confirm the settlement in time", unknown: true);
        }
        finally
        {
            lock (_settling) _settling.Remove(number);
        }
    }

    /// <inheritdoc/>
    public Task CloseAsync() => _receiver.DetachAsync();

    /// <inheritdoc/>
    public void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery)
    {
        if (!AmqpMessage.TryRead(delivery.Payload, out var message, out _))
        {
            receiver.Settle(delivery.DeliveryId, DeliveryState.Rejected(new AmqpError(AmqpCondition.DecodeError)));
            return;
        }

        onMessage(Decode(message, delivery.DeliveryId, Convert.ToHexStringLower(delivery.Tag)));
    }

    /// <inheritdoc/>
    public void OnSettled(AmqpReceiver receiver, uint deliveryId, in DeliveryState state)
    {
        TaskCompletionSource<HubFault?>? answer;
        lock (_settling)
        {
            if (!_settling.TryGetValue(deliveryId, out answer)) return;
        }

        // The state that it stands with at the hub; rejected with an error means that the lock was gone (spec section 2.6).
        answer.TrySetResult(state is { Kind: DeliveryStateKind.Rejected, Error: { } error } ? AmqpNames.Fault(error) with { Kind = HubFaultKind.LockLost } : null);
    }

    /// <inheritdoc/>
    public void OnDetached(AmqpReceiver receiver, AmqpError? error)
    {
        lock (_settling)
        {
            foreach (var answer in _settling.Values) answer.TrySetResult(HubFault.Lost("the link was lost before the hub confirmed"));
        }

        onDetached(AmqpNames.Fault(error));
    }

    private static HubFault Lost => new(HubFaultKind.LockLost, "com.microsoft:message-lock-lost", "the link that the message came on is gone; it comes again") { Code = 412_002 };

    private static CloudMessage Decode(AmqpMessage message, uint number, string tag)
    {
        var properties = message.Properties;
        var annotations = message.MessageAnnotations;
        return new CloudMessage(Join(message.Data), tag)
        {
            Handle = number,
            MessageId = AmqpNames.IdText(properties?.MessageId ?? default),
            CorrelationId = AmqpNames.IdText(properties?.CorrelationId ?? default),
            UserId = properties?.UserId is { } user ? Encoding.UTF8.GetString(user) : null,
            To = properties?.To.AsText(),
            ContentType = properties?.ContentType,
            ContentEncoding = properties?.ContentEncoding,
            ExpiresAt = properties?.AbsoluteExpiryTime is { } expiry ? Time(expiry) : null,
            EnqueuedAt = annotations?["iothub-enqueuedtime"].AsInteger() is { } enqueued ? Time(enqueued) : null,
            SequenceNumber = annotations?["x-opt-sequence-number"].AsULong() ?? (ulong)(annotations?["x-opt-sequence-number"].AsInteger() ?? 0),
            DeliveryCount = (int)(annotations?["iothub-deliverycount"].AsInteger() ?? 0),
            Properties = [.. (message.ApplicationProperties ?? []).Select(static pair => new KeyValuePair<string, string>(pair.Key.AsText() ?? "", TextOf(pair.Value)))],
        };
    }

    private static DateTimeOffset? Time(long milliseconds) =>
        milliseconds is > -62_135_596_800_000 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

    private static string TextOf(AmqpValue value) =>
        value.AsText() ?? value.AsInteger()?.ToString(CultureInfo.InvariantCulture) ?? value.AsBoolean()?.ToString() ?? value.ToString();

    private static ReadOnlyMemory<byte> Join(IReadOnlyList<ReadOnlyMemory<byte>> sections)
    {
        if (sections.Count <= 1) return sections.Count == 0 ? default : sections[0];
        var whole = new byte[sections.Sum(static section => section.Length)];
        int at = 0;
        foreach (var section in sections)
        {
            section.CopyTo(whole.AsMemory(at));
            at += section.Length;
        }

        return whole;
    }
}
