using System.Text;
using Fairlead.Broker.Security;
using Fairlead.Features.AccessKeys;
using Fairlead.Features.Certificates;
using Fairlead.Features.Policies;
using Fairlead.Features.Policies.Deciding;
using Fairlead.Features.Registry;
using Shouldly;
using Xunit;
using static Fairlead.Unit.Policies.PolicyFixture;

namespace Fairlead.Unit.Policies;

/// <summary>When the authorizer looks again, what it remembers, and what that costs.</summary>
public sealed class AuthorizerTests
{
    private readonly PolicyFixture _hub = new();

    public AuthorizerTests() => _hub.AddCertificate();

    [Fact]
    public void A_topic_seen_before_is_decided_without_allocating()
    {
        _hub.AddThing("T");
        _hub.AddPolicy("p", Document("Allow", "Publish", "topic/${iot:Connection.Thing.ThingName}/*"));
        var subject = Connect("T");
        var (allowed, denied) = (Encoding.UTF8.GetBytes("T/temperature"), Encoding.UTF8.GetBytes("U/temperature"));
        Ask(subject, allowed, 100).ShouldBe(100);
        Ask(subject, denied, 100).ShouldBe(0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = Ask(subject, allowed, 10_000) + Ask(subject, denied, 10_000);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        count.ShouldBe(10_000);
        bytes.ShouldBe(0);
    }

    [Fact]
    public void A_change_that_concerns_others_costs_no_cache_and_allocates_nothing()
    {
        _hub.AddThing("T");
        _hub.AddPolicy("p", Document("Allow", "Publish", "topic/T/*"));
        var subject = Connect("T");
        var topic = Encoding.UTF8.GetBytes("T/a");
        Ask(subject, topic, 2);
        var memory = subject.Memory;
        for (var i = 0; i < 100; i++)
        {
            _hub.Change(records => records.Things.Save($"imported{i}", new Thing($"imported{i}", "", 1, 0)));
            if (i < 99) Ask(subject, topic, 1).ShouldBe(1);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var allowed = Ask(subject, topic, 1);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        allowed.ShouldBe(1);
        bytes.ShouldBe(0);
        subject.Memory.ShouldBeSameAs(memory);
        ((AccessState)memory!).Decisions.Count.ShouldBe(1);
        _hub.AddPolicy("q", Document("Deny", "Publish", "topic/T/*"));
        Ask(subject, topic, 1).ShouldBe(0);
        subject.Memory.ShouldNotBeSameAs(memory);
    }

    [Fact]
    public void Remembered_decisions_are_bounded()
    {
        _hub.AddPolicy("p", Document("Allow", "Publish", "topic/*"));
        var subject = Connect("T");
        for (var i = 0; i < 10_000; i++) _hub.Ask(subject, AccessAction.Publish, $"topic{i}").Allowed.ShouldBeTrue();
        var decisions = ((AccessState)subject.Memory!).Decisions;
        decisions.Count.ShouldBeLessThanOrEqualTo(DecisionCache.Most);
        decisions.Count.ShouldBeGreaterThan(DecisionCache.Most / 2);
    }

    [Fact]
    public void Registry_38_every_kind_of_change_is_in_force_for_the_next_check()
    {
        var subject = Connect("T");
        Expect(subject, false);
        _hub.AddPolicy("p", Document("Allow", "Publish", "topic/a"));
        Expect(subject, true);
        _hub.Change(_ => _hub.Policies.CreateVersion("p", Document("Deny", "Publish", "topic/a"), asDefault: true));
        Expect(subject, false);
        _hub.Change(_ => _hub.Policies.SetDefaultVersion("p", "1"));
        Expect(subject, true);
        _hub.Change(_ => _hub.Policies.Detach("p", _hub.CertificateArn));
        Expect(subject, false);
        _hub.AddThing("T");
        _hub.Change(static records =>
        {
            records.ThingGroups.Save("root", new ThingGroup("root", "r", 1, 0, null));
            records.ThingGroups.Save("leaf", new ThingGroup("leaf", "l", 1, 0, "root"));
        });
        _hub.Change(_ => _hub.Policies.Attach("p", _hub.Hub.Arn("thinggroup", "root")));
        Expect(subject, false);
        _hub.Change(static records => records.GroupMemberships.Save("leaf", "T", new GroupMembership(0)));
        Expect(subject, true);
        _hub.Change(records => records.ThingPrincipals.Remove("T", _hub.CertificateArn));
        Expect(subject, false);
        _hub.Change(records => records.ThingPrincipals.Save("T", _hub.CertificateArn, new ThingPrincipal(false, 0)));
        Expect(subject, true);
        _hub.Change(records => records.Certificates.Save(PolicyFixture.CertificateId, records.Certificates.Find(PolicyFixture.CertificateId)! with { Status = CertificateStatus.Inactive }));
        Expect(subject, false);
        _hub.Change(static records => records.Certificates.Remove(PolicyFixture.CertificateId));
        Expect(subject, false);
    }

    [Fact]
    public void Registry_40_a_changed_thing_attribute_or_type_is_seen_by_the_next_check()
    {
        _hub.AddThing("T", attributes: ("room", "a"));
        _hub.AddPolicy("p", DocumentOf(
            Statement("Allow", "Publish", "topic/${iot:Connection.Thing.Attributes[room]}"), Statement("Allow", "Publish", "topic/type/${iot:Connection.Thing.ThingTypeName}")));
        var subject = Connect("T");
        Expect(subject, true);
        Expect(subject, false, "type/lamp");
        _hub.AddThing("T", type: "lamp", attributes: ("room", "b"));
        Expect(subject, false);
        Expect(subject, true, "b");
        Expect(subject, true, "type/lamp");
    }

    [Fact]
    public void Registry_29_a_policy_of_a_parent_group_counts_only_with_an_associated_thing()
    {
        _hub.AddThing("T");
        _hub.Change(static records =>
        {
            records.ThingGroups.Save("root", new ThingGroup("root", "r", 1, 0, null));
            records.ThingGroups.Save("middle", new ThingGroup("middle", "m", 1, 0, "root"));
            records.ThingGroups.Save("leaf", new ThingGroup("leaf", "l", 1, 0, "middle"));
            records.GroupMemberships.Save("leaf", "T", new GroupMembership(0));
        });
        _hub.AddPolicy("p", Document("Allow", "Publish", "topic/a"), _hub.Hub.Arn("thinggroup", "root"));
        Expect(Connect("T"), true);
        Expect(Connect("another"), false);
    }

    [Fact]
    public void A_decision_that_reads_the_clock_is_not_remembered()
    {
        _hub.AddPolicy("p", Document("Allow", "Publish", "topic/a", """{"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:01:00Z"}}"""));
        var subject = Connect("T");
        Expect(subject, true);
        _hub.Time.Advance(TimeSpan.FromMinutes(2));
        Expect(subject, false);
    }

    [Fact]
    public void A_key_is_judged_by_its_document_and_loses_its_rights_when_it_is_disabled_replaced_or_over()
    {
        var key = new AccessKey("AKIATEST", "secret", true, 0);
        _hub.Change(records => records.AccessKeys.Save(key.Id, key));
        var subject = Connect("T", principal: new AccessKeyPrincipal(key));
        _hub.Authorizer.Governs(subject).ShouldBeTrue();
        Expect(subject, true);
        _hub.Change(records => records.AccessKeys.Save(key.Id, key with { PolicyDocument = Document("Allow", "Publish", "topic/b") }));
        Expect(subject, false);
        Expect(subject, true, "b");
        _hub.Change(records => records.AccessKeys.Save(key.Id, key with { ExpiresAt = _hub.Context.Now + 1000 }));
        Expect(subject, true);
        _hub.Time.Advance(TimeSpan.FromSeconds(2));
        Expect(subject, false);
        _hub.Change(records => records.AccessKeys.Save(key.Id, key with { IsEnabled = false }));
        Expect(subject, false);
        _hub.Change(records => records.AccessKeys.Save(key.Id, key with { Secret = "another" }));
        Expect(subject, false);
    }

    [Fact]
    public void Documents_that_came_with_the_client_decide_and_users_have_none()
    {
        var subject = Connect("T", principal: Bringing(Document("Allow", "Publish", "topic/a"), Document("Deny", "Publish", "topic/b")));
        Expect(subject, true);
        Expect(subject, false, "b");
        Expect(subject, false, "c");
        var user = Connect("T", principal: new Principal("user", "ada"));
        _hub.Authorizer.Governs(user).ShouldBeFalse();
        Expect(user, true, "anything");
    }

    [Theory]
    [InlineData("topicfilter/$share/g/a", "ALLOWED")]
    [InlineData("topicfilter/a", "ALLOWED")]
    [InlineData("topicfilter/g/a", "IMPLICIT_DENY")]
    public void A_shared_filter_is_allowed_in_full_or_by_its_inner_filter_and_a_deny_of_either_wins(string allowed, string expected)
    {
        _hub.AddPolicy("p", Document("Allow", "Subscribe", allowed));
        _hub.Judge(Connect("T"), AccessAction.Subscribe, "$share/g/a").ShouldBe(expected);
        _hub.AddPolicy("q", Document("Deny", "Subscribe", allowed == "topicfilter/a" ? "topicfilter/$share/*" : "topicfilter/a"));
        _hub.Judge(Connect("T"), AccessAction.Subscribe, "$share/g/a").ShouldBe("EXPLICIT_DENY");
    }

    [Fact]
    public void A_denial_names_the_condition_the_variable_or_what_is_allowed_instead()
    {
        _hub.AddPolicy("lamp1-default", DocumentOf(
            Statement("Allow", "Publish", "topic/lamp1/*"), Statement("Allow", "Connect", "client/${iot:Connection.Thing.ThingName}"),
            Statement("Allow", "Subscribe", "topicfilter/*", """{"StringEquals":{"iot:Connection.Thing.ThingTypeName":"lamp"}}""")));
        var subject = Connect("lamp2");
        _hub.Ask(subject, AccessAction.Publish, "lamp2/temp").Detail.ShouldBe("policy lamp1-default allows topic/lamp1/*");
        _hub.Ask(subject, AccessAction.Connect, "lamp2").Detail!.ShouldContain("iot:Connection.Thing.ThingName has no value");
        _hub.Ask(subject, AccessAction.Subscribe, "x").Detail!.ShouldContain("StringEquals iot:Connection.Thing.ThingTypeName [lamp] does not hold: iot:Connection.Thing.ThingTypeName has no value");
        _hub.Ask(subject, AccessAction.Receive, "x").Detail.ShouldBe("no statement of lamp1-default allows iot:Receive");
    }

    private void Expect(AccessSubject subject, bool allowed, string topic = "a") => _hub.Ask(subject, AccessAction.Publish, topic).Allowed.ShouldBe(allowed);

    private int Ask(AccessSubject subject, byte[] topic, int times)
    {
        var allowed = 0;
        for (var i = 0; i < times; i++)
        {
            if (_hub.Authorizer.Authorize(new AccessRequest(subject, AccessAction.Publish, topic)).Allowed) allowed++;
        }

        return allowed;
    }
}
