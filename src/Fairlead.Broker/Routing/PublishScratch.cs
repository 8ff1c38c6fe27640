using Fairlead.Broker.Connections;
using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;

namespace Fairlead.Broker.Routing;

/// <summary>
/// What one thread needs to carry publications through the broker without allocating: match list, wire forms, flush batch, counters,
/// and the one <see cref="Message"/> of the publication at hand, made when the first Session has to keep it.
/// </summary>
internal sealed class PublishScratch(MqttBroker broker)
{
    [ThreadStatic]
    private static PublishScratch? t_current;

    private readonly List<StoreChange> _held = [];
    private PublishScratch? _inner;
    private Message? _message;
    private bool _holding;
    private byte[] _frame = new byte[1024];
    private byte[] _properties = new byte[256];

    /// <summary>The broker it belongs to.</summary>
    public MqttBroker Broker { get; } = broker;

    /// <summary>Matches of the publication at hand.</summary>
    public MatchList Matches { get; } = new();

    /// <summary>Wire forms of the publication at hand.</summary>
    public SharedEncoding Encoding { get; } = new();

    /// <summary>Connections to flush at the end of the batch.</summary>
    public FlushBatch Batch { get; } = new();

    /// <summary>This thread's counters.</summary>
    public CounterShard Counters { get; } = broker.Counters.NewShard();

    /// <summary>Subscription Identifiers of one delivery.</summary>
    public List<uint> Identifiers { get; } = [];

    /// <summary>Answer that waits for the publication at hand to be durable; null while nothing has to be kept, or nobody waits.</summary>
    public CommitReceipt? Receipt { get; set; }

    /// <summary>Who makes <see cref="Receipt"/>: the publishing connection, or null when nobody waits for an answer.</summary>
    public IReceiptSource? ReceiptSource { get; set; }

    /// <summary>Whether a delivery could not be kept, so that the publisher must be told.</summary>
    public bool StoreRefused { get; set; }

    /// <summary>What the publication at hand follows from; null for most.</summary>
    public object? Cause { get; set; }

    /// <summary>Whether a publication is being routed on this thread: a publish from within (owner, tap, handler) takes its own scratch.</summary>
    public bool IsRouting { get; set; }

    /// <summary>The scratch of the calling thread.</summary>
    public static PublishScratch Of(MqttBroker broker)
    {
        var current = t_current;
        if (current is not null && ReferenceEquals(current.Broker, broker)) return current;
        return t_current = new PublishScratch(broker);
    }

    /// <summary>
    /// A scratch of the calling thread that is not at work: a publication from within another one (tap, owner, handler) takes the next.
    /// Kept with the thread, because each has counters that are never given back.
    /// </summary>
    public static PublishScratch Unused(MqttBroker broker)
    {
        var scratch = Of(broker);
        while (scratch.IsRouting) scratch = scratch._inner ??= new PublishScratch(broker);
        return scratch;
    }

    /// <summary>The scratch whose publication is being routed on the calling thread, the innermost one; null outside.</summary>
    public static PublishScratch? AtWork(MqttBroker broker)
    {
        PublishScratch? found = null;
        for (var scratch = t_current; scratch is { IsRouting: true } && ReferenceEquals(scratch.Broker, broker); scratch = scratch._inner) found = scratch;
        return found;
    }

    /// <summary>Room for a packet that straddles two segments of the input.</summary>
    public Span<byte> FrameBytes(int length) => Room(ref _frame, length);

    /// <summary>Room for properties from which something must be cut.</summary>
    public Span<byte> PropertyBytes(int length) => Room(ref _properties, length);

    /// <summary>The publication as something to keep; made once, shared by all.</summary>
    public Message Keep(in Publication publication)
    {
        if (_message is not null) return _message;
        long now = Broker.Now;
        long expires = publication.HasExpiry ? now + (publication.ExpiryInterval * 1000L) : long.MaxValue;
        return _message = new Message(
            publication.Topic, publication.Properties, publication.Payload, publication.QoS, publication.Retain, now, expires);
    }

    /// <summary>Starts from a message that exists already.</summary>
    public void Use(Message message) => _message = message;

    /// <summary>The receipt that a change of this publication must carry; null when nobody waits.</summary>
    public CommitReceipt? HoldReceipt()
    {
        Receipt ??= ReceiptSource?.NewReceipt();
        Receipt?.Hold();
        return Receipt;
    }

    /// <summary>Holds the store changes of the publication at hand back, so that they can go into one transaction with its identifier.</summary>
    public void HoldChanges() => _holding = true;

    /// <summary>Tells the store, or holds the change back.</summary>
    public void Tell(in StoreChange change)
    {
        if (_holding) _held.Add(change);
        else Broker.Store.Append(change);
    }

    /// <summary>Tells the store what was held back, in one transaction.</summary>
    public void TellHeld()
    {
        _holding = false;
        if (_held.Count == 0) return;
        Broker.Store.Append(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_held));
        _held.Clear();
    }

    /// <summary>Ends the publication at hand.</summary>
    public void Reset()
    {
        _message = null;
        Receipt = null;
        ReceiptSource = null;
        Cause = null;
        StoreRefused = false;
        Matches.Clear();
        Encoding.End();
    }

    /// <summary>Puts an end to a publication that failed half-way: what the store must hear it hears, the rest is forgotten.</summary>
    public void Recover()
    {
        TellHeld();
        IsRouting = false;
        Reset();
    }

    /// <summary>Lets go of a large frame buffer once its packet has been handled.</summary>
    public void Shrink()
    {
        if (_frame.Length > 1024 * 1024) _frame = new byte[1024];
    }

    private static Span<byte> Room(ref byte[] array, int length)
    {
        if (array.Length < length)
            array = GC.AllocateUninitializedArray<byte>((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length));
        return array.AsSpan(0, length);
    }
}

/// <summary>Makes the receipt of a publication when the first Session has to keep it durably.</summary>
internal interface IReceiptSource
{
    /// <summary>A new receipt, held once.</summary>
    CommitReceipt NewReceipt();
}
