using System.Text.Unicode;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Payloads;

/// <summary>All that a statement or a template reads of a payload, and the pass over a payload that reads it.</summary>
internal sealed class PayloadPaths
{
    private readonly PayloadPath _root = new(null);

    /// <summary>Number of values read.</summary>
    public int SlotCount { get; private set; }

    /// <summary>Whether attributes are read; <c>*</c> is none.</summary>
    public bool HasAttributes => _root.HasChildren;

    /// <summary>Slot of the whole payload; -1 when it is not read as a value.</summary>
    public int WholeSlot => _root.Slot;

    /// <summary>The slot of <c>*</c>.</summary>
    public int AddWhole() => SlotOf(_root);

    /// <summary>The slot of an attribute.</summary>
    public int Add(IEnumerable<SqlName> names)
    {
        var path = _root;
        foreach (var name in names) path = path.Child(name);
        return SlotOf(path);
    }

    /// <summary>
    /// Reads a payload in one pass: checks all of it, and makes values of what is asked for. What is asked for and not there stays as it
    /// is in <paramref name="slots"/>, Undefined.
    /// </summary>
    public PayloadKind Read(byte[] bytes, int start, int length, SqlValue[] slots, bool keepsDecimals)
    {
        if (length == 0) return PayloadKind.Empty;
        var text = bytes.AsSpan(0, start + length);
        int at = start;
        if (text[at..].StartsWith("\ufeff"u8)) at += 3;
        JsonGrammar.SkipSpace(text, ref at);
        if (at == text.Length || text[at] is not ((byte)'{' or (byte)'[') || !Utf8.IsValid(text[at..])) return PayloadKind.Raw;
        if (TryRead(bytes, text, ref at, _root, slots, keepsDecimals, 0))
        {
            JsonGrammar.SkipSpace(text, ref at);
            if (at == text.Length) return PayloadKind.Json;
        }

        slots.AsSpan(0, SlotCount).Clear();
        return PayloadKind.Raw;
    }

    private static bool TryRead(byte[] bytes, ReadOnlySpan<byte> text, ref int at, PayloadPath path, SqlValue[] slots, bool keepsDecimals, int depth)
    {
        int start = at;
        if (at >= text.Length) return false;
        bool isRead = path.HasChildren && text[at] == (byte)'{'
            ? depth < JsonGrammar.Deepest && TryReadMembers(bytes, text, ref at, path, slots, keepsDecimals, depth + 1)
            : JsonGrammar.TrySkip(text, ref at, depth);
        if (!isRead) return false;
        if (path.Slot < 0) return true;
        slots[path.Slot] = text[start] is (byte)'{' or (byte)'['
            ? SqlValue.OfJson(bytes, start, at - start, keepsDecimals)
            : JsonValues.Read(bytes, ref start, keepsDecimals);
        return true;
    }

    private static bool TryReadMembers(byte[] bytes, ReadOnlySpan<byte> text, ref int at, PayloadPath path, SqlValue[] slots, bool keepsDecimals, int depth)
    {
        if (!JsonGrammar.TryOpen(text, ref at, (byte)'}', out bool isEnd)) return false;
        while (!isEnd)
        {
            if (!JsonGrammar.TryName(text, ref at, out var name, out bool isEscaped)) return false;
            var child = path.Find(name, isEscaped);
            if (child is null)
            {
                if (!JsonGrammar.TrySkip(text, ref at, depth)) return false;
            }
            else
            {
                child.Forget(slots);
                if (!TryRead(bytes, text, ref at, child, slots, keepsDecimals, depth)) return false;
            }

            if (!JsonGrammar.TryNext(text, ref at, (byte)'}', out isEnd)) return false;
        }

        return true;
    }

    private int SlotOf(PayloadPath path)
    {
        if (path.Slot < 0) path.Slot = SlotCount++;
        return path.Slot;
    }
}
