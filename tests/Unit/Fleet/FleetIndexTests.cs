using System.Globalization;
using System.Text;
using Fairlead.Broker.Durability;
using Fairlead.Features;
using Fairlead.Features.Api;
using Fairlead.Features.Documents;
using Fairlead.Features.Fleet;
using Fairlead.Features.Fleet.Queries;
using Fairlead.Features.Registry;
using Fairlead.Features.Shadows;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Fleet;

/// <summary>Paging, ways into the records, and numbers.</summary>
public sealed class FleetIndexTests
{
    private readonly DocumentStore _documents;
    private readonly HubRecords _records;
    private readonly FleetIndex _index;

    public FleetIndexTests()
    {
        _documents = new DocumentStore(new MemoryStore(), TimeProvider.System);
        _records = new HubRecords(_documents);
        var context = new FeatureContext(new HubScope(), _documents, TimeProvider.System, NullLoggerFactory.Instance);
        _index = new FleetIndex(context, _records, new RegistryIndex(_records), new Connections(), new Shadows());
        lock (_documents.Gate)
        {
            _records.ThingTypes.Save("light", new ThingType("light", "1", 0));
            _records.ThingGroups.Save("hall", new ThingGroup("hall", "1", 1, 0, null) { Description = "the hall" });
            _records.ThingGroups.Save("door", new ThingGroup("door", "2", 1, 0, "hall"));
            for (var i = 0; i < 5_000; i++)
            {
                var name = $"{(i % 2 == 0 ? "lamp" : "Lamp")}-{i:D4}";
                var thing = new Thing(name, $"id{i}", 1, 0) { TypeName = i % 10 == 0 ? "light" : null };
                _records.Things.Save(name, thing with { Attributes = thing.Attributes.Add("n", (i % 100).ToString(CultureInfo.InvariantCulture)) });
                if (i % 1_000 == 0) _records.GroupMemberships.Save("hall", name, new GroupMembership(0));
            }
        }
    }

    [Theory]
    [InlineData("*", 5_000)]
    [InlineData("thingName:lamp*", 5_000)]
    [InlineData("thingName:LAMP-00*", 100)]
    [InlineData("thingName:lamp-0017", 1)]
    [InlineData("thingName:lamp-9999", 0)]
    [InlineData("thingTypeName:LIGHT", 500)]
    [InlineData("thingTypeName:dark", 0)]
    [InlineData("thingGroupNames:hall", 5)]
    [InlineData("thingTypeName:light AND attributes.n:50", 50)]
    [InlineData("attributes.n:[98 TO 99]", 100)]
    [InlineData("NOT thingTypeName:light", 4_500)]
    [InlineData("shadow.reported.t:7", 1)]
    [InlineData("shadow.name.cfg.desired.mode:eco", 1)]
    [InlineData("shadow.hasDelta:true", 1)]
    [InlineData("connectivity.connected:true", 1)]
    [InlineData("connectivity.disconnectReason:CONNECTION_LOST", 1)]
    [InlineData("id1234", 1)]
    public void Every_page_follows_the_one_before(string text, int count)
    {
        var query = QueryParser.Parse(text, FleetFields.Things);
        var found = new List<string>();
        string? next = null;
        do
        {
            var paging = new Paging(Paging.Decode(next, "nextToken"), 333);
            found.AddRange(paging.Take(_index.Things(query, paging.After, CancellationToken.None), static view => view.Thing.Name, out next).Select(static view => view.Thing.Name));
        }
        while (next is not null);
        found.Count.ShouldBe(count);
        found.Distinct(StringComparer.Ordinal).Count().ShouldBe(count);
    }

    [Fact]
    public void Removed_thing_is_not_found()
    {
        lock (_documents.Gate) _records.Things.Remove("lamp-0000");
        _index.Things(QueryParser.Parse("thingName:lamp-0000", FleetFields.Things), null, CancellationToken.None).ShouldBeEmpty();
        _index.Things(QueryParser.Parse("thingName:lamp*", FleetFields.Things), null, CancellationToken.None).Count().ShouldBe(4_999);
    }

    [Fact]
    public void Groups_are_found()
    {
        Names("thingGroupName:d*").ShouldBe(["door"]);
        Names("parentGroupNames:hall").ShouldBe(["door"]);
        Names("thingGroupDescription:\"the hall\"").ShouldBe(["hall"]);

        IEnumerable<string> Names(string query) => _index.Groups(QueryParser.Parse(query, FleetFields.Groups), null, CancellationToken.None).Select(static view => view.Group.Name);
    }

    [Fact]
    public void Numbers_are_those_of_the_values()
    {
        var all = _index.Things(new Everything(), null, CancellationToken.None).ToList();
        var statistics = FleetNumbers.Statistics(all, "attributes.n");
        statistics.Count.ShouldBe(5_000);
        statistics.Average.ShouldBe(49.5);
        statistics.Minimum.ShouldBe(0);
        statistics.Maximum.ShouldBe(99);
        statistics.Sum.ShouldBe(247_500);
        statistics.Variance!.Value.ShouldBe(833.25, 1e-9);
        statistics.StdDeviation!.Value.ShouldBe(Math.Sqrt(833.25), 1e-9);
        FleetNumbers.Statistics(all, "thingName").ShouldBe(new StatisticsDocument(5_000));
        FleetNumbers.Cardinality(all, "attributes.n").ShouldBe(100);
        FleetNumbers.Percentiles(all, "attributes.n", [0, 50, 100]).Select(static one => one.Value).ShouldBe([0, 49.5, 99]);
        FleetNumbers.Percentiles(all, "thingName", null).ShouldBeEmpty();
        var buckets = FleetNumbers.Buckets(all, "thingTypeName", 3);
        buckets.TotalCount.ShouldBe(5_000);
        buckets.Buckets.ShouldBe([new BucketDocument("light", 500)]);
    }

    [Fact]
    public void Shadow_text_holds_classic_and_named_shadows()
    {
        var text = new ThingShadowText(new Shadows(), "lamp-0000").Write();
        text.ShouldBe("""{"desired":{"t":8},"reported":{"t":7},"delta":{"t":8},"version":3,"hasDelta":true,"name":{"cfg":{"desired":{"mode":"eco"},"version":1,"hasDelta":false}}}""");
        new ThingShadowText(new Shadows(), "Lamp-0001").Write().ShouldBeNull();
    }

    private sealed class Shadows : IShadowReader
    {
        public event Action<string>? Changed
        {
            add { }
            remove { }
        }

        public byte[]? Find(string thingName, string? shadowName) => (thingName, shadowName) switch
        {
            ("lamp-0000", null) => Encoding.UTF8.GetBytes("""{"state":{"desired":{"t":8},"reported":{"t":7},"delta":{"t":8}},"version":3,"timestamp":1}"""),
            ("lamp-0000", "cfg") => Encoding.UTF8.GetBytes("""{"state":{"desired":{"mode":"eco"}},"version":1,"timestamp":1}"""),
            _ => null,
        };

        public IReadOnlyList<string> NamesOf(string thingName) => thingName == "lamp-0000" ? ["cfg"] : [];
    }

    private sealed class Connections : IConnectivityReader
    {
        public ThingConnection? Find(string thingName) => thingName switch
        {
            "lamp-0002" => new ThingConnection("lamp-0002", true, 5),
            "lamp-0004" => new ThingConnection("lamp-0004", false, 6) { DisconnectReason = "CONNECTION_LOST" },
            _ => null,
        };
    }
}
