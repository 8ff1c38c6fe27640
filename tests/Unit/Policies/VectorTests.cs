using Fairlead.Broker.Security;
using Fairlead.Features.Registry;
using Shouldly;
using Xunit;
using static Fairlead.Unit.Policies.PolicyFixture;

namespace Fairlead.Unit.Policies;

/// <summary>The vectors of spec/aws-registry-and-policies, section 22, and the table of section 17, through the broker's authorizer.</summary>
public sealed class VectorTests
{
    private const string Allowed = "ALLOWED";
    private const string Implicit = "IMPLICIT_DENY";
    private const string Explicit = "EXPLICIT_DENY";

    private readonly PolicyFixture _hub = new();

    public VectorTests() => _hub.AddCertificate();

    [Fact]
    public void Registry_32_vector_1_without_a_policy_nothing_is_allowed()
    {
        Judge("x", AccessAction.Connect, "x").ShouldBe(Implicit);
        _hub.Ask(Connect("x"), AccessAction.Connect, "x").Detail.ShouldBe("no policy is attached");
    }

    [Theory]
    [InlineData("2", "Connect", "client/dev1", "Connect", "dev1", Allowed)]
    [InlineData("2", "Connect", "client/dev1", "Connect", "dev2", Implicit)]
    [InlineData("4", "Subscribe", "topicfilter/some/+/topic", "Subscribe", "some/+/topic", Allowed)]
    [InlineData("4", "Subscribe", "topicfilter/some/+/topic", "Subscribe", "some/a/topic", Implicit)]
    [InlineData("5", "Subscribe", "topicfilter/some/*/topic", "Subscribe", "some/+/topic", Allowed)]
    [InlineData("5", "Subscribe", "topicfilter/some/*/topic", "Subscribe", "some/a/topic", Allowed)]
    [InlineData("5", "Subscribe", "topicfilter/some/*/topic", "Subscribe", "some/a/b/topic", Allowed)]
    [InlineData("5", "Subscribe", "topicfilter/some/*/topic", "Subscribe", "some/#", Implicit)]
    [InlineData("6", "Subscribe", "topicfilter/a/*", "Subscribe", "a/#", Allowed)]
    [InlineData("6", "Subscribe", "topicfilter/a/*", "Subscribe", "a", Implicit)]
    [InlineData("7", "Subscribe", "topicfilter/a/#", "Subscribe", "a/#", Allowed)]
    [InlineData("7", "Subscribe", "topicfilter/a/#", "Subscribe", "a/b", Implicit)]
    [InlineData("8", "Publish", "topic/dev?", "Publish", "dev1", Allowed)]
    [InlineData("8", "Publish", "topic/dev?", "Publish", "dev/", Allowed)]
    [InlineData("8", "Publish", "topic/dev?", "Publish", "dev", Implicit)]
    [InlineData("8", "Publish", "topic/dev?", "Publish", "dev12", Implicit)]
    [InlineData("9", "Subscribe", "topic/x", "Subscribe", "x", Implicit)]
    [InlineData("10", "pub*", "topic/a", "Publish", "a", Allowed)]
    [InlineData("10", "pub*", "topic/a", "Publish", "A", Implicit)]
    [InlineData("21", "Publish", "topic/a", "RetainPublish", "a", Implicit)]
    [InlineData("23", "Subscribe", "topicfilter/*", "Subscribe", "x", Allowed)]
    [InlineData("23", "Subscribe", "topicfilter/*", "Receive", "x", Implicit)]
    public void Registry_32_vector(string vector, string action, string pattern, string asked, string resource, string expected)
    {
        _hub.AddPolicy("p", Document("Allow", action, pattern).Replace("iot:pub", "IOT:pub", StringComparison.Ordinal));
        Judge("x", Enum.Parse<AccessAction>(asked), resource).ShouldBe(expected, $"vector {vector}");
    }

    [Fact]
    public void Registry_32_vector_3_an_explicit_deny_wins()
    {
        _hub.AddPolicy("p", DocumentOf(Statement("Allow", "*", "*"), Statement("Deny", "Publish", "topic/secret/*")));
        Judge("x", AccessAction.Publish, "secret/a").ShouldBe(Explicit);
        Judge("x", AccessAction.Publish, "secret").ShouldBe(Allowed);
        _hub.Ask(Connect("x"), AccessAction.Publish, "secret/a").ShouldBe(new Decision(false, "p", "statement 2"));
    }

    [Fact]
    public void Registry_33_deny_overrides_allow_across_policies_and_attachment_points()
    {
        _hub.AddThing("T");
        _hub.Change(static records =>
        {
            records.ThingGroups.Save("G", new ThingGroup("G", "g", 1, 0, null));
            records.GroupMemberships.Save("G", "T", new GroupMembership(0));
        });
        _hub.AddPolicy("allow", Document("Allow", "*", "*"));
        Judge("T", AccessAction.Publish, "secret/a").ShouldBe(Allowed);
        _hub.AddPolicy("deny", Document("Deny", "Publish", "topic/secret/*"), _hub.Hub.Arn("thinggroup", "G"));
        Judge("T", AccessAction.Publish, "secret/a").ShouldBe(Explicit);
        Judge("U", AccessAction.Publish, "secret/a").ShouldBe(Allowed, "a client that stands for no thing is in no group");
    }

    [Theory]
    [InlineData(false, "T", Allowed)]
    [InlineData(false, "U", Implicit)]
    [InlineData(true, "T", Allowed)]
    [InlineData(true, "U", Implicit)]
    public void Registry_32_vectors_11_and_12_the_client_must_be_called_as_its_thing(bool exclusive, string client, string expected)
    {
        _hub.AddThing("T", exclusive);
        _hub.AddPolicy("p", Document("Allow", "Connect", "client/${iot:Connection.Thing.ThingName}"));
        Judge(client, AccessAction.Connect, client).ShouldBe(expected);
    }

    [Fact]
    public void Registry_32_vector_13_an_exclusive_thing_is_attached_whatever_its_client_is_called()
    {
        _hub.AddPolicy("p", Document("Allow", "Connect", "client/*", """{"Bool":{"iot:Connection.Thing.IsAttached":["true"]}}"""));
        Judge("U", AccessAction.Connect, "U").ShouldBe(Implicit);
        _hub.AddThing("T", exclusive: true);
        Judge("U", AccessAction.Connect, "U").ShouldBe(Allowed);
    }

    [Fact]
    public void Registry_32_vector_14_a_deny_whose_variable_has_no_value_does_not_deny()
    {
        _hub.AddPolicy("p", DocumentOf(Statement("Allow", "*", "*"), Statement("Deny", "Publish", "topic/${iot:Connection.Thing.ThingName}/bar")));
        Judge("x", AccessAction.Publish, "x/bar").ShouldBe(Allowed);
    }

    [Fact]
    public void Registry_32_vector_15_a_client_identifier_is_never_a_wildcard_of_policies()
    {
        _hub.AddPolicy("p", Document("Allow", "Subscribe", "topicfilter/my/${iot:ClientId}/topic"));
        Judge("*", AccessAction.Subscribe, "my/other/topic").ShouldBe(Implicit);
        Judge("*", AccessAction.Subscribe, "my/*/topic").ShouldBe(Allowed);
        Judge("+", AccessAction.Subscribe, "my/+/topic").ShouldBe(Allowed);
    }

    [Fact]
    public void Registry_32_vector_18_the_topic_of_the_will_is_an_arn()
    {
        _hub.AddPolicy("p", Document("Allow", "Connect", "*", $$$"""{"ArnEquals":{"iot:LastWillTopic":"{{{Scope}}}topic/my/will"}}"""));
        _hub.Judge(Connect("x", will: "my/will"), AccessAction.Connect, "x").ShouldBe(Allowed);
        _hub.Judge(Connect("x", will: "my/other"), AccessAction.Connect, "x").ShouldBe(Implicit);
        Judge("x", AccessAction.Connect, "x").ShouldBe(Implicit);
    }

    [Theory]
    [InlineData("10.1.2.3", Allowed)]
    [InlineData("::ffff:10.1.2.3", Allowed)]
    [InlineData("11.1.2.3", Implicit)]
    [InlineData("2001:db8::1", Implicit)]
    public void Registry_32_vector_19_addresses(string address, string expected)
    {
        _hub.AddPolicy("p", Document("Allow", "Connect", "*", """{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"""));
        _hub.Judge(Connect("x", address: address), AccessAction.Connect, "x").ShouldBe(expected);
    }

    [Fact]
    public void Registry_32_vector_24_only_the_default_version_counts()
    {
        _hub.AddPolicy("p", Document("Allow", "Connect", "*"));
        Judge("x", AccessAction.Connect, "x").ShouldBe(Allowed);
        _hub.Change(_ => _hub.Policies.CreateVersion("p", Document("Deny", "Connect", "*"), asDefault: true));
        Judge("x", AccessAction.Connect, "x").ShouldBe(Explicit);
    }

    [Theory]
    [InlineData(null, "1111")]
    [InlineData("""{"ForAllValues:StringEquals":{"iot:ConnectAttributes":["PersistentConnect"]}}""", "1100")]
    [InlineData("""{"ForAllValues:StringNotEquals":{"iot:ConnectAttributes":["PersistentConnect"]}}""", "1010")]
    [InlineData("""{"ForAnyValue:StringEquals":{"iot:ConnectAttributes":["PersistentConnect"]}}""", "0101")]
    [InlineData("""{"ForAllValues:StringEquals":{"iot:ConnectAttributes":["PersistentConnect","LastWill"]}}""", "1111")]
    [InlineData("""{"ForAllValues:StringEquals":{"iot:ConnectAttributes":[]}}""", "1000")]
    public void Registry_32_connect_attributes(string? condition, string expected)
    {
        _hub.AddPolicy("p", Document("Allow", "Connect", "*", condition));
        var answers = new[] { Connect("x"), Connect("x", persistent: true), Connect("x", will: "w"), Connect("x", persistent: true, will: "w") }
            .Select(subject => _hub.Ask(subject, AccessAction.Connect, "x").Allowed ? '1' : '0');
        new string([.. answers]).ShouldBe(expected);
    }

    private string Judge(string client, AccessAction action, string resource) => _hub.Judge(Connect(client), action, resource);
}
