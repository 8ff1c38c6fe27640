using Fairlead.Features.Policies;
using Fairlead.Features.Registry;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Features;

/// <summary>Records and links in memory and on the disk.</summary>
public sealed class TableTests
{
    [Fact]
    public async Task Records_come_back_after_a_restart_in_ordinal_order()
    {
        await using var store = RecordStore.Open();
        lock (store.Documents.Gate)
        {
            foreach (var name in new[] { "b", "a", "B", "a:1", "gone" }) store.Records.Things.Save(name, Thing(name));
            store.Records.Things.Save("a", Thing("a") with { Version = 2, Attributes = Thing("a").Attributes.Add("k", "v") });
            store.Records.Things.Remove("gone").ShouldBeTrue();
            store.Records.Things.Remove("never").ShouldBeFalse();
        }

        await store.Documents.CommitAsync();
        await store.ReopenAsync();

        var things = store.Records.Things;
        things.Count.ShouldBe(4);
        things.Find("a")!.Attributes["k"].ShouldBe("v");
        things.Find("a")!.Version.ShouldBe(2);
        things.Find("gone").ShouldBeNull();
        lock (store.Documents.Gate)
        {
            things.After(null).Select(static pair => pair.Key).ShouldBe(["B", "a", "a:1", "b"]);
            things.After("a").Select(static pair => pair.Key).ShouldBe(["a:1", "b"]);
            things.After("aa").Select(static pair => pair.Key).ShouldBe(["b"]);
            things.After("b").ShouldBeEmpty();
            things.After("z").ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Links_are_seen_from_both_sides_before_and_after_a_restart()
    {
        await using var store = RecordStore.Open();
        var links = store.Records.PolicyAttachments;
        lock (store.Documents.Gate)
        {
            links.Save("p1", "t2", new PolicyAttachment(1));
            links.Save("p1", "t1", new PolicyAttachment(2));
            links.Save("p2", "t1", new PolicyAttachment(3));
            links.Save("p3", "t1", new PolicyAttachment(4));
            links.Remove("p3", "t1").ShouldBeTrue();
            links.Remove("p3", "t1").ShouldBeFalse();
        }

        Check(links);
        await store.Documents.CommitAsync();
        await store.ReopenAsync();
        Check(store.Records.PolicyAttachments);

        static void Check(Fairlead.Features.Documents.LinkTable<PolicyAttachment> links)
        {
            links.RightsOf("p1").Keys.ShouldBe(["t1", "t2"]);
            links.LeftsOf("t1").Keys.ShouldBe(["p1", "p2"]);
            links.RightsOf("p3").ShouldBeEmpty();
            links.Find("p2", "t1")!.AttachedAt.ShouldBe(3);
        }
    }

    [Fact]
    public async Task Changes_in_one_go_into_one_transaction_even_when_the_rest_fails()
    {
        await using var store = RecordStore.Open();
        lock (store.Documents.Gate)
        {
            Should.Throw<InvalidOperationException>(() => store.Documents.InOne(() =>
            {
                store.Records.Things.Save("kept", Thing("kept"));
                throw new InvalidOperationException();
            }));
        }

        await store.Documents.CommitAsync();
        await store.ReopenAsync();
        store.Records.Things.Find("kept").ShouldNotBeNull();
    }

    [Fact]
    public async Task Who_watches_a_table_hears_every_change_and_every_record_at_start()
    {
        await using var store = RecordStore.Open();
        var heard = new List<string>();
        store.Records.Things.Changed += (key, before, after) => heard.Add($"{key} {before?.Version} {after?.Version}");
        lock (store.Documents.Gate)
        {
            store.Records.Things.Save("a", Thing("a"));
            store.Records.Things.Save("a", Thing("a") with { Version = 2 });
            store.Records.Things.Remove("a");
        }

        heard.ShouldBe(["a  1", "a 1 2", "a 2 "]);
    }

    private static Thing Thing(string name) => new(name, "7f8a0f2e-0000-4000-8000-000000000000", 1, 1_700_000_000_000);
}
