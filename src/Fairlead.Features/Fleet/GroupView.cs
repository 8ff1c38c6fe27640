using Fairlead.Features.Fleet.Queries;
using Fairlead.Features.Registry;

namespace Fairlead.Features.Fleet;

/// <summary>A thing group as the index sees it.</summary>
internal sealed class GroupView(ThingGroup group, HubRecords records) : IFleetDocument
{
    /// <summary>The group.</summary>
    public ThingGroup Group { get; } = group;

    /// <summary>Names of the groups above it, its parent first.</summary>
    public IEnumerable<string> Parents
    {
        get
        {
            for (var name = Group.ParentName; name is not null; name = records.ThingGroups.Find(name)?.ParentName) yield return name;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<FieldValue> ValuesOf(string field)
    {
        if (field.StartsWith("attributes.", StringComparison.Ordinal))
            return Group.Attributes.TryGetValue(field["attributes.".Length..], out var value) ? [new FieldValue(value)] : [];
        return field switch
        {
            "thingGroupName" => [new FieldValue(Group.Name)],
            "thingGroupId" => [new FieldValue(Group.GroupId)],
            "thingGroupDescription" => Group.Description is { } description ? [new FieldValue(description)] : [],
            _ => Parents.Select(static parent => new FieldValue(parent)),
        };
    }

    /// <inheritdoc/>
    public IEnumerable<FieldValue> All() =>
        Group.Attributes.Values.Append(Group.Name).Append(Group.GroupId).Append(Group.Description ?? "").Concat(Parents).Select(static text => new FieldValue(text));
}
