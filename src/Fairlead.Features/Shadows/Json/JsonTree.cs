using System.Numerics;

namespace Fairlead.Features.Shadows.Json;

/// <summary>
/// A JSON text and where its values lie in it: nothing is converted, so numbers keep their text. Made to be used again and again by one
/// thread without allocating. Members of one name: the last one counts (spec/aws-shadow, section 5.2); finding one takes the same time
/// in objects of every size, whatever a hostile client chose as names.
/// </summary>
internal sealed class JsonTree
{
    /// <summary>Objects up to this size are searched from front to back.</summary>
    private const int SmallObject = 8;
    private const int LargestKept = 16 * 1024;

    private byte[] _text = new byte[1024];
    private JsonNode[] _nodes = new JsonNode[32];
    private int[] _slots = [];
    private int _length;
    private int _count;
    private int _indexed;

    /// <summary>
    /// Whether the text is compact (no white space between its tokens), no member is there twice and every name canonical: values can
    /// then be copied as they came.
    /// </summary>
    public bool IsClean { get; private set; }

    /// <summary>A value.</summary>
    public ref JsonNode this[int node] => ref _nodes[node];

    /// <summary>Takes a text apart; false when it is not JSON. It must be valid UTF-8.</summary>
    public bool TryParse(ReadOnlySpan<byte> json)
    {
        if (_indexed > 0) Array.Clear(_slots);
        _indexed = 0;
        _count = 0;
        _length = json.Length;
        IsClean = true;
        if (_text.Length < json.Length) _text = new byte[BitOperations.RoundUpToPowerOf2((uint)json.Length)];
        json.CopyTo(_text);
        return TryParse();
    }

    /// <summary>Lets go of what a large text needed.</summary>
    public void Shrink()
    {
        if (_text.Length > LargestKept) _text = new byte[1024];
        if (_nodes.Length > LargestKept / 16) _nodes = new JsonNode[32];
        if (_slots.Length > LargestKept / 4) _slots = [];
        if (_slots.Length == 0) _indexed = 0;
    }

    /// <summary>Text of a value.</summary>
    public ReadOnlySpan<byte> Text(int node) => _text.AsSpan(_nodes[node].Start, _nodes[node].Length);

    /// <summary>Inside of a string.</summary>
    public ReadOnlySpan<byte> Inner(int node) => _text.AsSpan(_nodes[node].Start + 1, _nodes[node].Length - 2);

    /// <summary>Name of a member in its canonical form, without quotes.</summary>
    public ReadOnlySpan<byte> Name(int node) => _text.AsSpan(_nodes[node].NameStart, _nodes[node].NameLength);

    /// <summary>First member or element that counts; -1 when there is none.</summary>
    public int First(int parent) => Living(parent + 1, _nodes[parent].Next);

    /// <summary>Next member or element that counts; -1 behind the last.</summary>
    public int After(int node) => Living(_nodes[node].Next, _nodes[_nodes[node].Parent].Next);

    /// <summary>The member of an object; -1 when there is none.</summary>
    /// <param name="parent">An object.</param>
    /// <param name="name">Name in its canonical form.</param>
    public int Find(int parent, ReadOnlySpan<byte> name)
    {
        if (_nodes[parent].Count > SmallObject) return Look(parent, name, Hash(parent, name));
        for (int node = First(parent); node >= 0; node = After(node))
        {
            if (Name(node).SequenceEqual(name)) return node;
        }

        return -1;
    }

    private bool TryParse()
    {
        var text = _text.AsSpan(0, _length);
        int at = 0;
        int open = -1;
        while (true)
        {
            if (JsonScanner.SkipSpace(text, ref at)) IsClean = false;
            if (at == _length) return false;
            int node = Add(open);
            if (open >= 0 && _nodes[open].Kind == JsonKind.Object && !TryName(ref at, node)) return false;
            text = _text.AsSpan(0, _length); // a name may have moved it
            if (!TryValue(text, ref at, node, out bool isOpen)) return false;
            if (isOpen)
            {
                if (JsonScanner.SkipSpace(text, ref at)) IsClean = false;
                if (at == _length) return false;
                open = node;
                if (text[at] != Closing(open)) continue;
            }

            if (!TryClose(text, ref at, ref open)) return at == _length && open < 0;
        }
    }

    /// <summary>After a value: closes what ends here. False at the end of the text, and where something else than a comma stands.</summary>
    private bool TryClose(ReadOnlySpan<byte> text, ref int at, ref int open)
    {
        while (true)
        {
            if (JsonScanner.SkipSpace(text, ref at)) IsClean = false;
            if (open < 0 || at == _length) return false;
            if (text[at] == (byte)',')
            {
                at++;
                return true;
            }

            if (text[at] != Closing(open)) return false;
            at++;
            ref var closed = ref _nodes[open];
            closed.Length = at - closed.Start;
            closed.Next = _count;
            open = closed.Parent;
        }
    }

    private byte Closing(int open) => _nodes[open].Kind == JsonKind.Object ? (byte)'}' : (byte)']';

    private int Add(int parent)
    {
        if (_count == _nodes.Length) Array.Resize(ref _nodes, _count * 2);
        ref var node = ref _nodes[_count];
        node = default;
        node.Parent = parent;
        node.Next = _count + 1;
        if (parent >= 0)
        {
            ref var around = ref _nodes[parent];
            around.Count++;
            node.Depth = around.Depth + 1;
            node.IsInArray = around.IsInArray || around.Kind == JsonKind.Array;
        }

        return _count++;
    }

    private bool TryName(ref int at, int node)
    {
        var text = _text.AsSpan(0, _length);
        int start = at;
        if (text[at] != (byte)'"' || !JsonScanner.TryString(text, ref at, out bool isEscaped)) return false;
        ref var member = ref _nodes[node];
        member.NameStart = start + 1;
        member.NameLength = at - start - 2;
        if (JsonScanner.SkipSpace(text, ref at)) IsClean = false;
        if (at == _length || text[at] != (byte)':') return false;
        at++;
        if (JsonScanner.SkipSpace(text, ref at)) IsClean = false;
        if (at == _length) return false;
        if (isEscaped) WriteCanonical(ref member);
        Supersede(node);
        return true;
    }

    /// <summary>The canonical form is not longer, so it takes the place of the name as it came.</summary>
    private void WriteCanonical(ref JsonNode member)
    {
        var raw = _text.AsSpan(member.NameStart, member.NameLength);
        Span<byte> room = raw.Length <= 256 ? stackalloc byte[256] : new byte[raw.Length];
        var canonical = room[..EscapedText.WriteCanonical(raw, room)];
        if (canonical.SequenceEqual(raw)) return;
        IsClean = false;
        member.NameLength = canonical.Length;
        canonical.CopyTo(raw);
    }

    /// <summary>An earlier member of the same name counts no more.</summary>
    private void Supersede(int node)
    {
        int parent = _nodes[node].Parent;
        var name = Name(node);
        int count = _nodes[parent].Count;
        if (count <= SmallObject)
        {
            for (int other = parent + 1; other < node; other = _nodes[other].Next)
            {
                if (!_nodes[other].IsSuperseded && Name(other).SequenceEqual(name)) Drop(other);
            }

            return;
        }

        if (count == SmallObject + 1)
        {
            for (int other = parent + 1; other < node; other = _nodes[other].Next)
            {
                if (!_nodes[other].IsSuperseded) Index(other, Hash(parent, Name(other)));
            }
        }

        int hash = Hash(parent, name);
        int before = Look(parent, name, hash);
        if (before >= 0) Drop(before);
        Index(node, hash);
    }

    /// <summary>Leaves a member out: it counts no more.</summary>
    public void Drop(int before)
    {
        _nodes[before].IsSuperseded = true;
        IsClean = false;
    }

    private bool TryValue(ReadOnlySpan<byte> text, ref int at, int node, out bool isOpen)
    {
        isOpen = false;
        ref var value = ref _nodes[node];
        value.Start = at;
        bool valid;
        switch (text[at])
        {
            case (byte)'{' or (byte)'[':
                value.Kind = text[at] == (byte)'{' ? JsonKind.Object : JsonKind.Array;
                at++;
                return isOpen = true;
            case (byte)'"':
                value.Kind = JsonKind.String;
                valid = JsonScanner.TryString(text, ref at, out _);
                break;
            case (byte)'n':
                value.Kind = JsonKind.Null;
                valid = JsonScanner.TryWord(text, ref at, "null"u8);
                break;
            case (byte)'t':
                value.Kind = JsonKind.True;
                valid = JsonScanner.TryWord(text, ref at, "true"u8);
                break;
            case (byte)'f':
                value.Kind = JsonKind.False;
                valid = JsonScanner.TryWord(text, ref at, "false"u8);
                break;
            default:
                value.Kind = JsonKind.Number;
                valid = JsonScanner.TryNumber(text, ref at);
                break;
        }

        value.Length = at - value.Start;
        return valid;
    }

    private int Living(int node, int end)
    {
        while (node < end && _nodes[node].IsSuperseded) node = _nodes[node].Next;
        return node < end ? node : -1;
    }

    private static int Hash(int parent, ReadOnlySpan<byte> name)
    {
        // Seeded anew in each process: nobody can prepare names that fall together.
        var hash = default(HashCode);
        hash.Add(parent);
        hash.AddBytes(name);
        return hash.ToHashCode();
    }

    private int Look(int parent, ReadOnlySpan<byte> name, int hash)
    {
        for (int slot = hash & (_slots.Length - 1); _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            int node = _slots[slot] - 1;
            ref readonly var candidate = ref _nodes[node];
            if (candidate.Hash == hash && candidate.Parent == parent && !candidate.IsSuperseded && Name(node).SequenceEqual(name)) return node;
        }

        return -1;
    }

    private void Index(int node, int hash)
    {
        if ((_indexed + 1) * 2 > _slots.Length) Grow();
        _nodes[node].Hash = hash;
        _indexed++;
        Place(node, hash);
    }

    private void Place(int node, int hash)
    {
        int slot = hash & (_slots.Length - 1);
        while (_slots[slot] != 0) slot = (slot + 1) & (_slots.Length - 1);
        _slots[slot] = node + 1;
    }

    private void Grow()
    {
        int[] before = _slots;
        _slots = new int[Math.Max(64, before.Length * 2)];
        foreach (int entry in before)
        {
            if (entry != 0) Place(entry - 1, _nodes[entry - 1].Hash);
        }
    }
}
