using System.Text;
using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>SELECT, of a statement or a nested query.</summary>
internal sealed class SelectClause
{
    private readonly SqlNode? _value;
    private readonly SelectItem[] _items;
    private readonly byte[][] _names;

    private SelectClause(SqlNode? value, SelectItem[] items)
    {
        (_value, _items) = (value, items);
        Depth = value?.Depth ?? items.Max(static item => item.Value.Depth);
        IsEverything = items is [{ IsEverything: true }];
        HasEverything = Array.Exists(items, static item => item.IsEverything);
        IsFlat = items.Length > 0 && Array.TrueForAll(items, static item => item.Path.Length == 1)
            && items.DistinctBy(static item => item.Path[0], StringComparer.Ordinal).Count() == items.Length;
        _names = IsFlat ? [.. items.Select(static item => Encoding.UTF8.GetBytes(item.Path[0]))] : [];
    }

    /// <summary>Whether it is <c>SELECT VALUE</c>.</summary>
    public bool IsValue => _value is not null;

    /// <summary>Whether it is <c>SELECT *</c> alone.</summary>
    public bool IsEverything { get; }

    /// <summary>Whether <c>*</c> without AS is among the items.</summary>
    public bool HasEverything { get; }

    /// <summary>Whether a payload that is not JSON is passed on: <c>*</c> is among the items, or is the value.</summary>
    public bool PassesPayload => HasEverything || _value is PayloadNode;

    /// <summary>Slot of the payload, if <c>*</c> is among the items.</summary>
    public int EverythingSlot => Array.Find(_items, static item => item.IsEverything)?.Value is PayloadNode payload ? payload.Slot : -1;

    /// <summary>Whether each item is a member of its own: the output can be written without putting it together first.</summary>
    public bool IsFlat { get; }

    /// <summary>Depth of the deepest item.</summary>
    public int Depth { get; }

    /// <summary>SELECT VALUE.</summary>
    public static SelectClause Of(SqlNode value) => new(value, []);

    /// <summary>SELECT with items.</summary>
    public static SelectClause Of(SelectItem[] items) => new(null, items);

    /// <summary>The result.</summary>
    /// <param name="frame">Frame.</param>
    /// <param name="everything">What <c>*</c> stands for: the payload, or the element of a nested query.</param>
    public SqlValue Evaluate(SqlFrame frame, in SqlValue everything)
    {
        if (_value is not null) return _value.Evaluate(frame);
        if (IsEverything) return everything;
        var output = new SqlObject(_items.Length);
        foreach (var item in _items)
        {
            var value = item.IsEverything ? everything : item.Value.Evaluate(frame);
            if (item.IsMerged) Merge(frame, output, value);
            else if (!value.IsUndefined) Place(frame, output, item.Path, value);
        }

        return SqlValue.Of(output);
    }

    /// <summary>Writes the result of a flat clause.</summary>
    public void Write(SqlFrame frame, JsonText to)
    {
        bool isFirst = true;
        for (int i = 0; i < _items.Length; i++)
        {
            var value = _items[i].Value.Evaluate(frame);
            if (value.IsUndefined) continue;
            to.WriteMember(isFirst, _names[i], value);
            isFirst = false;
        }

        to.WriteEndOfMembers(isFirst);
    }

    private static void Merge(SqlFrame frame, SqlObject output, in SqlValue value)
    {
        if (value.Kind != SqlKind.Object || !frame.TrySpend(value.Weight / 16)) return;
        var members = value.Members();
        for (int i = 0; i < members.Count; i++) output.Set(members[i].Key, members[i].Value);
    }

    /// <summary>Puts a value at a path; what stands in the way and is no Object is replaced [U2].</summary>
    private static void Place(SqlFrame frame, SqlObject output, string[] path, in SqlValue value)
    {
        for (int i = 0; i < path.Length - 1; i++)
        {
            var there = output.Get(path[i]);
            var members = there.Members(); // none if it is no Object
            if (!frame.TrySpend(members.Count)) return;
            var copy = new SqlObject(members.Count + 1);
            for (int m = 0; m < members.Count; m++) copy.Set(members[m].Key, members[m].Value);
            output.Set(path[i], SqlValue.Of(copy));
            output = copy;
        }

        output.Set(path[^1], value);
    }
}
