using System.Text;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;

namespace Fairlead.Broker.Retained;

/// <summary>
/// The retained message of each topic (MQTT 5, section 3.3.1.3), by level, so that a wildcard filter visits only what can match. One
/// lock guards it: it is touched by publications with RETAIN and by SUBSCRIBE, not by plain traffic.
/// </summary>
internal sealed partial class RetainedStore(MqttBroker broker)
{
    private readonly Lock _lock = new();
    private readonly Node _root = new();
    private int _count;
    private long _bytes;

    /// <summary>Takes over a publication with RETAIN: an empty payload removes [MQTT-3.3.1-6], another one replaces. False when full.</summary>
    public bool Keep(in Publication publication, PublishScratch scratch)
    {
        string topic = Encoding.UTF8.GetString(publication.Topic);
        var store = broker.Store;
        bool durable = store.IsDurable && publication.Origin != PublishOrigin.Node;
        if (durable && !store.IsHealthy)
        {
            scratch.StoreRefused = true;
            return true;
        }

        lock (_lock)
        {
            if (publication.Payload.IsEmpty)
            {
                if (!Remove(topic) || !durable) return true;
                store.Append(new StoreChange
                {
                    Kind = StoreChangeKind.RetainedRemoved,
                    Subject = topic,
                    Receipt = scratch.HoldReceipt(),
                });
                return true;
            }

            var node = GetOrAdd(topic);
            if (node.Message is null && _count >= broker.Options.MaximumRetained)
            {
                Prune(topic);
                broker.Counters.CountDrop(Diagnostics.DropReason.RetainedFull);
                return false;
            }

            var message = scratch.Keep(publication);
            Set(node, message);
            if (!durable) return true;
            store.Append(new StoreChange { Kind = StoreChangeKind.RetainedSaved, Subject = message, Receipt = scratch.HoldReceipt() });
            return true;
        }
    }

    /// <summary>Puts back what the store kept.</summary>
    public void Restore(Message message)
    {
        lock (_lock) Set(GetOrAdd(message.TopicString), message);
    }

    /// <summary>All retained messages that a filter without share prefix matches; a snapshot.</summary>
    public List<Message> Match(string filter)
    {
        var found = new List<Message>();
        lock (_lock) Visit(_root, filter.Split('/'), 0, found, broker.Now);
        return found;
    }

    /// <summary>Removes what has expired.</summary>
    public void Sweep(long now)
    {
        List<Message> expired = [];
        lock (_lock)
        {
            Collect(_root, now, expired);
            foreach (var message in expired)
            {
                string topic = message.TopicString;
                Remove(topic);
                if (broker.Store.IsDurable)
                    broker.Store.Append(new StoreChange { Kind = StoreChangeKind.RetainedRemoved, Subject = topic });
            }
        }
    }

    private void Visit(Node node, string[] levels, int depth, List<Message> found, long now)
    {
        if (depth == levels.Length)
        {
            if (node.Message is { } message && !message.IsExpired(now)) found.Add(message);
            return;
        }

        string level = levels[depth];
        if (level == "#")
        {
            VisitAll(node, depth == 0, broker.Options.HashMatchesParent, found, now);
            return;
        }

        if (level != "+")
        {
            if (node.Children?.GetValueOrDefault(level) is { } child) Visit(child, levels, depth + 1, found, now);
            return;
        }

        foreach (var (name, child) in node.Children ?? [])
            if (depth > 0 || !name.StartsWith('$')) Visit(child, levels, depth + 1, found, now);
    }

    private static void VisitAll(Node node, bool isRoot, bool withSelf, List<Message> found, long now)
    {
        if (withSelf && node.Message is { } message && !message.IsExpired(now)) found.Add(message);
        foreach (var (name, child) in node.Children ?? [])
            if (!isRoot || !name.StartsWith('$')) VisitAll(child, false, true, found, now);
    }

    private static void Collect(Node node, long now, List<Message> expired)
    {
        if (node.Message is { } message && message.IsExpired(now)) expired.Add(message);
        foreach (var child in node.Children?.Values ?? Enumerable.Empty<Node>()) Collect(child, now, expired);
    }

    private void Set(Node node, Message message)
    {
        if (node.Message is null) _count++;
        _bytes += message.Size - (node.Message?.Size ?? 0);
        node.Message = message;
        Publish();
    }

    private bool Remove(string topic)
    {
        var node = Descend(topic);
        if (node?.Message is null) return false;
        _count--;
        _bytes -= node.Message.Size;
        node.Message = null;
        Prune(topic);
        Publish();
        return true;
    }

    private void Publish()
    {
        broker.Counters.Retained = _count;
        broker.Counters.RetainedBytes = _bytes;
    }

    private Node? Descend(string topic)
    {
        Node? node = _root;
        foreach (string level in topic.Split('/'))
        {
            node = node.Children?.GetValueOrDefault(level);
            if (node is null) return null;
        }

        return node;
    }

    private Node GetOrAdd(string topic)
    {
        var node = _root;
        foreach (string level in topic.Split('/'))
        {
            node.Children ??= new Dictionary<string, Node>(StringComparer.Ordinal);
            if (!node.Children.TryGetValue(level, out var child)) node.Children[level] = child = new Node();
            node = child;
        }

        return node;
    }

    private void Prune(string topic)
    {
        string[] levels = topic.Split('/');
        var path = new Node[levels.Length + 1];
        path[0] = _root;
        for (int i = 0; i < levels.Length; i++) path[i + 1] = path[i].Children![levels[i]];
        for (int i = levels.Length; i > 0; i--)
        {
            if (path[i].Message is not null || path[i].Children is { Count: > 0 }) return;
            path[i - 1].Children!.Remove(levels[i - 1]);
        }
    }

    private sealed class Node
    {
        public Dictionary<string, Node>? Children;
        public Message? Message;
    }
}
