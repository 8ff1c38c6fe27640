using System.Text.Json.Serialization;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Registry;

/// <summary>Properties of a thing group.</summary>
internal sealed record ThingGroupPropertiesDocument(string? ThingGroupDescription, AttributePayloadDocument? AttributePayload);

/// <summary>Body of CreateThingGroup.</summary>
internal sealed record NewThingGroupDocument(
    string? ParentGroupName, ThingGroupPropertiesDocument? ThingGroupProperties, IReadOnlyList<TagDocument>? Tags);

/// <summary>Body of UpdateThingGroup.</summary>
internal sealed record ThingGroupChangeDocument(ThingGroupPropertiesDocument? ThingGroupProperties, long? ExpectedVersion);

/// <summary>Answer of CreateThingGroup.</summary>
internal sealed record CreatedThingGroupDocument(string ThingGroupName, string ThingGroupArn, string ThingGroupId);

/// <summary>Answer of UpdateThingGroup and UpdateBillingGroup.</summary>
internal sealed record GroupVersionDocument(long Version);

/// <summary>Name and ARN of a group.</summary>
internal sealed record GroupNameDocument(string GroupName, string GroupArn);

/// <summary>Where a group stands in its hierarchy, and since when it is there, in seconds.</summary>
internal sealed record ThingGroupMetadataDocument(
    string? ParentGroupName, IReadOnlyList<GroupNameDocument>? RootToParentThingGroups, double CreationDate);

/// <summary>Answer of DescribeThingGroup.</summary>
internal sealed record ThingGroupDocument(
    string ThingGroupName, string ThingGroupId, string ThingGroupArn, long Version,
    ThingGroupPropertiesDocument ThingGroupProperties, ThingGroupMetadataDocument ThingGroupMetadata);

/// <summary>A page of groups.</summary>
internal sealed record ThingGroupPageDocument(IReadOnlyList<GroupNameDocument> ThingGroups, string? NextToken);

/// <summary>Body of AddThingToThingGroup and RemoveThingFromThingGroup: each side by its name or its ARN.</summary>
internal sealed record MembershipDocument(string? ThingGroupName, string? ThingGroupArn, string? ThingName, string? ThingArn);

/// <summary>Body of UpdateThingGroupsForThing.</summary>
internal sealed record MembershipChangeDocument(
    string? ThingName, IReadOnlyList<string>? ThingGroupsToAdd, IReadOnlyList<string>? ThingGroupsToRemove);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewThingGroupDocument))]
[JsonSerializable(typeof(ThingGroupChangeDocument))]
[JsonSerializable(typeof(CreatedThingGroupDocument))]
[JsonSerializable(typeof(GroupVersionDocument))]
[JsonSerializable(typeof(ThingGroupDocument))]
[JsonSerializable(typeof(ThingGroupPageDocument))]
[JsonSerializable(typeof(MembershipDocument))]
[JsonSerializable(typeof(MembershipChangeDocument))]
internal sealed partial class ThingGroupJson : JsonSerializerContext;
