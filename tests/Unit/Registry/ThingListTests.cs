using System.Text;
using Fairlead.Features.Api;
using Fairlead.Features.Registry;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Registry;

/// <summary>A page of things costs what is on it, however many there are. Counted, not timed.</summary>
public sealed class ThingListTests
{
    private const int Count = 100_000;
    private static readonly Lazy<(RegistryRecords Hub, ThingSearch Search)> Fleet = new(Make);

    [Fact]
    public void A_walk_over_all_things_looks_at_each_once_and_at_one_more_a_page()
    {
        var (found, examined, pages) = Walk(new ThingFilter(null, null, null, false), 250);
        found.Count.ShouldBe(Count);
        found.ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
        pages.ShouldBe(Count / 250);
        examined.ShouldBe(Count + pages - 1);
    }

    [Fact]
    public void A_page_from_the_middle_does_not_walk_there()
    {
        var (hub, search) = Fleet.Value;
        var before = hub.Pages.Examined;
        search.Find(new ThingFilter(null, null, null, false), new Paging("thing-050000", 50), out var next).Select(static thing => thing.Name)
            .ShouldBe(Enumerable.Range(50_001, 50).Select(static i => $"thing-{i:000000}"));
        Paging.Decode(next, "nextToken").ShouldBe("thing-050050");
        (hub.Pages.Examined - before).ShouldBe(51);
    }

    [Theory]
    [InlineData("rare", null, null, false, 100)]
    [InlineData(null, "serial", "SN000777", false, 1)]
    [InlineData(null, "serial", "SN0007", true, 100)]
    [InlineData(null, "colour", "red", false, 10_000)]
    [InlineData(null, "missing", null, false, 0)]
    public void A_filter_looks_at_what_it_finds_and_no_more(string? type, string? attribute, string? value, bool isPrefix, int expected)
    {
        var (found, examined, pages) = Walk(new ThingFilter(type, attribute, value, isPrefix), 50);
        found.Count.ShouldBe(expected);
        examined.ShouldBe(expected + Math.Max(0, pages - 1));
    }

    [Fact]
    public void Filters_are_combined_with_and()
    {
        var (found, examined, _) = Walk(new ThingFilter("rare", "colour", "red", false), 50);
        found.ShouldBe(Enumerable.Range(0, Count).Where(static i => i % 1_000 == 0 && i % 10 == 0).Select(static i => $"thing-{i:000000}"));
        examined.ShouldBeLessThanOrEqualTo(10_000 + 3);
    }

    [Fact]
    public void A_search_that_finds_little_lets_others_have_the_gate()
    {
        var (hub, _) = Fleet.Value;
        var entered = 0;
        var found = hub.Pages.Take(
            new Paging(null, 10),
            after =>
            {
                entered++;
                return hub.Records.Things.After(after);
            },
            static entry => entry.Key, static entry => entry.Key == "thing-099999", out var next);
        found.Count.ShouldBe(1);
        next.ShouldBeNull();
        entered.ShouldBe(Count / RegistryPages.MostAtOnce);
    }

    [Fact]
    public void Tokens_of_other_lists_are_refused()
    {
        var search = Fleet.Value.Search;
        RegistryRecords.Refused(() => search.Find(new ThingFilter(null, null, null, false), new Paging("a|b", 1), out _), 400);
        RegistryRecords.Refused(() => search.Find(new ThingFilter(null, "serial", null, false), new Paging("a", 1), out _), 400);
    }

    private static (List<string> Found, long Examined, int Pages) Walk(ThingFilter filter, int size)
    {
        var (hub, search) = Fleet.Value;
        var before = hub.Pages.Examined;
        var found = new List<string>();
        var pages = 0;
        string? token = null;
        do
        {
            found.AddRange(search.Find(filter, new Paging(Paging.Decode(token, "nextToken"), size), out token).Select(static thing => thing.Name));
            pages++;
        }
        while (token is not null);
        return (found, hub.Pages.Examined - before, pages);
    }

    private static (RegistryRecords Hub, ThingSearch Search) Make()
    {
        var hub = new RegistryRecords();
        for (var i = 0; i < Count; i++)
        {
            var name = $"thing-{i:000000}";
            var type = i % 1_000 == 0 ? "rare" : "plain";
            var colour = i % 10 == 0 ? "red" : "blue";
            hub.Records.Things.Load(
                name,
                Encoding.UTF8.GetBytes($$$"""{"name":"{{{name}}}","thingId":"{{{i}}}","version":1,"createdAt":1,"typeName":"{{{type}}}","attributes":{"colour":"{{{colour}}}","serial":"SN{{{i:000000}}}"}}"""));
        }

        return (hub, new ThingSearch(hub.Records, hub.Registry.Index, hub.Pages));
    }
}
