using System.Runtime.InteropServices;
using System.Text;

namespace Fairlead.Features.Rules.Engine;

/// <summary>
/// Enabled rules by the filter of their FROM. Immutable, made anew with each change of the rules, so that the packet path takes no lock; a
/// topic that no rule is about costs one look at each of its levels and no allocation (spec/aws-rules, section 2.6).
/// </summary>
/// <typeparam name="T">A rule.</typeparam>
internal sealed class FilterIndex<T>
    where T : class
{
    private readonly Node _root = new();

    /// <summary>Makes the index of some rules; those without FROM are left out [U39].</summary>
    /// <param name="rules">Rules with their filters.</param>
    public FilterIndex(IEnumerable<(string? Filter, T Rule)> rules)
    {
        foreach (var (filter, rule) in rules)
        {
            if (filter is not null) Add(filter, rule);
        }
    }

    /// <summary>Whether there is no rule with a FROM.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>Collects the rules whose filter matches.</summary>
    /// <param name="topic">A valid Topic Name.</param>
    /// <param name="found">Gets them; stays null while there is none.</param>
    public void Match(ReadOnlySpan<byte> topic, ref List<T>? found) =>
        Visit(_root, topic, 0, topic.Length > 0 && topic[0] == (byte)'$', ref found);

    /// <summary>Whether any rule's filter matches.</summary>
    public bool Matches(ReadOnlySpan<byte> topic)
    {
        if (IsEmpty) return false;
        List<T>? found = null;
        Match(topic, ref found);
        return found is not null;
    }

    private static void Visit(Node node, ReadOnlySpan<byte> topic, int position, bool skipWildcards, ref List<T>? found)
    {
        while (true)
        {
            // A '#' also stands for its parent level; one at the very start never for a name that begins with $.
            if (node.Below is { } below && !skipWildcards) (found ??= []).AddRange(below);
            if (position > topic.Length)
            {
                if (node.Here is { } here) (found ??= []).AddRange(here);
                return;
            }

            var rest = topic[position..];
            int slash = rest.IndexOf((byte)'/');
            var level = slash < 0 ? rest : rest[..slash];
            position += level.Length + 1;
            if (node.SingleLevel is { } plus && !skipWildcards) Visit(plus, topic, position, false, ref found);
            if (node.Children is null || !node.Children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(level, out var child)) return;
            node = child;
            skipWildcards = false;
        }
    }

    private void Add(string filter, T rule)
    {
        IsEmpty = false;
        var node = _root;
        foreach (var level in filter.Split('/'))
        {
            if (level == "#")
            {
                (node.Below ??= []).Add(rule);
                return;
            }

            if (level == "+")
            {
                node = node.SingleLevel ??= new Node();
                continue;
            }

            node.Children ??= new Dictionary<byte[], Node>(LevelComparer.Instance);
            ref var child = ref CollectionsMarshal.GetValueRefOrAddDefault(node.Children, Encoding.UTF8.GetBytes(level), out _);
            node = child ??= new Node();
        }

        (node.Here ??= []).Add(rule);
    }

    private sealed class Node
    {
        public Dictionary<byte[], Node>? Children { get; set; }

        public Node? SingleLevel { get; set; }

        public List<T>? Here { get; set; }

        public List<T>? Below { get; set; }
    }

    private sealed class LevelComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static LevelComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] level) => GetHashCode(level.AsSpan());

        public byte[] Create(ReadOnlySpan<byte> level) => level.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        // FNV-1a: levels are short, and the rules are the administrator's, not a stranger's.
        public int GetHashCode(ReadOnlySpan<byte> level)
        {
            uint hash = 2166136261;
            foreach (byte b in level) hash = (hash ^ b) * 16777619;
            return (int)hash;
        }
    }
}
