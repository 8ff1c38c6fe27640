namespace Fairlead.Features.Console.Live;

/// <summary>Something that was refused.</summary>
/// <param name="Stage"><c>tls</c>, <c>auth</c>, <c>policy</c> or <c>limit</c> for a connection; <c>publish</c>, <c>subscribe</c>, <c>receive</c> after it.</param>
/// <param name="ClientId">Client Identifier; null when none was read.</param>
/// <param name="Principal">Identity, or what was shown for one; null for nothing.</param>
/// <param name="CertificateId">Client certificate; null without one.</param>
/// <param name="Address">Where it came from; null when the transport has no addresses.</param>
/// <param name="Action">Such as <c>iot:Publish</c>; null when it did not come that far.</param>
/// <param name="Resource">Such as <c>topic/lamp2/temp</c>; null like that.</param>
/// <param name="Reason">One sentence with what decided.</param>
internal sealed record Refusal(
    string Stage, string? ClientId, string? Principal, string? CertificateId, string? Address, string? Action, string? Resource, string Reason);

/// <summary>A refusal as often as it came.</summary>
internal sealed record RefusalCount(long FirstAt, long LastAt, long Count, Refusal Refusal);

/// <summary>
/// The last refusals, for the console. The same one coming again is counted, not listed again, so that one device that tries for ever does
/// not push out the others. Memory is bounded.
/// </summary>
internal sealed class RefusedLog(TimeProvider time)
{
    private const int Most = 500;
    private const int Minutes = 60;
    private readonly Lock _lock = new();
    private readonly Dictionary<Refusal, LinkedListNode<Entry>> _known = [];
    private readonly LinkedList<Entry> _byTime = [];
    private readonly long[] _perMinute = new long[Minutes];
    private long _minute;

    /// <summary>Notes a refusal. Called on the packet path, for refusals alone.</summary>
    public void Add(Refusal refusal)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_lock)
        {
            Advance(now / 60_000);
            _perMinute[_minute % Minutes]++;
            if (_known.TryGetValue(refusal, out var node))
            {
                _byTime.Remove(node);
            }
            else
            {
                if (_known.Count == Most)
                {
                    _known.Remove(_byTime.First!.Value.Refusal);
                    _byTime.RemoveFirst();
                }

                _known.Add(refusal, node = new LinkedListNode<Entry>(new Entry(refusal, now)));
            }

            node.Value.Count++;
            node.Value.LastAt = now;
            _byTime.AddLast(node);
        }
    }

    /// <summary>How many came within the last hour.</summary>
    public long InLastHour()
    {
        lock (_lock)
        {
            Advance(time.GetUtcNow().ToUnixTimeMilliseconds() / 60_000);
            return _perMinute.Sum();
        }
    }

    /// <summary>The newest first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="clientId">Those of one client; null for all.</param>
    public IReadOnlyList<RefusalCount> Last(int limit, string? clientId = null)
    {
        var found = new List<RefusalCount>();
        lock (_lock)
        {
            for (var node = _byTime.Last; node is not null && found.Count < limit; node = node.Previous)
            {
                var entry = node.Value;
                if (clientId is null || entry.Refusal.ClientId == clientId) found.Add(new RefusalCount(entry.FirstAt, entry.LastAt, entry.Count, entry.Refusal));
            }
        }

        return found;
    }

    private void Advance(long minute)
    {
        if (_minute == 0) _minute = minute;
        for (var i = Math.Max(_minute, minute - Minutes) + 1; i <= minute; i++) _perMinute[i % Minutes] = 0;
        if (minute > _minute) _minute = minute;
    }

    private sealed class Entry(Refusal refusal, long firstAt)
    {
        public Refusal Refusal { get; } = refusal;

        public long FirstAt { get; } = firstAt;

        public long LastAt { get; set; } = firstAt;

        public long Count { get; set; }
    }
}
