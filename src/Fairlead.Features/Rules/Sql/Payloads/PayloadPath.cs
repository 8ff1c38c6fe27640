using Fairlead.Features.Rules.Sql.Values;

namespace Fairlead.Features.Rules.Sql.Payloads;

/// <summary>
/// The attributes that a statement reads, as a tree of names: <c>a.b</c> and <c>a.c</c> share <c>a</c>. One pass over a payload finds them
/// all. Grows while the statement is parsed and does not change afterwards.
/// </summary>
internal sealed class PayloadPath(SqlName? name)
{
    private readonly List<PayloadPath> _children = [];
    private readonly SqlName? _name = name;

    /// <summary>Slot that takes the value; -1 when only members of it are read.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Whether members of it are read.</summary>
    public bool HasChildren => _children.Count > 0;

    /// <summary>The path one name further.</summary>
    public PayloadPath Child(SqlName wanted)
    {
        var child = _children.Find(path => string.Equals(path._name?.Text, wanted.Text, StringComparison.Ordinal));
        if (child is not null) return child;
        child = new PayloadPath(wanted);
        _children.Add(child);
        return child;
    }

    /// <summary>The path one name further; null when nothing there is read.</summary>
    /// <param name="inner">Name in JSON without its quotes.</param>
    /// <param name="isEscaped">Whether it contains a backslash.</param>
    public PayloadPath? Find(ReadOnlySpan<byte> inner, bool isEscaped)
    {
        foreach (var child in _children)
        {
            if (child._name!.Equals(inner, isEscaped)) return child;
        }

        return null;
    }

    /// <summary>Forgets what an earlier member of the same name has left.</summary>
    public void Forget(SqlValue[] slots)
    {
        if (Slot >= 0) slots[Slot] = default;
        foreach (var child in _children) child.Forget(slots);
    }
}
