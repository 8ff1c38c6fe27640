using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Cloud;

/// <summary>Who takes what comes for a device over one link, and since when. It belongs to its owner's lock.</summary>
/// <param name="time">Clock.</param>
internal sealed class ConsumerList<T>(TimeProvider time)
    where T : class, IConsumer
{
    // How long a notice may be under way that another instance has taken the link.
    private static readonly TimeSpan LateNotice = TimeSpan.FromSeconds(1);

    private readonly List<(T Consumer, long Since)> _list = [];
    private long _attached = long.MaxValue;

    /// <summary>Consumers.</summary>
    public int Count => _list.Count;

    /// <summary>One of them, in the order in which they came.</summary>
    public T this[int index] => _list[index].Consumer;

    /// <summary>All of them.</summary>
    public T[] All => [.. _list.Select(static entry => entry.Consumer)];

    /// <summary>Adds one.</summary>
    public void Add(T consumer) => _list.Add((consumer, time.GetTimestamp()));

    /// <summary>Removes one.</summary>
    /// <returns>False when it is not there.</returns>
    public bool Remove(T consumer) => _list.RemoveAll(entry => entry.Consumer == consumer) > 0;

    /// <summary>Whether one is there.</summary>
    public bool Contains(T consumer) => _list.Exists(entry => entry.Consumer == consumer);

    /// <summary>Whether some consumer is such a one.</summary>
    public bool Exists(Predicate<T> match) => _list.Exists(entry => match(entry.Consumer));

    /// <summary>The link stands, for those who are here and those who come.</summary>
    public void OnAttached() => _attached = time.GetTimestamp();

    /// <summary>
    /// The link is gone: says who is to end with it. Standing consumers stay: they take over again where nobody else does. So does one that came a
    /// moment ago to a link which stood already, when another instance took that: it was taken before the device came here, and only the notice
    /// is late (checklist 78). The link that is attached for it then is taken in earnest, or not at all.
    /// </summary>
    /// <param name="fault">Why it is gone.</param>
    /// <param name="why">What they are to be told.</param>
    /// <param name="isWanted">Whether somebody stays for whom the link is to be attached again at once.</param>
    public T[] OnLost(HubFault fault, out ConsumerEnd why, out bool isWanted)
    {
        isWanted = false;
        long attached = _attached;
        _attached = long.MaxValue;
        why = ConsumerEnd.Moved;
        if (ConsumerEnds.After(fault) is not { } reason) return [];
        why = reason;
        List<T> ending = [];
        foreach (var (consumer, since) in _list)
        {
            if (consumer.IsStanding) continue;
            if (reason == ConsumerEnd.Moved && since > attached && time.GetElapsedTime(since) < LateNotice) isWanted = true;
            else ending.Add(consumer);
        }

        return [.. ending];
    }
}
