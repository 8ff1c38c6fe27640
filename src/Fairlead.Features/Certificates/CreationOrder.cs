using System.Globalization;
using Fairlead.Features.Api;

namespace Fairlead.Features.Certificates;

/// <summary>
/// Ids in the order in which their records were created, for the lists of the security family (spec/aws-registry-and-policies, section
/// 1). Changed and walked under the gate.
/// </summary>
internal sealed class CreationOrder
{
    private readonly SortedSet<(long CreatedAt, string Id)> _ids = new(Comparer<(long CreatedAt, string Id)>.Create(static (a, b) =>
        a.CreatedAt != b.CreatedAt ? a.CreatedAt.CompareTo(b.CreatedAt) : string.CompareOrdinal(a.Id, b.Id)));

    /// <summary>Whether it holds none.</summary>
    public bool IsEmpty => _ids.Count == 0;

    /// <summary>Ids, oldest first.</summary>
    public IEnumerable<string> Ids => _ids.Select(static entry => entry.Id);

    /// <summary>Adds one.</summary>
    public void Add(long createdAt, string id) => _ids.Add((createdAt, id));

    /// <summary>Removes one.</summary>
    public void Remove(long createdAt, string id) => _ids.Remove((createdAt, id));

    /// <summary>Takes a page: newest first, unless <c>isAscendingOrder</c> is given.</summary>
    /// <param name="request">The request with its <c>marker</c>, <c>pageSize</c> and <c>isAscendingOrder</c>.</param>
    /// <param name="find">Record of an id; null leaves it out.</param>
    /// <param name="next">Marker of the next page; null on the last.</param>
    public List<T> Page<T>(ApiRequest request, Func<string, T?> find, out string? next)
        where T : class
    {
        var paging = Paging.Security(request);
        var rest = Behind(paging.After, request.QueryBoolean("isAscendingOrder") ?? false)
            .Select(entry => (entry, Record: find(entry.Id)))
            .Where(static pair => pair.Record is not null);
        return [.. paging.Take(rest, static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.entry.CreatedAt}/{pair.entry.Id}"), out next)
            .Select(static pair => pair.Record!)];
    }

    private IEnumerable<(long CreatedAt, string Id)> Behind(string? after, bool ascending)
    {
        if (_ids.Count == 0) return [];
        if (after is null) return ascending ? _ids : _ids.Reverse();
        var slash = after.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !long.TryParse(after.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var createdAt))
            throw ApiException.InvalidRequest("marker is not one that this hub gave out");
        var from = (createdAt, after[(slash + 1)..]);
        var order = _ids.Comparer;
        var view = ascending
            ? (order.Compare(from, _ids.Max) > 0 ? null : _ids.GetViewBetween(from, _ids.Max))
            : (order.Compare(from, _ids.Min) < 0 ? null : _ids.GetViewBetween(_ids.Min, from));
        if (view is null) return [];
        return (ascending ? view : view.Reverse()).Where(entry => entry != from);
    }
}
