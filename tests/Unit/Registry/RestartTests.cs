using Fairlead.Features.Registry;
using Fairlead.Features.Tags;
using Fairlead.Unit.Storage;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Registry;

/// <summary>The registry after a restart: records, links and every way into them.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task Everything_comes_back_with_its_indexes()
    {
        using var directory = new StoreDirectory();
        await using (var store = directory.Open())
        {
            store.Load();
            var before = new RegistryRecords(store);
            lock (before.Context.Documents.Gate)
            {
                before.Registry.Types.Create("lamp", new ThingTypePropertiesDocument("A lamp", ["model"], new Mqtt5ConfigurationDocument([])));
                before.Registry.Types.Deprecate("lamp", undo: false);
                before.Registry.Types.Deprecate("lamp", undo: true);
                before.Registry.BillingGroups.Create("north", "All in the north");
                before.Registry.Things.Create(new NewThing("t", "lamp", "north", new Dictionary<string, string> { ["model"] = "m1" }));
                before.Group("root");
                before.Group("leaf", "root");
                before.Registry.Memberships.Add("leaf", "t");
                before.Registry.Principals.Attach("t", before.Certificate('a'), isExclusive: true);
                before.Tags.Create(before.Registry.Groups.ArnOf("root"), [new TagDocument("k", "v"), new TagDocument("empty", null)]);
            }

            await store.FlushAsync(TestContext.Current.CancellationToken);
        }

        await using var reopened = directory.Open();
        var documents = reopened.Load().Documents;
        var hub = new RegistryRecords(reopened);
        hub.Context.Documents.Load(documents);

        var type = hub.Registry.Types.Get("lamp");
        type.DeprecatedAt.ShouldBeNull();
        type.SearchableAttributes.ShouldBe(["model"]);
        type.Mqtt5Configuration.ShouldNotBeNull();
        hub.Registry.BillingGroups.Get("north").Description.ShouldBe("All in the north");
        hub.Registry.Things.Get("t").Attributes["model"].ShouldBe("m1");
        hub.Registry.Groups.AncestorsOf(hub.Registry.Groups.Get("leaf")).Select(static group => group.Name).ShouldBe(["root"]);
        hub.Records.ThingPrincipals.Find("t", hub.Scope.Arn("cert", new string('a', 64)))!.IsExclusive.ShouldBeTrue();
        hub.Tags.Find(hub.Registry.Groups.ArnOf("root")).Keys.ShouldBe(["empty", "k"]);
        hub.Registry.Index.ThingsByType.After("lamp", null).ShouldBe(["t"]);
        hub.Registry.Index.ThingsByBillingGroup.After("north", null).ShouldBe(["t"]);
        hub.Registry.Index.ThingsByGroup.After("leaf", null).ShouldBe(["t"]);
        hub.Registry.Index.GroupsByParent.After("root", null).ShouldBe(["leaf"]);
        hub.Registry.Index.Attributes.Find("model", "m1", isPrefix: false, after: null).Select(static entry => entry.Thing).ShouldBe(["t"]);
        RegistryRecords.Refused(() => hub.Registry.Types.Delete("lamp"), 400);
        RegistryRecords.Refused(() => hub.Registry.Groups.Delete("root"), 400);
    }
}
