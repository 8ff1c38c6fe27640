using Fairlead.Features.Documents;

namespace Fairlead.Features.Registry;

/// <summary>Names by what they belong to, each list in ordinal order and entered anywhere. Under <see cref="DocumentStore.Gate"/>.</summary>
internal sealed class NameIndex
{
    private readonly Dictionary<string, SortedSet<string>> _names = new(StringComparer.Ordinal);

    /// <summary>How many names belong to a key.</summary>
    public int Count(string key) => _names.GetValueOrDefault(key)?.Count ?? 0;

    /// <summary>Names that belong to a key, behind one of them in ordinal order; null starts at the first.</summary>
    public IEnumerable<string> After(string key, string? name)
    {
        if (!_names.TryGetValue(key, out var names)) yield break;
        IEnumerable<string> walk = names;
        if (name is not null)
        {
            if (string.CompareOrdinal(name, names.Max) >= 0) yield break;
            walk = names.GetViewBetween(name, names.Max);
        }

        foreach (var next in walk)
        {
            if (next != name) yield return next;
        }
    }

    /// <summary>Moves a name from one key to another; null is none.</summary>
    public void Move(string name, string? from, string? to)
    {
        if (from == to) return;
        if (from is not null && _names.TryGetValue(from, out var before) && before.Remove(name) && before.Count == 0) _names.Remove(from);
        if (to is null) return;
        if (!_names.TryGetValue(to, out var after)) _names.Add(to, after = new SortedSet<string>(StringComparer.Ordinal));
        after.Add(name);
    }
}
