using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Features.Registry;

namespace Fairlead.Features.Events;

/// <summary>Turns changes of the registry's tables into events (spec/aws-messaging, section 2.3). Everything here runs under the gate.</summary>
internal sealed class RegistryEvents(FeatureContext context, HubRecords records, EventSwitches switches, EventQueue queue)
{
    private const string Root = "$aws/events/";

    /// <summary>Follows the tables; when they are loaded.</summary>
    public void Follow()
    {
        records.Things.Changed += OnThing;
        records.ThingTypes.Changed += OnThingType;
        records.ThingGroups.Changed += OnThingGroup;
        records.GroupMemberships.Changed += OnMembership;
    }

    private static string Operation(object? before, object? after) => before is null ? "CREATED" : after is null ? "DELETED" : "UPDATED";

    private static string Word(string operation) => operation switch
    {
        "CREATED" => "created",
        "UPDATED" => "updated",
        "DELETED" => "deleted",
        "ADDED" => "added",
        _ => "removed",
    };

    private void Add<T>(string topic, T document, JsonTypeInfo<T> type) => queue.Add(Root + topic, JsonSerializer.SerializeToUtf8Bytes(document, type));

    private EventHead Head() => new(Guid.NewGuid().ToString(), context.Now, context.Scope.AccountId);

    private void OnThing(string name, Thing? before, Thing? after)
    {
        var thing = (after ?? before)!;
        if (switches.Wants("THING"))
        {
            var operation = Operation(before, after);
            var document = new ThingEventDocument(
                "THING_EVENT", Head(), operation, thing.ThingId, name, thing.Version, thing.TypeName, thing.Attributes);
            Add($"thing/{name}/{Word(operation)}", document, EventJson.Default.ThingEventDocument);
        }

        if (before?.TypeName == after?.TypeName || !switches.Wants("THING_TYPE_ASSOCIATION")) return;
        OnAssociation(thing, before?.TypeName, "DELETED");
        OnAssociation(thing, after?.TypeName, "CREATED");
    }

    private void OnAssociation(Thing thing, string? typeName, string operation)
    {
        if (typeName is null) return;
        var document = new TypeAssociationEventDocument("THING_TYPE_ASSOCIATION_EVENT", Head(), operation, thing.ThingId, thing.Name, typeName);
        Add($"thingTypeAssociation/thing/{thing.Name}/{typeName}", document, EventJson.Default.TypeAssociationEventDocument);
    }

    private void OnThingType(string name, ThingType? before, ThingType? after)
    {
        if (!switches.Wants("THING_TYPE")) return;
        var type = (after ?? before)!;
        var operation = Operation(before, after);
        var document = new ThingTypeEventDocument(
            "THING_TYPE_EVENT", Head(), operation, type.TypeId, name, type.DeprecatedAt is not null, type.DeprecatedAt, type.SearchableAttributes, type.Description);
        Add($"thingType/{name}/{Word(operation)}", document, EventJson.Default.ThingTypeEventDocument);
    }

    private void OnThingGroup(string name, ThingGroup? before, ThingGroup? after)
    {
        var group = (after ?? before)!;
        var parent = group.ParentName is null ? null : records.ThingGroups.Find(group.ParentName);
        if (switches.Wants("THING_GROUP"))
        {
            var operation = Operation(before, after);
            var document = new ThingGroupEventDocument(
                "THING_GROUP_EVENT", Head(), operation, group.GroupId, name, group.Version, group.ParentName, parent?.GroupId, group.Description,
                AncestorsOf(parent), group.Attributes, null);
            Add($"thingGroup/{name}/{Word(operation)}", document, EventJson.Default.ThingGroupEventDocument);
        }

        // A parent is given at creation and never changes.
        if (parent is null || (before is not null && after is not null) || !switches.Wants("THING_GROUP_HIERARCHY")) return;
        var change = before is null ? "ADDED" : "REMOVED";
        var hierarchy = new HierarchyEventDocument("THING_GROUP_HIERARCHY_EVENT", Head(), change, parent.GroupId, parent.Name, group.GroupId, name);
        Add($"thingGroupHierarchy/thingGroup/{parent.Name}/childThingGroup/{name}/{Word(change)}", hierarchy, EventJson.Default.HierarchyEventDocument);
    }

    private void OnMembership(string group, string thing, GroupMembership? before, GroupMembership? after)
    {
        if ((before is not null && after is not null) || !switches.Wants("THING_GROUP_MEMBERSHIP")) return;
        // A thing and a group go after their memberships, so that both are still there.
        if (records.ThingGroups.Find(group) is not { } ofGroup || records.Things.Find(thing) is not { } ofThing) return;
        var change = before is null ? "ADDED" : "REMOVED";
        var document = new MembershipEventDocument(
            "THING_GROUP_MEMBERSHIP_EVENT", Head(), change, context.Scope.Arn("thinggroup", group), ofGroup.GroupId, context.Scope.Arn("thing", thing),
            ofThing.ThingId, $"{ofGroup.GroupId}:{ofThing.ThingId}");
        Add($"thingGroupMembership/thingGroup/{group}/thing/{thing}/{Word(change)}", document, EventJson.Default.MembershipEventDocument);
    }

    private List<GroupReferenceDocument> AncestorsOf(ThingGroup? parent)
    {
        var ancestors = new List<GroupReferenceDocument>();
        for (var group = parent; group is not null; group = group.ParentName is null ? null : records.ThingGroups.Find(group.ParentName))
            ancestors.Add(new GroupReferenceDocument(context.Scope.Arn("thinggroup", group.Name), group.GroupId));
        ancestors.Reverse();
        return ancestors;
    }
}
