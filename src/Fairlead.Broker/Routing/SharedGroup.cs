using Fairlead.Broker.Sessions;

namespace Fairlead.Broker.Routing;

/// <summary>
/// The members of one shared subscription: same share name, same Topic Filter (MQTT 5, section 4.8.2). Members are replaced as a whole
/// when they change, so that <see cref="Pick"/> takes no lock.
/// </summary>
internal sealed class SharedGroup(string shareName, string fullFilter)
{
    private Subscription[] _members = [];
    private uint _turn;

    /// <summary>The share name.</summary>
    public string ShareName { get; } = shareName;

    /// <summary>The full filter, <c>$share/</c> prefix included.</summary>
    public string FullFilter { get; } = fullFilter;

    /// <summary>The members now.</summary>
    public ReadOnlySpan<Subscription> Members => Volatile.Read(ref _members);

    /// <summary>
    /// Chooses who gets the next message: members in turn, those with a connection and room first; when nobody is connected, a stored
    /// Session that can keep it. Null when nobody can take it.
    /// </summary>
    /// <param name="needsQueue">Whether a Session without a connection will do (QoS 1 and 2).</param>
    /// <param name="except">A member that must not be chosen; null for none.</param>
    public Subscription? Pick(bool needsQueue, Session? except)
    {
        var members = Volatile.Read(ref _members);
        if (members.Length == 0) return null;
        uint start = Interlocked.Increment(ref _turn);
        Subscription? connected = null;
        Subscription? stored = null;
        for (uint i = 0; i < members.Length; i++)
        {
            var member = members[(start + i) % (uint)members.Length];
            var session = member.Session!;
            if (ReferenceEquals(session, except)) continue;
            if (session.IsConnected)
            {
                if (session.HasRoom) return member;
                connected ??= member;
            }
            else if (needsQueue && member.QoS > Protocols.Mqtt.QualityOfService.AtMostOnce)
            {
                stored ??= member;
            }
        }

        return connected ?? stored;
    }

    /// <summary>Adds or replaces a member. Caller holds the tree's lock.</summary>
    public void Add(Subscription subscription, Subscription? old)
    {
        int at = old is null ? -1 : Array.IndexOf(_members, old);
        var next = new Subscription[at < 0 ? _members.Length + 1 : _members.Length];
        _members.CopyTo(next, 0);
        next[at < 0 ? next.Length - 1 : at] = subscription;
        Volatile.Write(ref _members, next);
    }

    /// <summary>Finds a group by share name, or adds one. Caller holds the tree's lock.</summary>
    public static SharedGroup FindOrAdd(ref SharedGroup[]? groups, string shareName, string fullFilter)
    {
        var now = groups ?? [];
        if (Array.Find(now, g => g.ShareName == shareName) is { } found) return found;
        var group = new SharedGroup(shareName, fullFilter);
        Volatile.Write(ref groups, [.. now, group]);
        return group;
    }

    /// <summary>Removes a member, and its group when it was the last. Caller holds the tree's lock.</summary>
    public static void Remove(ref SharedGroup[]? groups, string shareName, Subscription subscription)
    {
        var group = Array.Find(groups ?? [], g => g.ShareName == shareName);
        if (group is null) return;
        Volatile.Write(ref group._members, Array.FindAll(group._members, m => !ReferenceEquals(m, subscription)));
        if (group._members.Length == 0) Volatile.Write(ref groups, Array.FindAll(groups!, g => !ReferenceEquals(g, group)));
    }
}
