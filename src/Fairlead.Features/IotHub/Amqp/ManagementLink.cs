using System.Globalization;
using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>Says what partitions there are and what they hold (<c>$management</c>, spec/azure-gateway, section 4.6).</summary>
internal sealed class ManagementLink(HubConnection connection, NodeAddress address, TokenEntry token) : HubLink(connection, address, token), IReceiverHandler
{
    /// <inheritdoc/>
    public override bool IsSender => false;

    /// <inheritdoc/>
    public void OnDelivery(AmqpReceiver receiver, in IncomingDelivery delivery)
    {
        var isRead = AmqpMessage.TryRead(delivery.Payload, out var request, out var malformed);
        if (!delivery.Settled) receiver.Settle(delivery.DeliveryId, isRead ? DeliveryState.Accepted : DeliveryState.Rejected(malformed));
        if (!isRead) return;
        var error = Serve(request, out var body);
        Connection.FindReply(receiver.Session, NodeKind.Management, request.Properties?.ReplyTo.AsText())?.Send(Requests.Answer(request, error, body));
    }

    /// <inheritdoc/>
    public void OnDetached(AmqpReceiver receiver, AmqpError? error) => Ended();

    /// <inheritdoc/>
    protected override AmqpLink Open(AttachRequest request) => request.AcceptReceiver(this, new AttachReply { CreditWindow = 100, MaxMessageSize = 64 * 1024 });

    private IotHubError? Serve(AmqpMessage request, out AmqpMap? body)
    {
        body = null;
        var asked = request.ApplicationProperties ?? [];
        if (!string.Equals(asked["operation"].AsText(), "READ", StringComparison.OrdinalIgnoreCase)) return IotHubError.NotOffered("$management offers the operation READ");
        var name = asked["name"].AsText() ?? "";
        switch (asked["type"].AsText())
        {
            case "com.microsoft:eventhub":
                body = Hub(name);
                return null;
            case "com.microsoft:partition":
                return Partition(name, asked["partition"].AsText(), out body);
            default:
                return IotHubError.ArgumentInvalid("the type must be com.microsoft:eventhub or com.microsoft:partition");
        }
    }

    private AmqpMap Hub(string name)
    {
        var ids = Enumerable.Range(0, Services.Events.PartitionCount).Select(static id => (AmqpValue)id.ToString(CultureInfo.InvariantCulture)).ToArray();
        var body = new AmqpMap(5);
        body.Add("name", name);
        body.Add("type", "com.microsoft:eventhub");
        body.Add("created_at", AmqpValue.Timestamp(0));
        body.Add("partition_count", ids.Length);
        body.Add("partition_ids", AmqpValue.Array(new AmqpArray(AmqpType.String, ids)));
        return body;
    }

    private IotHubError? Partition(string name, string? id, out AmqpMap? body)
    {
        body = null;
        if (!int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number >= Services.Events.PartitionCount)
            return IotHubError.PartitionNotFound($"there is no partition {id}; there are {Services.Events.PartitionCount}, from 0 on");
        var partition = Services.Events.Describe(number);
        body = new AmqpMap(8);
        body.Add("name", name);
        body.Add("partition", number.ToString(CultureInfo.InvariantCulture));
        body.Add("type", "com.microsoft:partition");
        body.Add("begin_sequence_number", partition.FirstSequence);
        body.Add("last_enqueued_sequence_number", partition.LastSequence);
        body.Add("last_enqueued_offset", partition.LastSequence.ToString(CultureInfo.InvariantCulture));
        body.Add("last_enqueued_time_utc", AmqpValue.Timestamp(partition.LastEnqueuedAt));
        body.Add("is_partition_empty", partition.IsEmpty);
        return null;
    }
}
