using Fairlead.Features.Api;

namespace Fairlead.Features.Registry;

/// <summary>Lists things, through the index that fits the filter.</summary>
internal sealed class ThingSearch(HubRecords records, RegistryIndex index, RegistryPages pages)
{
    // Neither names nor values contain it.
    private const char Separator = '|';

    /// <summary>A page of things that pass every part of a filter, by name; those searched by beginnings of values by value, then by name.</summary>
    public List<Thing> Find(ThingFilter filter, Paging paging, out string? next)
    {
        if (filter.AttributeName is { } attribute) return FindByAttribute(attribute, filter, paging, out next);
        if (paging.After?.Contains(Separator, StringComparison.Ordinal) == true) throw WrongToken();
        return filter.TypeName is { } type
            ? Take(paging, after => index.ThingsByType.After(type, after), static name => name, out next)
            : Take(paging, after => records.Things.After(after).Select(static entry => entry.Key), static name => name, out next);

        List<Thing> Take(Paging page, Func<string?, IEnumerable<string>> walk, Func<string, string> keyOf, out string? token) =>
            [.. pages.Take(page, walk, keyOf, static _ => true, out token).Select(records.Things.Find).OfType<Thing>()];
    }

    private List<Thing> FindByAttribute(string attribute, ThingFilter filter, Paging paging, out string? next)
    {
        var isPrefix = filter.IsPrefix || filter.AttributeValue is null;
        var value = filter.AttributeValue ?? "";
        var page = pages.Take(
            paging,
            after => index.Attributes.Find(attribute, value, isPrefix, EntryOf(attribute, after)),
            static entry => $"{entry.Value}{Separator}{entry.Thing}",
            entry => filter.TypeName is null || records.Things.Find(entry.Thing)?.TypeName == filter.TypeName,
            out next);
        return [.. page.Select(entry => records.Things.Find(entry.Thing)).OfType<Thing>()];
    }

    private static AttributeEntry? EntryOf(string attribute, string? after)
    {
        if (after is null) return null;
        var middle = after.IndexOf(Separator, StringComparison.Ordinal);
        return middle < 0 ? throw WrongToken() : new AttributeEntry(attribute, after[..middle], after[(middle + 1)..]);
    }

    private static ApiException WrongToken() => ApiException.InvalidRequest("nextToken belongs to a list with other filters");
}

/// <summary>Which things to list; all parts must fit.</summary>
/// <param name="TypeName">Name of their type; null for any.</param>
/// <param name="AttributeName">Name of an attribute that they have; null for any.</param>
/// <param name="AttributeValue">Value of that attribute; null for any.</param>
/// <param name="IsPrefix">Whether the value need only begin so.</param>
internal sealed record ThingFilter(string? TypeName, string? AttributeName, string? AttributeValue, bool IsPrefix);
