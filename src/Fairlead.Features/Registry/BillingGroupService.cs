using Fairlead.Features.Api;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Registry;

/// <summary>Rules of billing groups. Every method is called under <see cref="DocumentStore.Gate"/> and commits nothing.</summary>
internal sealed class BillingGroupService(FeatureContext context, HubRecords records, RegistryIndex index)
{
    /// <summary>Billing groups by name.</summary>
    public RecordTable<BillingGroup> Groups { get; } = new(context.Documents, "billing-groups", RegistryJson.Default.BillingGroup);

    /// <summary>ARN of a billing group.</summary>
    public string ArnOf(string name) => context.Scope.Arn("billinggroup", name);

    /// <summary>A billing group that is there.</summary>
    /// <exception cref="ApiException">404.</exception>
    public BillingGroup Get(string name) => Groups.Find(name) ?? throw ApiException.NotFound($"there is no billing group {name}");

    /// <summary>Creates one, or returns the same one that is there already.</summary>
    public BillingGroup Create(string name, string? description)
    {
        RegistryValues.Name(name, "billingGroupName");
        RegistryValues.Description(description, "billingGroupDescription");
        if (Groups.Find(name) is { } present)
        {
            return (present.Description ?? "") == (description ?? "")
                ? present
                : throw ApiException.AlreadyExists($"the billing group {name} exists already with other properties", present.GroupId, ArnOf(name));
        }

        var group = new BillingGroup(name, Guid.NewGuid().ToString(), 1, context.Now) { Description = description };
        Groups.Save(name, group);
        return group;
    }

    /// <summary>Changes one.</summary>
    /// <param name="name">Name.</param>
    /// <param name="description">New description; null leaves the present one.</param>
    /// <param name="expectedVersion">Version that it must have; null for any.</param>
    public BillingGroup Update(string name, string? description, long? expectedVersion)
    {
        RegistryValues.Description(description, "billingGroupDescription");
        var group = Get(name);
        CheckVersion(group, expectedVersion);
        if (description is null || description == (group.Description ?? "")) return group;
        group = group with { Description = description, Version = group.Version + 1 };
        Groups.Save(name, group);
        return group;
    }

    /// <summary>Deletes one; its things are in none then. One that is not there is deleted already.</summary>
    public void Delete(string name, long? expectedVersion)
    {
        RegistryValues.Name(name, "billingGroupName");
        if (Groups.Find(name) is not { } group) return;
        CheckVersion(group, expectedVersion);
        context.Documents.InOne(() =>
        {
            foreach (var thing in index.ThingsByBillingGroup.After(name, null).ToList()) Put(thing, null);
            Groups.Remove(name);
        });
    }

    /// <summary>Puts a thing into a billing group, and takes it out of another.</summary>
    public void Add(string group, string thing)
    {
        var present = FindThing(thing);
        if (present.BillingGroupName != Get(group).Name) Put(thing, group);
    }

    /// <summary>Takes a thing out of a billing group; one that is not in it stays as it is.</summary>
    public void Remove(string group, string thing)
    {
        var present = FindThing(thing);
        if (Get(group).Name == present.BillingGroupName) Put(thing, null);
    }

    private void CheckVersion(BillingGroup group, long? expected)
    {
        if (expected is { } version && version != group.Version)
            throw ApiException.VersionConflict($"the billing group {group.Name} has version {group.Version}, not the expected {version}");
    }

    private void Put(string thing, string? group) => records.Things.Save(thing, FindThing(thing) with { BillingGroupName = group });

    private Thing FindThing(string thing) => records.Things.Find(thing) ?? throw ApiException.NotFound($"there is no thing {thing}");
}
