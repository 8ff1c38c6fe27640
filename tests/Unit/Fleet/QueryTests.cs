using Fairlead.Features.Api;
using Fairlead.Features.Fleet.Queries;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Fleet;

/// <summary>The query language over one document.</summary>
public sealed class QueryTests
{
    private static readonly Sample Lamp = new(new Dictionary<string, FieldValue[]>(StringComparer.Ordinal)
    {
        ["thingName"] = [new("Lamp:7-a")],
        ["thingTypeName"] = [new("light")],
        ["thingGroupNames"] = [new("hall"), new("Cellar")],
        ["attributes.model"] = [new("X100")],
        ["attributes.floor"] = [new("9")],
        ["attributes.note"] = [new("two words")],
        ["shadow.reported.battery"] = [new("70.50", true)],
        ["shadow.hasDelta"] = [new("true")],
        ["connectivity.connected"] = [new("false")],
        ["connectivity.timestamp"] = [new("1700000000000", true)],
    });

    [Theory]
    [InlineData("*")]
    [InlineData("thingName:lamp:7-A")]
    [InlineData("thingName : \"LAMP:7-a\"")]
    [InlineData("thingName:lamp*")]
    [InlineData("thingName:l?mp\\:7-?")]
    [InlineData("thingName:l*7*a")]
    [InlineData("thingName:*")]
    [InlineData("light")]
    [InlineData("hall cellar")]
    [InlineData("thingGroupNames:hall AND thingGroupNames:CELLAR")]
    [InlineData("nothing OR light")]
    [InlineData("NOT nothing")]
    [InlineData("-nothing light")]
    [InlineData("(nothing OR (light AND hall)) AND x100")]
    [InlineData("nothing AND light OR hall")]
    [InlineData("attributes.note:\"two words\"")]
    [InlineData("attributes.note:two\\ words")]
    [InlineData("attributes.floor:[9 TO 10]")]
    [InlineData("attributes.floor:{8 TO 10}")]
    [InlineData("attributes.floor:[* TO 9]")]
    [InlineData("attributes.floor:>8.5")]
    [InlineData("attributes.floor<10")]
    [InlineData("shadow.reported.battery > 70")]
    [InlineData("shadow.reported.battery:70.5")]
    [InlineData("shadow.reported.battery:<=70.5")]
    [InlineData("shadow.hasDelta:TRUE")]
    [InlineData("connectivity.connected:false AND connectivity.timestamp:[1600000000000 TO 1800000000000]")]
    [InlineData("attributes.model:(x99 OR x100)")]
    [InlineData("thingTypeName:[k TO m]")]
    [InlineData("NOT attributes.missing:*")]
    public void Query_finds(string query) => QueryParser.Parse(query, FleetFields.Things).Fits(Lamp).ShouldBeTrue();

    [Theory]
    [InlineData("thingName:lamp")]
    [InlineData("thingName:\"lamp*\"")]
    [InlineData("nothing")]
    [InlineData("NOT light")]
    [InlineData("-light hall")]
    [InlineData("NOT (light AND hall)")]
    [InlineData("attributes.floor:{9 TO 10]")]
    [InlineData("attributes.floor:[8 TO 9}")]
    [InlineData("attributes.floor:>10")]
    [InlineData("attributes.floor:abc")]
    [InlineData("attributes.Model:x100")]
    [InlineData("attributes.missing:*")]
    [InlineData("attributes.model:>5")]
    [InlineData("shadow.desired.battery:70.5")]
    public void Query_does_not_find(string query) => QueryParser.Parse(query, FleetFields.Things).Fits(Lamp).ShouldBeFalse();

    [Theory]
    [InlineData("   ", "position 3: expected a term, or * for everything, found the end of the query")]
    [InlineData("(a", "position 2: expected AND, OR or ), found the end of the query")]
    [InlineData("a)", "position 1: expected AND, OR or the end of the query, found ')'")]
    [InlineData("a AND", "position 5: expected a term, found the end of the query")]
    [InlineData("OR a", "position 0: expected a term, found 'O'")]
    [InlineData("thingName:", "position 10: expected a value, found the end of the query")]
    [InlineData("thingName:*x", "position 10: expected a value that does not begin with a wildcard, found '*x'")]
    [InlineData("?x", "position 0: expected a value that does not begin with a wildcard, found '?x'")]
    [InlineData("thingName:\"x", "position 10: expected a second \" behind the one here, found the end of the query")]
    [InlineData("connectivity.timestamp:[1 2]", "position 26: expected TO, found '2'")]
    [InlineData("connectivity.timestamp:[1 TO 2", "position 30: expected ] or }, found the end of the query")]
    [InlineData("attributes.a:[a* TO b]", "position 14: expected a value without wildcards, found 'a*'")]
    [InlineData("shadow.name.x.other:1", "position 0: expected shadow.name.NAME.desired.PATH, .reported.PATH, .delta.PATH, .hasDelta or .version, found 'shadow.name.x.other'")]
    public void Malformed_query_is_refused_with_position_and_what_was_expected(string query, string message)
    {
        var refusal = Should.Throw<ApiException>(() => QueryParser.Parse(query, FleetFields.Things));
        refusal.Type.ShouldBe("InvalidQueryException");
        refusal.Status.ShouldBe(400);
        refusal.Message.ShouldBe(message);
    }

    [Fact]
    public void Unknown_field_is_refused_with_those_that_are_known()
    {
        var refusal = Should.Throw<ApiException>(() => QueryParser.Parse("a AND Thingname:x", FleetFields.Things));
        refusal.Message.ShouldStartWith("position 6: expected one of the fields thingName, ");
        refusal.Message.ShouldEndWith("found 'Thingname'");
        Should.Throw<ApiException>(() => QueryParser.Parse("thingName:x", FleetFields.Groups)).Type.ShouldBe("InvalidQueryException");
    }

    [Fact]
    public void Depth_length_and_number_of_terms_are_bounded()
    {
        string[] queries =
        [
            new('(', 5_000), new string('-', 5_000) + "a", string.Concat(Enumerable.Repeat("NOT ", 2_000)) + "a", new('a', 10_001),
            string.Concat(Enumerable.Repeat("a ", 200)),
        ];
        foreach (var query in queries) Should.Throw<ApiException>(() => QueryParser.Parse(query, FleetFields.Things)).Type.ShouldBe("InvalidQueryException");
    }

    /// <summary>Whatever comes, it is a query or a refusal.</summary>
    [Fact]
    public void Any_text_is_a_query_or_refused()
    {
        var random = new Random(12);
        const string Letters = "ab:*?()[]{}\"\\<>=- \t.ANDORTO";
        for (var i = 0; i < 50_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => Letters[random.Next(Letters.Length)]));
            try
            {
                QueryParser.Parse(text, FleetFields.Things).Fits(Lamp);
            }
            catch (ApiException refusal)
            {
                refusal.Type.ShouldBe("InvalidQueryException", text);
            }
        }
    }

    private sealed class Sample(Dictionary<string, FieldValue[]> fields) : IFleetDocument
    {
        public IEnumerable<FieldValue> ValuesOf(string field) => fields.GetValueOrDefault(field) ?? [];

        public IEnumerable<FieldValue> All() => fields.Values.SelectMany(static values => values);
    }
}
