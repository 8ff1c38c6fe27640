using Fairlead.Features.Documents;

namespace Fairlead.Features.Policies;

/// <summary>Policies by the time when they were made, for ListPolicies (section 1: the security family lists by creation date).</summary>
internal sealed class PolicyOrder
{
    private readonly SortedSet<(long CreatedAt, string Name)> _ascending =
        new(Comparer<(long CreatedAt, string Name)>.Create(static (a, b) => a.CreatedAt != b.CreatedAt ? a.CreatedAt.CompareTo(b.CreatedAt) : string.CompareOrdinal(a.Name, b.Name)));

    /// <summary>Follows the table of policies.</summary>
    public PolicyOrder(RecordTable<Policy> policies) => policies.Changed += (name, before, after) =>
    {
        if (before is not null) _ascending.Remove((before.CreatedAt, name));
        if (after is not null) _ascending.Add((after.CreatedAt, name));
    };

    /// <summary>Names behind a key, which is empty for the first page. Under the gate.</summary>
    /// <param name="after">A key of <see cref="KeyOf"/>, or null.</param>
    /// <param name="ascending">Oldest first.</param>
    public IEnumerable<(long CreatedAt, string Name)> After(string? after, bool ascending)
    {
        if (_ascending.Count == 0) return [];
        if (after is null) return ascending ? _ascending : _ascending.Reverse();
        var bar = after.IndexOf('|', StringComparison.Ordinal);
        if (bar < 0 || !long.TryParse(after.AsSpan(0, bar), out var createdAt)) throw Api.ApiException.InvalidRequest("marker is not one that this hub gave out");
        var from = (createdAt, after[(bar + 1)..]);
        var compare = _ascending.Comparer;
        if (ascending) return compare.Compare(from, _ascending.Max) >= 0 ? [] : _ascending.GetViewBetween(from, _ascending.Max).Where(entry => entry != from);
        return compare.Compare(from, _ascending.Min) <= 0 ? [] : _ascending.GetViewBetween(_ascending.Min, from).Reverse().Where(entry => entry != from);
    }

    /// <summary>Key of an entry for the token of a page.</summary>
    public static string KeyOf((long CreatedAt, string Name) entry) => $"{entry.CreatedAt}|{entry.Name}";
}
