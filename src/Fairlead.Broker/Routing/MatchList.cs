namespace Fairlead.Broker.Routing;

/// <summary>
/// What one Topic Name matched: filled by <see cref="TopicTree.Match"/>, reused by its thread. When more than one filter matched, the
/// same Session may stand in it several times; <see cref="HasOverlap"/> says when that is possible at all.
/// </summary>
internal sealed class MatchList
{
    private Subscription[] _subscriptions = new Subscription[64];
    private SharedGroup[] _groups = new SharedGroup[8];
    private int _count;
    private int _groupCount;
    private int _lists;

    /// <summary>Matching subscriptions.</summary>
    public ReadOnlySpan<Subscription> Subscriptions => _subscriptions.AsSpan(0, _count);

    /// <summary>Matching shared groups.</summary>
    public ReadOnlySpan<SharedGroup> Groups => _groups.AsSpan(0, _groupCount);

    /// <summary>Whether several filters matched, so that one Session may be there more than once.</summary>
    public bool HasOverlap => _lists > 1;

    /// <summary>Brings the subscriptions of one Session together.</summary>
    public ReadOnlySpan<Subscription> SortBySession()
    {
        var span = _subscriptions.AsSpan(0, _count);
        span.Sort(static (a, b) => (a.Session?.Id ?? 0).CompareTo(b.Session?.Id ?? 0));
        return span;
    }

    /// <summary>Empties the list and lets go of what it held.</summary>
    public void Clear()
    {
        Array.Clear(_subscriptions, 0, _count);
        Array.Clear(_groups, 0, _groupCount);
        _count = _groupCount = _lists = 0;
    }

    /// <summary>Takes over the subscribers of a node.</summary>
    public void Add(SubscriberList? list, SharedGroup[]? groups)
    {
        if (list is not null)
        {
            int before = _count;
            foreach (var subscription in list.Slots)
            {
                if (subscription is null) continue;
                if (_count == _subscriptions.Length) Array.Resize(ref _subscriptions, _count * 2);
                _subscriptions[_count++] = subscription;
            }

            if (_count != before) _lists++;
        }

        if (groups is null) return;
        foreach (var group in groups)
        {
            if (_groupCount == _groups.Length) Array.Resize(ref _groups, _groupCount * 2);
            _groups[_groupCount++] = group;
        }
    }
}
