using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Fairlead.Broker.Durability;
using Fairlead.Features.Documents;

namespace Fairlead.Features.IotHub.CloudToDevice;

/// <summary>
/// Feedback, kept record by record in the transaction that ends the message it is about; gathering them into messages is done in memory, and
/// again after a restart. Under one lock of its own, taken within that of a device's queue and never the other way round.
/// </summary>
internal sealed class FeedbackQueue : IFeedbackQueue, IDocumentTable, IDisposable
{
    /// <summary>Records that one message gathers at most (spec/azure-gateway 4.5).</summary>
    public const int MostInMessage = 64;

    /// <summary>Records that may wait: over it the oldest go.</summary>
    public const int MostRecords = 100_000;

    private const int MostDeliveries = 10;
    private static readonly long Gathering = (long)TimeSpan.FromSeconds(15).TotalMilliseconds;
    private static readonly long LockLife = (long)TimeSpan.FromSeconds(60).TotalMilliseconds;
    private readonly FeatureContext _context;
    private readonly CloudToDeviceCounters _counters;
    private readonly long _life;
    private readonly Lock _lock = new();
    private readonly LinkedList<Pending> _gathering = new();
    private readonly LinkedList<Batch> _batches = new();
    private readonly ITimer _timer;
    private Action[] _watchers = [];
    private long _lastKey;
    private long _lastSequence;
    private int _records;

    /// <summary>Makes an empty queue; before documents are loaded.</summary>
    public FeedbackQueue(FeatureContext context, IotHubOptions options, CloudToDeviceCounters counters)
    {
        (_context, _counters) = (context, counters);
        _life = (long)options.FeedbackLife.TotalMilliseconds;
        context.Documents.Add(this);
        _timer = context.Time.CreateTimer(static state => ((FeedbackQueue)state!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public string Collection => "iothub-feedback";

    /// <summary>Takes a record; the change that keeps it goes into the caller's transaction.</summary>
    public StoreChange Add(FeedbackRecord record)
    {
        lock (_lock)
        {
            var pending = new Pending(++_lastKey, record, _context.Now);
            if (_records >= MostRecords) DropOldest();
            Put(pending);
            _counters.CountFeedback();
            Arm();
            return new StoreChange
            {
                Kind = StoreChangeKind.DocumentSaved,
                Subject = new Document(Collection, KeyOf(pending), JsonSerializer.SerializeToUtf8Bytes(record, FeedbackJson.Default.FeedbackRecord)),
            };
        }
    }

    /// <inheritdoc/>
    public bool TryLock([NotNullWhen(true)] out FeedbackMessage? message)
    {
        message = null;
        lock (_lock)
        {
            var now = _context.Now;
            Look(now);
            foreach (var batch in _batches)
            {
                if (batch.LockToken != Guid.Empty) continue;
                batch.LockToken = Guid.NewGuid();
                batch.LockedUntil = now + LockLife;
                Arm();
                message = new FeedbackMessage(batch.LockToken, batch.MadeAt, batch.Deliveries, batch.Sequence, batch.Body);
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public IotHubError? Settle(Guid lockToken, Settlement settlement)
    {
        lock (_lock)
        {
            Look(_context.Now);
            var node = _batches.First;
            while (node is not null && (node.Value.LockToken != lockToken || lockToken == Guid.Empty)) node = node.Next;
            if (node is null) return IotHubError.MessageLockLost("the lock of this feedback message has ended, or never was");
            var batch = node.Value;
            batch.LockToken = Guid.Empty;
            if (settlement == Settlement.Abandon) batch.Deliveries++;
            if (settlement is Settlement.Complete or Settlement.Reject) Remove(node, isLost: false);
            else if (batch.Deliveries >= MostDeliveries) Remove(node, isLost: true);
        }

        if (settlement is Settlement.Abandon or Settlement.Release) Tell();
        return null;
    }

    /// <inheritdoc/>
    public IDisposable Watch(Action onAvailable)
    {
        lock (_lock) _watchers = [.. _watchers, onAvailable];
        return new Watcher(this, onAvailable);
    }

    /// <inheritdoc/>
    public void Load(string key, ReadOnlySpan<byte> body)
    {
        var record = JsonSerializer.Deserialize(body, FeedbackJson.Default.FeedbackRecord);
        if (record is null || !long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new StoreException($"the record {key} of {Collection} in the store is damaged");
        var madeAt = DateTimeOffset.Parse(record.EnqueuedTimeUtc, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        lock (_lock)
        {
            _lastKey = Math.Max(_lastKey, number);
            Put(new Pending(number, record, madeAt.ToUnixTimeMilliseconds()));
        }
    }

    /// <summary>Called when all documents are loaded.</summary>
    public void Start()
    {
        lock (_lock) Arm();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private static string KeyOf(Pending pending) => pending.Key.ToString(CultureInfo.InvariantCulture);

    private void Put(Pending pending)
    {
        _gathering.AddLast(pending);
        _records++;
    }

    private void OnTick()
    {
        bool any;
        lock (_lock)
        {
            any = Look(_context.Now);
            Arm();
        }

        if (any) Tell();
    }

    /// <summary>Does what time has brought: ends locks and lives, puts messages together. True when something has become visible.</summary>
    private bool Look(long now)
    {
        var any = false;
        for (var node = _batches.First; node is not null;)
        {
            var (next, batch) = (node.Next, node.Value);
            if (batch.LockToken != Guid.Empty && batch.LockedUntil <= now)
            {
                batch.LockToken = Guid.Empty;
                any = true;
            }

            if (batch.LockToken == Guid.Empty && batch.MadeAt + _life <= now) Remove(node, isLost: true);
            node = next;
        }

        while (_gathering.Count >= MostInMessage || (_gathering.First is { } oldest && oldest.Value.MadeAt + Gathering <= now))
        {
            MakeBatch(now);
            any = true;
        }

        return any;
    }

    private void MakeBatch(long now)
    {
        var records = new List<Pending>(Math.Min(MostInMessage, _gathering.Count));
        while (records.Count < MostInMessage && _gathering.First is { } first)
        {
            records.Add(first.Value);
            _gathering.RemoveFirst();
        }

        var body = JsonSerializer.SerializeToUtf8Bytes([.. records.Select(static record => record.Record)], FeedbackJson.Default.FeedbackRecordArray);
        _batches.AddLast(new Batch(++_lastSequence, now, records, body));
    }

    private void Remove(LinkedListNode<Batch> node, bool isLost)
    {
        _batches.Remove(node);
        var batch = node.Value;
        _records -= batch.Records.Count;
        if (isLost) _counters.CountFeedbackDropped(batch.Records.Count);
        var changes = batch.Records.ConvertAll(Removal);
        _context.Documents.AppendAlone(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(changes));
    }

    private void DropOldest()
    {
        if (_batches.First is { } batch)
        {
            Remove(batch, isLost: true);
            return;
        }

        var oldest = _gathering.First!.Value;
        _gathering.RemoveFirst();
        _records--;
        _counters.CountFeedbackDropped(1);
        _context.Documents.AppendAlone(Removal(oldest));
    }

    private StoreChange Removal(Pending pending) =>
        new() { Kind = StoreChangeKind.DocumentRemoved, Subject = new Document(Collection, KeyOf(pending), default) };

    private void Arm()
    {
        var due = _gathering.Count >= MostInMessage ? 0 : _gathering.First is { } oldest ? oldest.Value.MadeAt + Gathering : long.MaxValue;
        foreach (var batch in _batches) due = Math.Min(due, batch.LockToken == Guid.Empty ? batch.MadeAt + _life : batch.LockedUntil);
        _timer.Change(due == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(0, due - _context.Now)), Timeout.InfiniteTimeSpan);
    }

    private void Tell()
    {
        foreach (var watcher in Volatile.Read(ref _watchers)) watcher();
    }

    private sealed record Pending(long Key, FeedbackRecord Record, long MadeAt);

    private sealed class Batch(long sequence, long madeAt, List<Pending> records, byte[] body)
    {
        public long Sequence { get; } = sequence;

        public long MadeAt { get; } = madeAt;

        public List<Pending> Records { get; } = records;

        public byte[] Body { get; } = body;

        public int Deliveries { get; set; }

        public Guid LockToken { get; set; }

        public long LockedUntil { get; set; }
    }

    private sealed class Watcher(FeedbackQueue queue, Action onAvailable) : IDisposable
    {
        public void Dispose()
        {
            lock (queue._lock) queue._watchers = [.. queue._watchers.Where(watcher => !ReferenceEquals(watcher, onAvailable))];
        }
    }
}
