using System.Text.Json.Serialization;

namespace Fairlead.Features.Events;

/// <summary>What every event has beside its own members (spec/aws-messaging, section 2.3).</summary>
/// <param name="EventId">UUID.</param>
/// <param name="Timestamp">Milliseconds since the Unix epoch.</param>
/// <param name="AccountId">Account of this hub.</param>
internal sealed record EventHead(string EventId, long Timestamp, string AccountId);

/// <summary>An event: the members of its head stand among its own.</summary>
/// <param name="EventType">Such as <c>THING_EVENT</c>.</param>
/// <param name="Head">What every event has.</param>
/// <param name="Operation">Such as <c>CREATED</c>.</param>
internal abstract record EventDocument(string EventType, [property: JsonIgnore] EventHead Head, string Operation)
{
    /// <summary>UUID.</summary>
    public string EventId => Head.EventId;

    /// <summary>Milliseconds since the Unix epoch.</summary>
    public long Timestamp => Head.Timestamp;

    /// <summary>Account of this hub.</summary>
    public string AccountId => Head.AccountId;
}

/// <summary>Of a thing.</summary>
internal sealed record ThingEventDocument(
    string EventType, EventHead Head, string Operation, string ThingId, string ThingName, long VersionNumber, string? ThingTypeName, IReadOnlyDictionary<string, string> Attributes)
    : EventDocument(EventType, Head, Operation);

/// <summary>Of a thing type; deprecating one is an update.</summary>
internal sealed record ThingTypeEventDocument(
    string EventType, EventHead Head, string Operation, string ThingTypeId, string ThingTypeName, bool IsDeprecated, long? DeprecationDate, IReadOnlyList<string> SearchableAttributes, string? Description)
    : EventDocument(EventType, Head, Operation);

/// <summary>Of a thing and its type.</summary>
internal sealed record TypeAssociationEventDocument(
    string EventType, EventHead Head, string Operation, string ThingId, string ThingName, string ThingTypeName)
    : EventDocument(EventType, Head, Operation);

/// <summary>Of a thing group.</summary>
internal sealed record ThingGroupEventDocument(
    string EventType, EventHead Head, string Operation, string ThingGroupId, string ThingGroupName, long VersionNumber, string? ParentGroupName, string? ParentGroupId, string? Description, IReadOnlyList<GroupReferenceDocument> RootToParentThingGroups, IReadOnlyDictionary<string, string> Attributes, string? DynamicGroupMappingId)
    : EventDocument(EventType, Head, Operation);

/// <summary>Of a thing in a group.</summary>
internal sealed record MembershipEventDocument(
    string EventType, EventHead Head, string Operation, string GroupArn, string GroupId, string ThingArn, string ThingId, string MembershipId)
    : EventDocument(EventType, Head, Operation);

/// <summary>Of a group below another.</summary>
internal sealed record HierarchyEventDocument(
    string EventType, EventHead Head, string Operation, string ThingGroupId, string ThingGroupName, string ChildGroupId, string ChildGroupName)
    : EventDocument(EventType, Head, Operation);

/// <summary>A group above another.</summary>
internal sealed record GroupReferenceDocument(string GroupArn, string GroupId);

// Members without a value are null here, as AWS sends them: a rule may select them.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ThingEventDocument))]
[JsonSerializable(typeof(ThingTypeEventDocument))]
[JsonSerializable(typeof(TypeAssociationEventDocument))]
[JsonSerializable(typeof(ThingGroupEventDocument))]
[JsonSerializable(typeof(MembershipEventDocument))]
[JsonSerializable(typeof(HierarchyEventDocument))]
internal sealed partial class EventJson : JsonSerializerContext;
