using Fairlead.Features.Fleet.Queries;
using Fairlead.Features.Registry;
using Fairlead.Features.Shadows;

namespace Fairlead.Features.Fleet;

/// <summary>
/// Finds things and groups by a query. There is no copy of the fleet: records, shadows and connections are read where they are, so that
/// what was changed a moment ago is found. Where the query names a thing, the beginning of its name, a group or a type, only those are
/// looked at; otherwise all are, some at a time, so that changes do not wait for a search.
/// </summary>
internal sealed class FleetIndex
{
    private const int Chunk = 1_000;

    private static readonly Comparer<string> ByName = Comparer<string>.Create(static (one, other) =>
        string.Compare(one, other, StringComparison.OrdinalIgnoreCase) is not 0 and var order ? order : string.CompareOrdinal(one, other));

    private readonly FeatureContext _context;
    private readonly HubRecords _records;
    private readonly RegistryIndex _registry;
    private readonly IShadowReader? _shadows;
    private readonly IConnectivityReader? _connectivity;
    private readonly SortedSet<string> _names = new(ByName);

    /// <summary>Follows the table of things; before it is loaded.</summary>
    public FleetIndex(FeatureContext context, HubRecords records, RegistryIndex registry, IConnectivityReader? connectivity, IShadowReader? shadows)
    {
        (_context, _records, _registry, _connectivity, _shadows) = (context, records, registry, connectivity, shadows);
        records.Things.Changed += (name, before, after) =>
        {
            if (after is null) _names.Remove(name);
            else if (before is null) _names.Add(name);
        };
    }

    /// <summary>Things that fit, behind one of them, in an order that the query alone decides.</summary>
    public IEnumerable<ThingView> Things(Query query, string? after, CancellationToken aborted) =>
        Walk(cursor => Names(query, cursor), after, aborted)
            .Select(name => _records.Things.Find(name) is { } thing ? new ThingView(thing, _records, _shadows, _connectivity) : null)
            .OfType<ThingView>().Where(query.Fits);

    /// <summary>Groups that fit, behind one of them, in the order of their names.</summary>
    public IEnumerable<GroupView> Groups(Query query, string? after, CancellationToken aborted) =>
        Walk(cursor => _records.ThingGroups.After(cursor).Select(static entry => entry.Key), after, aborted)
            .Select(name => _records.ThingGroups.Find(name) is { } group ? new GroupView(group, _records) : null)
            .OfType<GroupView>().Where(query.Fits);

    /// <summary>The last known state of a thing's connection; null when it never had one.</summary>
    public ThingConnection? ConnectionOf(string thingName) => _connectivity?.Find(thingName);

    private static Term? Find(Query query, Func<Term, bool> isWanted) => query switch
    {
        Term term when isWanted(term) => term,
        AllOf all => all.Parts.OfType<Term>().FirstOrDefault(isWanted),
        _ => null,
    };

    private IEnumerable<string> Walk(Func<string?, IEnumerable<string>> names, string? after, CancellationToken aborted)
    {
        while (true)
        {
            aborted.ThrowIfCancellationRequested();
            List<string> chunk;
            lock (_context.Documents.Gate) chunk = [.. names(after).Take(Chunk)];
            foreach (var name in chunk) yield return name;
            if (chunk.Count < Chunk) yield break;
            after = chunk[^1];
        }
    }

    // The way depends on the query alone (and on records only where both ways have one order): pages follow each other.
    private IEnumerable<string> Names(Query query, string? after)
    {
        if (Find(query, static term => term is { Field: "thingName", Test: EqualTo or Wildcard { Prefix.Length: > 0 } }) is { } byName)
        {
            return byName.Test is Wildcard wildcard
                ? WithPrefix(wildcard.Prefix, after)
                : WithPrefix(((EqualTo)byName.Test).Text, after).TakeWhile(name => name.Equals(((EqualTo)byName.Test).Text, StringComparison.OrdinalIgnoreCase));
        }

        if (Find(query, static term => term is { Field: "thingGroupNames" or "registry.thingGroupNames", Test: EqualTo }) is { } byGroup
            && One(_records.ThingGroups.After(null).Select(static entry => entry.Key), byGroup) is { } group)
        {
            return _registry.ThingsByGroup.After(group, after);
        }

        if (Find(query, static term => term is { Field: "thingTypeName" or "registry.thingTypeName", Test: EqualTo }) is { } byType
            && One(_records.ThingTypes.After(null).Select(static entry => entry.Key), byType) is { } type)
        {
            return _registry.ThingsByType.After(type, after);
        }

        return _records.Things.After(after).Select(static entry => entry.Key);
    }

    // The one name that a term fits, whatever its case; null for several.
    private static string? One(IEnumerable<string> names, Term term)
    {
        var fitting = names.Where(name => term.Test.Passes(new FieldValue(name))).Take(2).ToList();
        return fitting.Count switch
        {
            0 => ((EqualTo)term.Test).Text,
            1 => fitting[0],
            _ => null,
        };
    }

    private IEnumerable<string> WithPrefix(string prefix, string? after)
    {
        if (_names.Max is not { } last) yield break;
        // Upper case is the first of all spellings.
        var first = after ?? prefix.ToUpperInvariant();
        if (ByName.Compare(first, last) > 0) yield break;
        foreach (var name in _names.GetViewBetween(first, last))
        {
            if (!name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) yield break;
            if (name != after) yield return name;
        }
    }
}
