using Fairlead.Features.Api;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Features;

/// <summary>From a raw request target to an operation.</summary>
public sealed class RouteTests
{
    private static readonly ApiRoutes Routes = new(
    [
        Operation("CreateThing", "POST", "/things/{thingName}"),
        Operation("ListThings", "GET", "/things"),
        Operation("AddThingToThingGroup", "PUT", "/thing-groups/addThingToThingGroup"),
        Operation("DescribeThingGroup", "GET", "/thing-groups/{thingGroupName}"),
        Operation("ListThingsInThingGroup", "GET", "/thing-groups/{thingGroupName}/things"),
        Operation("Publish", "POST", "/topics/{topic+}"),
        Operation("GetConnection", "GET", "/connections/{clientId}"),
        Operation("ListSubscriptions", "GET", "/connections/{clientId}/subscriptions"),
    ]);

    [Theory]
    [InlineData("/things/lamp1", "CreateThing", "lamp1")]
    [InlineData("/things", "ListThings", "")]
    [InlineData("/things?maxResults=2", "ListThings", "")]
    [InlineData("/thing-groups/addThingToThingGroup", "AddThingToThingGroup", "")]
    [InlineData("/thing-groups/g", "DescribeThingGroup", "g")]
    [InlineData("/thing-groups/addThingToThingGroup/things", "ListThingsInThingGroup", "addThingToThingGroup")]
    [InlineData("/topics/a%2Fb", "Publish", "a/b")]
    [InlineData("/topics/a/b", "Publish", "a/b")]
    [InlineData("/topics//a//b", "Publish", "/a//b")]
    [InlineData("/topics/%2Fa", "Publish", "/a")]
    [InlineData("/topics/a%252Fb", "Publish", "a%2Fb")]
    [InlineData("/connections/a%2Fsubscriptions", "GetConnection", "a/subscriptions")]
    [InlineData("/connections/a/subscriptions", "ListSubscriptions", "a")]
    [InlineData("https://hub.example:8443/things/%C3%BC", "CreateThing", "ü")]
    [InlineData("/things/%2e%2e", "CreateThing", "..")]
    public void A_target_finds_its_operation_and_labels_are_decoded_once(string target, string operation, string label)
    {
        RawTarget.TryParse(target, out var parsed).ShouldBeTrue();
        var found = Routes.Find(parsed.Segments, out var labels);
        found.ShouldNotBeNull();
        found[0].Name.ShouldBe(operation);
        RawTarget.TryDecode(labels.Count > 0 ? labels[0] : "", out var decoded).ShouldBeTrue();
        decoded.ShouldBe(label);
    }

    /// <summary>A name may read like the literal of another operation.</summary>
    [Theory]
    [InlineData("GET", "/thing-groups/addThingToThingGroup", "DescribeThingGroup")]
    [InlineData("PUT", "/thing-groups/addThingToThingGroup", "AddThingToThingGroup")]
    [InlineData("PUT", "/thing-groups/g", "DescribeThingGroup")]
    [InlineData("DELETE", "/things", "ListThings")]
    public void The_method_decides_between_a_literal_and_a_label(string method, string target, string operation)
    {
        RawTarget.TryParse(target, out var parsed).ShouldBeTrue();
        Routes.Find(parsed.Segments, method, out _)!.ShouldContain(found => found.Name == operation);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/thing")]
    [InlineData("/things/a/b")]
    [InlineData("/things/")]
    [InlineData("/topics")]
    [InlineData("/connections/a/b/subscriptions")]
    [InlineData("/things/../topics")]
    public void Other_paths_find_nothing(string target)
    {
        RawTarget.TryParse(target, out var parsed).ShouldBeTrue();
        Routes.Find(parsed.Segments, out _).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("things")]
    [InlineData("*")]
    [InlineData("/things?a=%")]
    [InlineData("/things?a=%ff")]
    [InlineData("/things?%zz=1")]
    public void A_malformed_target_is_no_target(string target) => RawTarget.TryParse(target, out _).ShouldBeFalse();

    [Theory]
    [InlineData("%")]
    [InlineData("a%2")]
    [InlineData("%xy")]
    [InlineData("%C3")]
    [InlineData("%ED%A0%80")]
    [InlineData("%C0%AF")]
    public void What_is_no_utf8_is_not_decoded(string label) => RawTarget.TryDecode(label, out _).ShouldBeFalse();

    [Fact]
    public void Page_tokens_lead_to_the_next_page_and_nothing_else_does()
    {
        var names = Enumerable.Range(0, 7).Select(static i => $"n{i}").ToList();
        var first = new Paging(null, 3).Take(names, static name => name, out var next);
        first.ShouldBe(["n0", "n1", "n2"]);
        Paging.Decode(next, "nextToken").ShouldBe("n2");
        new Paging("n3", 3).Take(names[4..], static name => name, out var last).ShouldBe(["n4", "n5", "n6"]);
        last.ShouldBeNull();
        Paging.Decode("", "nextToken").ShouldBeNull();
        Should.Throw<ApiException>(() => Paging.Decode("not a token", "nextToken")).Type.ShouldBe("InvalidRequestException");
        Should.Throw<ApiException>(() => Paging.Decode("/w==", "nextToken")).Status.ShouldBe(400);
    }

    private static ApiOperation Operation(string name, string method, string path) =>
        ApiOperation.Control(name, method, path, static _ => new(ApiResponse.Done));
}
