using System.Collections.Immutable;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Registry;

/// <summary>Things by the values of their attributes, in one order: attribute, value, thing. Under <see cref="DocumentStore.Gate"/>.</summary>
internal sealed class AttributeIndex
{
    // Sorts behind everything that values and names are made of.
    private const string Last = "\uffff";

    private readonly SortedSet<AttributeEntry> _entries = new(Comparer<AttributeEntry>.Create(AttributeEntry.Compare));

    /// <summary>Things whose attribute has a value, or one that starts with it, behind an entry of the same walk.</summary>
    /// <param name="attribute">Name of the attribute.</param>
    /// <param name="value">Its value, or the beginning of it.</param>
    /// <param name="isPrefix">Whether it is a beginning; entries then come in the order of values.</param>
    /// <param name="after">Entry behind which to start; null for the first.</param>
    public IEnumerable<AttributeEntry> Find(string attribute, string value, bool isPrefix, AttributeEntry? after)
    {
        var first = new AttributeEntry(attribute, value, "");
        if (after is { } entry && AttributeEntry.Compare(entry, first) > 0) first = entry;
        var last = new AttributeEntry(attribute, isPrefix ? value + Last : value, Last);
        if (AttributeEntry.Compare(first, last) > 0) yield break;
        foreach (var next in _entries.GetViewBetween(first, last))
        {
            if (next != after) yield return next;
        }
    }

    /// <summary>Follows a change of a thing.</summary>
    public void Change(string thing, ImmutableSortedDictionary<string, string>? before, ImmutableSortedDictionary<string, string>? after)
    {
        if (ReferenceEquals(before, after)) return;
        foreach (var (name, value) in before ?? AttributeRules.None) _entries.Remove(new AttributeEntry(name, value, thing));
        foreach (var (name, value) in after ?? AttributeRules.None) _entries.Add(new AttributeEntry(name, value, thing));
    }
}

/// <summary>One attribute of one thing.</summary>
/// <param name="Attribute">Name of the attribute.</param>
/// <param name="Value">Its value.</param>
/// <param name="Thing">Name of the thing.</param>
internal readonly record struct AttributeEntry(string Attribute, string Value, string Thing)
{
    /// <summary>The index's order.</summary>
    public static int Compare(AttributeEntry one, AttributeEntry other)
    {
        var order = string.CompareOrdinal(one.Attribute, other.Attribute);
        if (order == 0) order = string.CompareOrdinal(one.Value, other.Value);
        return order != 0 ? order : string.CompareOrdinal(one.Thing, other.Thing);
    }
}
