using Fairlead.Features.Api;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Registry;

/// <summary>
/// Rules of static thing groups (spec/aws-registry-and-policies, section 5). Every method is called under
/// <see cref="DocumentStore.Gate"/> and commits nothing.
/// </summary>
internal sealed class ThingGroupService(FeatureContext context, HubRecords records, RegistryIndex index)
{
    /// <summary>Most groups from a root down to a leaf.</summary>
    public const int MostDepth = 7;

    /// <summary>Most direct children of a group.</summary>
    public const int MostChildren = 100;

    /// <summary>ARN of a group.</summary>
    public string ArnOf(string name) => context.Scope.Arn("thinggroup", name);

    /// <summary>A group that is there.</summary>
    /// <exception cref="ApiException">404.</exception>
    public ThingGroup Get(string name) => records.ThingGroups.Find(name) ?? throw ApiException.NotFound($"there is no thing group {name}");

    /// <summary>The groups above a group, the root first.</summary>
    public IReadOnlyList<ThingGroup> AncestorsOf(ThingGroup group)
    {
        var ancestors = new List<ThingGroup>(MostDepth);
        for (var name = group.ParentName; name is not null && records.ThingGroups.Find(name) is { } parent; name = parent.ParentName) ancestors.Add(parent);
        ancestors.Reverse();
        return ancestors;
    }

    /// <summary>A group and all groups below it.</summary>
    public IEnumerable<string> WithDescendants(string name)
    {
        yield return name;
        foreach (var child in index.GroupsByParent.After(name, null))
        {
            foreach (var descendant in WithDescendants(child)) yield return descendant;
        }
    }

    /// <summary>Creates a group, or returns the same one that is there already.</summary>
    /// <exception cref="ApiException">409 when one of the name differs; 400 without the parent and past a limit.</exception>
    public ThingGroup Create(NewThingGroup input)
    {
        RegistryValues.Name(input.Name, "thingGroupName");
        RegistryValues.OptionalName(input.ParentName, "parentGroupName");
        RegistryValues.Description(input.Description, "thingGroupDescription");
        var attributes = AttributeRules.Apply(AttributeRules.None, input.Attributes, isMerged: false);
        AttributeRules.CheckCount(attributes, AttributeRules.Most, "a thing group");
        if (records.ThingGroups.Find(input.Name) is { } present)
        {
            return present.ParentName == input.ParentName && (present.Description ?? "") == (input.Description ?? "")
                && AttributeRules.AreEqual(present.Attributes, attributes)
                ? present
                : throw ApiException.AlreadyExists(
                    $"Thing Group {input.Name} already exists in current account with different properties", present.GroupId, ArnOf(input.Name));
        }

        if (input.ParentName is not null) CheckParent(input.ParentName);
        var group = new ThingGroup(input.Name, Guid.NewGuid().ToString(), 1, context.Now, input.ParentName)
        {
            Description = input.Description,
            Attributes = attributes,
        };
        records.ThingGroups.Save(input.Name, group);
        return group;
    }

    /// <summary>Changes a group. A change that changes nothing leaves the version as it is.</summary>
    public ThingGroup Update(string name, ThingGroupChange change)
    {
        RegistryValues.Description(change.Description, "thingGroupDescription");
        var group = Get(name);
        CheckVersion(group, change.ExpectedVersion);
        var attributes = AttributeRules.Apply(group.Attributes, change.Attributes, change.IsMerged);
        AttributeRules.CheckCount(attributes, AttributeRules.Most, "a thing group");
        var description = change.Description ?? group.Description;
        if (description == group.Description && AttributeRules.AreEqual(attributes, group.Attributes)) return group;
        group = group with { Description = description, Attributes = attributes, Version = group.Version + 1 };
        records.ThingGroups.Save(name, group);
        return group;
    }

    /// <summary>
    /// Deletes a group without children, with its memberships and the attachments of policies to it: a later group of the name must not
    /// come into them. One that is not there is deleted already.
    /// </summary>
    public void Delete(string name, long? expectedVersion = null)
    {
        RegistryValues.Name(name, "thingGroupName");
        if (records.ThingGroups.Find(name) is not { } group) return;
        CheckVersion(group, expectedVersion);
        if (index.GroupsByParent.Count(name) > 0)
            throw ApiException.InvalidRequest($"Cannot delete thing group : {name} when there are still child groups attached to it");
        context.Documents.InOne(() =>
        {
            foreach (var thing in records.GroupMemberships.RightsOf(name).Keys) records.GroupMemberships.Remove(name, thing);
            var arn = ArnOf(name);
            foreach (var policy in records.PolicyAttachments.LeftsOf(arn).Keys) records.PolicyAttachments.Remove(policy, arn);
            records.ThingGroups.Remove(name);
        });
    }

    private void CheckParent(string parentName)
    {
        var parent = records.ThingGroups.Find(parentName)
            ?? throw ApiException.InvalidRequest($"parentGroupName must be the name of a thing group, and there is no {parentName}");
        if (AncestorsOf(parent).Count + 2 > MostDepth)
            throw ApiException.InvalidRequest($"a hierarchy of thing groups must be at most {MostDepth} groups deep, and {parentName} is the deepest");
        if (index.GroupsByParent.Count(parentName) >= MostChildren)
            throw ApiException.InvalidRequest($"a thing group must have at most {MostChildren} children, and {parentName} has them");
    }

    private static void CheckVersion(ThingGroup group, long? expected)
    {
        if (expected is { } version && version != group.Version)
            throw ApiException.VersionConflict($"the thing group {group.Name} has version {group.Version}, not the expected {version}");
    }
}

/// <summary>A thing group to create.</summary>
/// <param name="Name">Name.</param>
/// <param name="ParentName">Name of its parent; null for a root.</param>
/// <param name="Description">Description; null for none.</param>
/// <param name="Attributes">Attributes; those with empty values are left out.</param>
internal sealed record NewThingGroup(
    string Name, string? ParentName = null, string? Description = null, IReadOnlyDictionary<string, string>? Attributes = null);

/// <summary>What to change about a thing group.</summary>
/// <param name="Description">Description; null leaves the present one.</param>
/// <param name="Attributes">Attributes; an empty value takes one away; null leaves all as they are.</param>
/// <param name="IsMerged">Whether attributes that are not given stay.</param>
/// <param name="ExpectedVersion">Version that the group must have; null for any.</param>
internal sealed record ThingGroupChange(
    string? Description = null, IReadOnlyDictionary<string, string>? Attributes = null, bool IsMerged = false, long? ExpectedVersion = null);
