using System.Text;

using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Routing;

/// <summary>
/// All subscriptions by Topic Filter. <see cref="Match"/> takes no lock and allocates nothing; changes are serialised by one lock.
/// </summary>
/// <param name="hashMatchesParent">
/// Whether <c>a/#</c> matches <c>a</c> as the standard says; AWS: it does not (spec/aws-messaging 1.8).
/// </param>
internal sealed class TopicTree(bool hashMatchesParent) : IRouteTable
{
    private readonly TopicNode _root = new(null, [], 0);
    private readonly Lock _lock = new();

    /// <summary>Adds a subscription, or puts it in the place of <paramref name="old"/> on the same filter.</summary>
    public void Add(Subscription subscription, Subscription? old)
    {
        string filter = subscription.Record.Filter;
        bool shared = TopicFilter.TryParseShared(filter, out string share, out string inner);
        lock (_lock)
        {
            var node = Descend(Encoding.UTF8.GetBytes(shared ? inner : filter), out bool below);
            if (shared)
            {
                ref var groups = ref below ? ref node.SharedBelow : ref node.SharedHere;
                SharedGroup.FindOrAdd(ref groups, share, filter).Add(subscription, old);
            }
            else
            {
                ref var list = ref below ? ref node.Below : ref node.Here;
                if (list is null) Volatile.Write(ref list, new SubscriberList());
                if (old is null) list!.Add(subscription);
                else list!.Replace(old, subscription);
            }
        }
    }

    /// <summary>Removes a subscription and the branches that nothing hangs on any more.</summary>
    public void Remove(Subscription subscription)
    {
        string filter = subscription.Record.Filter;
        bool shared = TopicFilter.TryParseShared(filter, out string share, out string inner);
        lock (_lock)
        {
            var node = Descend(Encoding.UTF8.GetBytes(shared ? inner : filter), out bool below);
            if (shared)
            {
                ref var groups = ref below ? ref node.SharedBelow : ref node.SharedHere;
                SharedGroup.Remove(ref groups, share, subscription);
            }
            else
            {
                (below ? node.Below : node.Here)!.Remove(subscription);
            }

            Prune(node);
        }
    }

    /// <summary>Finds the shared group of a full filter; null when it has no members.</summary>
    public SharedGroup? FindGroup(string fullFilter)
    {
        if (!TopicFilter.TryParseShared(fullFilter, out string share, out string inner)) return null;
        lock (_lock)
        {
            var node = Descend(Encoding.UTF8.GetBytes(inner), out bool below);
            var group = Array.Find((below ? node.SharedBelow : node.SharedHere) ?? [], g => g.ShareName == share);
            Prune(node);
            return group;
        }
    }

    /// <summary>Collects every subscription and shared group that matches a valid Topic Name.</summary>
    public void Match(ReadOnlySpan<byte> topic, MatchList matches)
    {
        // [MQTT-4.7.2-1]: a filter that starts with a wildcard does not match a name that starts with $.
        Visit(_root, topic, 0, topic.Length > 0 && topic[0] == (byte)'$', matches);
    }

    private void Visit(TopicNode node, ReadOnlySpan<byte> topic, int position, bool skipWildcards, MatchList matches)
    {
        while (true)
        {
            bool atEnd = position > topic.Length;
            if (!skipWildcards && (!atEnd || hashMatchesParent)) matches.Add(node.Below, node.SharedBelow);
            if (atEnd)
            {
                matches.Add(node.Here, node.SharedHere);
                return;
            }

            var rest = topic[position..];
            int slash = rest.IndexOf((byte)'/');
            var level = slash < 0 ? rest : rest[..slash];
            int next = position + level.Length + 1;
            if (!skipWildcards && Volatile.Read(ref node.SingleLevel) is { } plus) Visit(plus, topic, next, false, matches);
            var child = node.Find(level, TopicNode.LevelHash(level));
            if (child is null) return;
            node = child;
            position = next;
            skipWildcards = false;
        }
    }

    private TopicNode Descend(ReadOnlySpan<byte> filter, out bool below)
    {
        var node = _root;
        int position = 0;
        while (position <= filter.Length)
        {
            var rest = filter[position..];
            int slash = rest.IndexOf((byte)'/');
            var level = slash < 0 ? rest : rest[..slash];
            if (level.SequenceEqual("#"u8))
            {
                below = true;
                return node;
            }

            if (level.SequenceEqual("+"u8))
            {
                if (node.SingleLevel is null) Volatile.Write(ref node.SingleLevel, new TopicNode(node, "+"u8.ToArray(), 0));
                node = node.SingleLevel!;
            }
            else
            {
                node = node.GetOrAdd(level, TopicNode.LevelHash(level));
            }

            position += level.Length + 1;
        }

        below = false;
        return node;
    }

    private static void Prune(TopicNode node)
    {
        while (node is { IsEmpty: true, Parent: { } parent })
        {
            if (ReferenceEquals(parent.SingleLevel, node)) Volatile.Write(ref parent.SingleLevel, null);
            else parent.Remove(node);
            node = parent;
        }
    }
}
