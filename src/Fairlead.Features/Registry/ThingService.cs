using System.Collections.Immutable;
using Fairlead.Features.Api;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Registry;

/// <summary>
/// Rules of things (spec/aws-registry-and-policies, section 3). Every method is called under <see cref="DocumentStore.Gate"/> and commits
/// nothing.
/// </summary>
internal sealed class ThingService(FeatureContext context, HubRecords records, ThingTypeService types, BillingGroupService billingGroups)
{
    /// <summary>Other slices that a thing may belong to: each says why the thing of a name must stay, or null.</summary>
    public List<Func<string, string?>> Keepers { get; } = [];

    /// <summary>ARN of a thing.</summary>
    public string ArnOf(string name) => context.Scope.Arn("thing", name);

    /// <summary>A thing that is there.</summary>
    /// <exception cref="ApiException">404.</exception>
    public Thing Get(string name) => records.Things.Find(name) ?? throw ApiException.NotFound($"there is no thing {name}");

    /// <summary>Creates a thing, or returns the same one that is there already.</summary>
    /// <exception cref="ApiException">409 when one of the name differs; 400 and 404 as for <see cref="Update"/>.</exception>
    public Thing Create(NewThing input)
    {
        RegistryValues.Name(input.Name, "thingName");
        RegistryValues.OptionalName(input.TypeName, "thingTypeName");
        RegistryValues.OptionalName(input.BillingGroupName, "billingGroupName");
        var attributes = AttributeRules.Apply(AttributeRules.None, input.Attributes, isMerged: false);
        if (records.Things.Find(input.Name) is { } present)
        {
            return present.TypeName == input.TypeName && present.BillingGroupName == input.BillingGroupName
                && AttributeRules.AreEqual(present.Attributes, attributes)
                ? present
                : throw ApiException.AlreadyExists(
                    $"the thing {input.Name} exists already with another type, other attributes or another billing group", present.ThingId, ArnOf(input.Name));
        }

        if (input.TypeName is not null) types.Assignable(input.TypeName);
        if (input.BillingGroupName is not null) billingGroups.Get(input.BillingGroupName);
        CheckCount(attributes, input.TypeName);
        var thing = new Thing(input.Name, Guid.NewGuid().ToString(), 1, context.Now)
        {
            TypeName = input.TypeName,
            BillingGroupName = input.BillingGroupName,
            Attributes = attributes,
        };
        records.Things.Save(input.Name, thing);
        return thing;
    }

    /// <summary>Changes a thing. A change that changes nothing leaves the version as it is.</summary>
    /// <exception cref="ApiException">404 without the thing or the type; 409 at another version; 400 for a deprecated type and too many attributes.</exception>
    public Thing Update(string name, ThingChange change)
    {
        if (change.RemoveType && change.TypeName is not null)
            throw ApiException.InvalidRequest("thingTypeName must not come together with removeThingType true");
        RegistryValues.OptionalName(change.TypeName, "thingTypeName");
        var thing = Get(name);
        CheckVersion(thing, change.ExpectedVersion);
        if (change.TypeName is not null) types.Assignable(change.TypeName);
        var typeName = change.RemoveType ? null : change.TypeName ?? thing.TypeName;
        var attributes = AttributeRules.Apply(thing.Attributes, change.Attributes, change.IsMerged);
        CheckCount(attributes, typeName);
        if (typeName == thing.TypeName && AttributeRules.AreEqual(attributes, thing.Attributes)) return thing;
        thing = thing with { TypeName = typeName, Attributes = attributes, Version = thing.Version + 1 };
        records.Things.Save(name, thing);
        return thing;
    }

    /// <summary>Deletes a thing and its memberships; its shadows stay. One that is not there is deleted already.</summary>
    /// <exception cref="ApiException">409 at another version; 400 while principals are attached.</exception>
    public void Delete(string name, long? expectedVersion = null)
    {
        RegistryValues.Name(name, "thingName");
        if (records.Things.Find(name) is not { } thing) return;
        CheckVersion(thing, expectedVersion);
        if (!records.ThingPrincipals.RightsOf(name).IsEmpty)
            throw ApiException.InvalidRequest($"Cannot delete. Thing {name} is still attached to one or more principals");
        foreach (var keeper in Keepers)
        {
            if (keeper(name) is { } reason) throw ApiException.InvalidRequest($"Cannot delete. Thing {name} must stay: {reason}");
        }

        context.Documents.InOne(() =>
        {
            foreach (var group in records.GroupMemberships.LeftsOf(name).Keys) records.GroupMemberships.Remove(group, name);
            records.Things.Remove(name);
        });
    }

    private static void CheckCount(ImmutableSortedDictionary<string, string> attributes, string? typeName)
    {
        if (typeName is null) AttributeRules.CheckCount(attributes, AttributeRules.MostWithoutType, "a thing without a type");
        else AttributeRules.CheckCount(attributes, AttributeRules.Most, "a thing");
    }

    private static void CheckVersion(Thing thing, long? expected)
    {
        if (expected is { } version && version != thing.Version)
            throw ApiException.VersionConflict($"the thing {thing.Name} has version {thing.Version}, not the expected {version}");
    }
}

/// <summary>A thing to create.</summary>
/// <param name="Name">Name.</param>
/// <param name="TypeName">Name of its type; null for none.</param>
/// <param name="BillingGroupName">Name of its billing group; null for none.</param>
/// <param name="Attributes">Attributes; those with empty values are left out.</param>
internal sealed record NewThing(
    string Name, string? TypeName = null, string? BillingGroupName = null, IReadOnlyDictionary<string, string>? Attributes = null);

/// <summary>What to change about a thing.</summary>
/// <param name="TypeName">Its new type; null leaves the present one.</param>
/// <param name="RemoveType">Whether it shall have no type.</param>
/// <param name="Attributes">Attributes; an empty value takes one away; null leaves all as they are.</param>
/// <param name="IsMerged">Whether attributes that are not given stay.</param>
/// <param name="ExpectedVersion">Version that the thing must have; null for any.</param>
internal sealed record ThingChange(
    string? TypeName = null, bool RemoveType = false, IReadOnlyDictionary<string, string>? Attributes = null, bool IsMerged = false,
    long? ExpectedVersion = null);
