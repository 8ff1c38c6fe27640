using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using Fairlead.Broker.Durability;
using Fairlead.Features.Documents;
using Fairlead.Features.IotHub.Messages;

namespace Fairlead.Features.IotHub.CloudToDevice;

/// <summary>
/// Cloud-to-device messages in the store: one record a message, keyed by its sequence number. Each queue orders the changes of its messages
/// by a lock of its own.
/// </summary>
internal sealed class CloudToDeviceTable : IDocumentTable
{
    private const int HeadLength = 20;
    private readonly DocumentStore _store;

    /// <summary>Makes the table and adds it to the store.</summary>
    public CloudToDeviceTable(DocumentStore store)
    {
        _store = store;
        store.Add(this);
    }

    /// <summary>Takes what lay in the store; set before documents are loaded.</summary>
    public Action<IdentityName, WaitingMessage>? OnLoaded { get; set; }

    /// <inheritdoc/>
    public string Collection => "iothub-messages";

    /// <summary>False while the disk takes nothing.</summary>
    public bool IsHealthy => _store.IsHealthy;

    /// <summary>Hands a message to the store. Under the lock of its queue.</summary>
    public void Save(IdentityName identity, WaitingMessage message, CommitReceipt? receipt)
    {
        var body = new ArrayBufferWriter<byte>(256 + message.Message.Body.Length);
        var head = body.GetSpan(HeadLength);
        BinaryPrimitives.WriteInt64LittleEndian(head, message.EnqueuedAt);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], message.ExpiresAt);
        BinaryPrimitives.WriteInt32LittleEndian(head[16..], message.Deliveries);
        body.Advance(HeadLength);
        IotMessageCodec.WriteText(body, identity.Key);
        IotMessageCodec.Write(body, message.Message);
        receipt?.Hold();
        _store.AppendAlone(new StoreChange
        {
            Kind = StoreChangeKind.DocumentSaved,
            Subject = new Document(Collection, KeyOf(message), body.WrittenMemory),
            Receipt = receipt,
        });
    }

    /// <summary>The change that takes a message out, for a transaction with what follows from it. Holds the receipt.</summary>
    public StoreChange Removal(WaitingMessage message, CommitReceipt? receipt)
    {
        receipt?.Hold();
        return new StoreChange { Kind = StoreChangeKind.DocumentRemoved, Subject = new Document(Collection, KeyOf(message), default), Receipt = receipt };
    }

    /// <inheritdoc/>
    public void Load(string key, ReadOnlySpan<byte> body)
    {
        if (!long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) || body.Length < HeadLength) throw Damaged(key);
        var rest = body[HeadLength..];
        if (!IotMessageCodec.TryReadText(ref rest, out var identity) || identity is null || !IotMessageCodec.TryRead(ref rest, out var message))
            throw Damaged(key);
        OnLoaded?.Invoke(IdentityName.OfKey(identity), new WaitingMessage(
            sequence, message, BinaryPrimitives.ReadInt64LittleEndian(body), BinaryPrimitives.ReadInt64LittleEndian(body[8..]))
        {
            Deliveries = BinaryPrimitives.ReadInt32LittleEndian(body[16..]),
        });
    }

    private static string KeyOf(WaitingMessage message) => message.Sequence.ToString(CultureInfo.InvariantCulture);

    private StoreException Damaged(string key) => new($"the record {key} of {Collection} in the store is damaged");
}
