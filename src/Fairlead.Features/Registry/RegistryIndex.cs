namespace Fairlead.Features.Registry;

/// <summary>Ways into the registry's records that walk no more than what they find. Follows the tables by itself.</summary>
internal sealed class RegistryIndex
{
    /// <summary>Follows the tables; before they are loaded.</summary>
    public RegistryIndex(HubRecords records)
    {
        records.Things.Changed += (name, before, after) =>
        {
            ThingsByType.Move(name, before?.TypeName, after?.TypeName);
            ThingsByBillingGroup.Move(name, before?.BillingGroupName, after?.BillingGroupName);
            Attributes.Change(name, before?.Attributes, after?.Attributes);
        };
        records.ThingGroups.Changed += (name, before, after) => GroupsByParent.Move(name, before?.ParentName, after?.ParentName);
        records.GroupMemberships.Changed += (group, thing, _, after) => ThingsByGroup.Move(thing, after is null ? group : null, after is null ? null : group);
    }

    /// <summary>Things by the name of their type.</summary>
    public NameIndex ThingsByType { get; } = new();

    /// <summary>Things by the name of their billing group.</summary>
    public NameIndex ThingsByBillingGroup { get; } = new();

    /// <summary>Direct members of thing groups.</summary>
    public NameIndex ThingsByGroup { get; } = new();

    /// <summary>Children of thing groups.</summary>
    public NameIndex GroupsByParent { get; } = new();

    /// <summary>Things by their attributes.</summary>
    public AttributeIndex Attributes { get; } = new();
}
