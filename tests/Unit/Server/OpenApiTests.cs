using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Fairlead.Features.Api;
using Fairlead.Features.Description;
using Fairlead.Server.Http;
using Fairlead.Unit.Architecture;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

/// <summary>The description of the hub's own API: what the source serves, what the page says, and a document that holds together.</summary>
public sealed partial class OpenApiTests
{
    private static readonly (string Name, string Method, string Path)[] Served =
    [
        .. SourceTree.Files("src").SelectMany(static file => HubOperation().Matches(file.Text))
            .Select(static match => (match.Groups["name"].Value, match.Groups["method"].Value, match.Groups["path"].Value)),
    ];

    [Fact]
    public void Every_operation_is_described_and_nothing_else_is()
    {
        Served.Length.ShouldBeGreaterThan(45, "the expression finds them");
        HubOperations.All.Select(static one => one.Name).ShouldBe(Served.Select(static one => one.Name), ignoreOrder: true);
    }

    [Fact]
    public void The_page_has_each_operation_with_the_same_words()
    {
        string page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "http-api.md"));
        var onPage = PageLine().Matches(page).Select(static match => $"{match.Groups["method"].Value} {match.Groups["path"].Value}: {Link().Replace(match.Groups["what"].Value, "")}");
        var served = Served.ToDictionary(static one => one.Name, static one => $"{one.Method} {one.Path}", StringComparer.Ordinal);
        var described = HubOperations.All.Select(one => $"{served[one.Name]}: {one.Summary}")
            .Concat(OutsideOperations.All.Select(static one => $"{one.Outside!.Value.Method} {one.Outside.Value.Path}: {one.Summary}"));
        onPage.ShouldBe(described, ignoreOrder: true);
    }

    [Fact]
    public void The_document_holds_together()
    {
        var document = Document();
        document["openapi"]!.GetValue<string>().ShouldStartWith("3.1");
        var names = new List<string>();
        foreach (var (path, item) in (JsonObject)document["paths"]!)
        {
            foreach (var (method, node) in (JsonObject)item!)
            {
                var operation = (JsonObject)node!;
                names.Add(operation["operationId"]!.GetValue<string>());
                operation["summary"]!.GetValue<string>().ShouldNotBeEmpty($"{method} {path}");
                ((JsonObject)operation["responses"]!).Any(static answer => answer.Key.StartsWith('2')).ShouldBeTrue($"{method} {path}");
                var labels = Label().Matches(path).Select(static match => match.Groups["name"].Value);
                var parameters = operation["parameters"] as JsonArray ?? [];
                parameters.Where(static one => one!["in"]!.GetValue<string>() == "path").Select(static one => one!["name"]!.GetValue<string>()).ShouldBe(labels, $"{method} {path}");
            }
        }

        names.ShouldBeUnique();
        names.Count.ShouldBe(Served.Length + OutsideOperations.All.Count);
        foreach (string reference in References(document))
            Find(document, reference).ShouldNotBeNull(reference);
    }

    [Fact]
    public void Schemas_say_what_is_sent_and_roles_who_may()
    {
        var document = Document();
        var list = Find(document, "#/components/schemas/TopicList")!;
        list["required"]!.AsArray().Select(static one => one!.GetValue<string>()).ShouldContain("watch");
        list["required"]!.AsArray().Select(static one => one!.GetValue<string>()).ShouldNotContain("next");
        Find(document, "#/components/schemas/Message/properties/payload/contentEncoding")!.GetValue<string>().ShouldBe("base64");
        Find(document, "#/components/schemas/PublishInput")!["required"].ShouldBeNull("the hub says what is missing");
        Role("/v1/topics", "get").ShouldBe("viewer");
        Role("/v1/console/traces", "post").ShouldBe("operator");
        Role("/v1/keys", "post").ShouldBe("admin");
        Role("/v1/backup", "get").ShouldBe("admin");
        document["paths"]!["/healthz/ready"]!["get"]!["security"]!.AsArray().ShouldBeEmpty();

        string Role(string path, string method) => document["paths"]![path]![method]!["x-fairlead-role"]!.GetValue<string>();
    }

    private static JsonObject Document()
    {
        var document = new OpenApiDocument("1.2.3");
        foreach (var outside in OutsideOperations.All) document.Add(outside);
        foreach (var (name, method, path) in Served) document.Add(ApiOperation.Hub(name, method, path, static _ => default), HubOperations.All.Single(one => one.Name == name));
        return (JsonObject)JsonNode.Parse(document.ToJson().ToJsonString())!;
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject item => item.SelectMany(static member => member.Key == "$ref" ? [member.Value!.GetValue<string>()] : References(member.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };

    private static JsonNode? Find(JsonNode document, string reference)
    {
        JsonNode? at = document;
        foreach (string step in reference[2..].Split('/').Select(static step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
            at = at is JsonArray list ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : at?[step];
        return at;
    }

    [GeneratedRegex(@"ApiOperation\.Hub\(\s*""(?<name>\w+)"",\s*""(?<method>[A-Z]+)"",\s*""(?<path>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HubOperation();

    [GeneratedRegex(@"^\| (?<method>[A-Z]+) \| `(?<path>/[^`]*)` \| (?<what>.*) \|$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex PageLine();

    [GeneratedRegex(@", see \[[^\]]*\]\([^)]*\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"\{(?<name>\w+)\+?\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();
}
