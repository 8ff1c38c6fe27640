using Fairlead.Features.Registry;
using Fairlead.Features.Tags;
using Shouldly;
using Xunit;
using static Fairlead.Unit.Registry.RegistryRecords;

namespace Fairlead.Unit.Registry;

/// <summary>Rules of the registry's services that others call.</summary>
public sealed class RegistryRulesTests
{
    private readonly RegistryRecords _hub = new();

    [Fact]
    public void A_thing_that_is_created_again_alike_is_the_same_even_when_its_type_is_deprecated_by_now()
    {
        _hub.Registry.Types.Create("lamp", null);
        var thing = _hub.Thing("t", "lamp", ("a", "1"), ("none", ""));
        thing.Version.ShouldBe(1);
        thing.Attributes.Keys.ShouldBe(["a"]);
        _hub.Registry.Types.Deprecate("lamp", undo: false);
        _hub.Thing("t", "lamp", ("a", "1")).ShouldBeSameAs(thing);
        var refusal = Refused(() => _hub.Thing("t", "lamp", ("a", "2")), 409);
        refusal.ResourceId.ShouldBe(thing.ThingId);
        refusal.ResourceArn.ShouldBe("arn:aws:iot:us-east-1:123456789012:thing/t");
        Refused(() => _hub.Thing("u", "lamp"), 400);
        Refused(() => _hub.Thing("u", "none"), 404);
        Refused(() => _hub.Thing("u w"), 400);
    }

    [Fact]
    public void Updates_that_change_nothing_keep_the_record()
    {
        var thing = _hub.Thing("t", null, ("a", "1"));
        _hub.Registry.Things.Update("t", new ThingChange()).ShouldBeSameAs(thing);
        _hub.Registry.Things.Update("t", new ThingChange(Attributes: thing.Attributes, IsMerged: true)).ShouldBeSameAs(thing);
        _hub.Registry.Things.Update("t", new ThingChange(RemoveType: true)).ShouldBeSameAs(thing);
        Refused(() => _hub.Registry.Things.Update("t", new ThingChange(ExpectedVersion: 0)), 409);
    }

    [Fact]
    public void A_refused_change_writes_nothing()
    {
        _hub.Group("g");
        _hub.Group("h");
        var before = _hub.Thing("t", null, ("a", "1"));
        var changes = 0;
        _hub.Records.Things.Changed += (_, _, _) => changes++;
        _hub.Records.GroupMemberships.Changed += (_, _, _, _) => changes++;
        Refused(() => _hub.Registry.Things.Update("t", new ThingChange("none", Attributes: new Dictionary<string, string> { ["b"] = "2" })), 404);
        Refused(() => _hub.Registry.Memberships.Update("t", ["g", "none"], []), 404);
        Refused(() => _hub.Registry.Memberships.Update("t", ["g"], ["g"]), 400);
        _hub.Records.Things.Find("t").ShouldBeSameAs(before);
        changes.ShouldBe(0);
    }

    [Fact]
    public void A_thing_type_may_have_to_wait_for_its_deletion()
    {
        _hub.Scope.ThingTypeDeletionDelay = TimeSpan.FromMinutes(5);
        _hub.Registry.Types.Create("lamp", null);
        Refused(() => _hub.Registry.Types.Delete("lamp"), 400);
        _hub.Registry.Types.Deprecate("lamp", undo: false);
        Refused(() => _hub.Registry.Types.Delete("lamp"), 400);
        _hub.Time.Advance(TimeSpan.FromMinutes(5));
        _hub.Registry.Types.Delete("lamp");
        Refused(() => _hub.Registry.Types.Get("lamp"), 404);
    }

    [Fact]
    public void Deprecating_twice_keeps_the_first_date()
    {
        _hub.Registry.Types.Create("lamp", null);
        var since = _hub.Registry.Types.Deprecate("lamp", undo: false).DeprecatedAt;
        _hub.Time.Advance(TimeSpan.FromSeconds(1));
        _hub.Registry.Types.Deprecate("lamp", undo: false).DeprecatedAt.ShouldBe(since);
    }

    [Fact]
    public void A_deleted_group_leaves_no_members_policies_or_tags_to_a_later_one()
    {
        _hub.Group("g");
        _hub.Thing("t");
        _hub.Registry.Memberships.Add("g", "t");
        var arn = _hub.Registry.Groups.ArnOf("g");
        _hub.Records.PolicyAttachments.Save("p", arn, new(0));
        _hub.Tags.Create(arn, [new TagDocument("k", "v")]);
        _hub.Registry.Groups.Delete("g");
        _hub.Group("g");
        _hub.Records.GroupMemberships.RightsOf("g").ShouldBeEmpty();
        _hub.Registry.Index.ThingsByGroup.Count("g").ShouldBe(0);
        _hub.Records.PolicyAttachments.LeftsOf(arn).ShouldBeEmpty();
        _hub.Tags.Find(arn).ShouldBeEmpty();
    }

    [Fact]
    public void A_move_within_a_hierarchy_needs_one_change()
    {
        _hub.Group("root");
        foreach (var child in new[] { "a", "b" }) _hub.Group(child, "root");
        _hub.Thing("t");
        _hub.Registry.Memberships.Add("a", "t");
        Refused(() => _hub.Registry.Memberships.Add("b", "t"), 400);
        Refused(() => _hub.Registry.Memberships.Add("root", "t"), 400);
        _hub.Registry.Memberships.Update("t", ["b"], ["a"]);
        _hub.Records.GroupMemberships.LeftsOf("t").Keys.ShouldBe(["b"]);
        Refused(() => _hub.Registry.Memberships.Update("t", ["a"], []), 400);
    }

    [Fact]
    public void A_full_thing_can_swap_groups()
    {
        _hub.Thing("t");
        for (var i = 0; i <= MembershipService.MostGroups; i++) _hub.Group($"g{i}");
        for (var i = 0; i < MembershipService.MostGroups; i++) _hub.Registry.Memberships.Add($"g{i}", "t");
        Refused(() => _hub.Registry.Memberships.Add("g10", "t"), 400);
        Refused(() => _hub.Registry.Memberships.Update("t", ["g10"], []), 400);
        _hub.Registry.Memberships.Update("t", ["g10", "g10", "g1"], ["g0", "g0"]);
        _hub.Records.GroupMemberships.LeftsOf("t").Count.ShouldBe(MembershipService.MostGroups);
    }

    [Fact]
    public void Things_leave_a_billing_group_that_is_deleted()
    {
        _hub.Registry.BillingGroups.Create("north", null);
        _hub.Registry.Things.Create(new NewThing("t", BillingGroupName: "north"));
        _hub.Registry.BillingGroups.Delete("north", null);
        _hub.Records.Things.Find("t")!.BillingGroupName.ShouldBeNull();
        _hub.Records.Things.Find("t")!.Version.ShouldBe(1);
    }

    [Fact]
    public void Certificates_of_other_accounts_are_ours_in_lenient_mode_alone()
    {
        _hub.Thing("t");
        var ours = _hub.Certificate('a');
        var theirs = ours.Replace("aws:iot:us-east-1:123456789012", "aws-cn:iot:cn-north-1:210987654321", StringComparison.Ordinal);
        Refused(() => _hub.Registry.Principals.Attach("t", theirs), 404);
        _hub.Scope.IgnoreArnScope = true;
        _hub.Registry.Principals.Attach("t", theirs);
        _hub.Records.ThingPrincipals.RightsOf("t").Keys.ShouldBe([ours]);
        _hub.Registry.Principals.Detach("t", ours);
    }

    [Theory]
    [InlineData("us-east-1:0b1e9f64-3c1f-4f0e-9c8f-9d7a4f1c2e3b", true)]
    [InlineData("arn:aws:iam::123456789012:user/alice", true)]
    [InlineData("arn:aws:iot:us-east-1:123456789012:thing/t", false)]
    [InlineData("alice", false)]
    [InlineData("arn:aws:iam::123456789012:user/al ice", false)]
    [InlineData("arn:aws:iam::123456789012:user/alice\n", false)]
    public void Principals_are_told_from_other_texts(string principal, bool isOne)
    {
        _hub.Thing("t");
        if (isOne) _hub.Registry.Principals.Attach("t", principal);
        else Refused(() => _hub.Registry.Principals.Attach("t", principal), 400);
    }

    [Fact]
    public void The_association_follows_attachments()
    {
        var association = new ThingAssociation(_hub.Scope, _hub.Records);
        var certificate = _hub.Certificate('a');
        foreach (var name in new[] { "t", "u" }) _hub.Thing(name);
        _hub.Registry.Principals.Attach("t", certificate);
        _hub.Registry.Principals.Attach("u", certificate);
        association.Find(new string('a', 64), "u", out var isExclusive)!.Name.ShouldBe("u");
        isExclusive.ShouldBeFalse();
        _hub.Registry.Principals.Detach("u", certificate);
        association.Find(new string('a', 64), "u", out _).ShouldBeNull();
        _hub.Registry.Principals.Detach("t", certificate);
        _hub.Registry.Principals.Attach("t", certificate, isExclusive: true);
        association.Find(new string('a', 64), "u", out isExclusive)!.Name.ShouldBe("t");
        isExclusive.ShouldBeTrue();
    }
}
