using System.Text.Json.Serialization;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Registry;

/// <summary>Properties of a billing group.</summary>
internal sealed record BillingGroupPropertiesDocument(string? BillingGroupDescription);

/// <summary>Body of CreateBillingGroup.</summary>
internal sealed record NewBillingGroupDocument(BillingGroupPropertiesDocument? BillingGroupProperties, IReadOnlyList<TagDocument>? Tags);

/// <summary>Body of UpdateBillingGroup.</summary>
internal sealed record BillingGroupChangeDocument(BillingGroupPropertiesDocument? BillingGroupProperties, long? ExpectedVersion);

/// <summary>Answer of CreateBillingGroup.</summary>
internal sealed record CreatedBillingGroupDocument(string BillingGroupName, string BillingGroupArn, string BillingGroupId);

/// <summary>Since when a billing group is there, in seconds.</summary>
internal sealed record BillingGroupMetadataDocument(double CreationDate);

/// <summary>Answer of DescribeBillingGroup.</summary>
internal sealed record BillingGroupDocument(
    string BillingGroupName, string BillingGroupId, string BillingGroupArn, long Version,
    BillingGroupPropertiesDocument BillingGroupProperties, BillingGroupMetadataDocument BillingGroupMetadata);

/// <summary>A page of billing groups.</summary>
internal sealed record BillingGroupPageDocument(IReadOnlyList<GroupNameDocument> BillingGroups, string? NextToken);

/// <summary>Body of AddThingToBillingGroup and RemoveThingFromBillingGroup: each side by its name or its ARN.</summary>
internal sealed record BillingMembershipDocument(string? BillingGroupName, string? BillingGroupArn, string? ThingName, string? ThingArn);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewBillingGroupDocument))]
[JsonSerializable(typeof(BillingGroupChangeDocument))]
[JsonSerializable(typeof(CreatedBillingGroupDocument))]
[JsonSerializable(typeof(BillingGroupDocument))]
[JsonSerializable(typeof(BillingGroupPageDocument))]
[JsonSerializable(typeof(BillingMembershipDocument))]
internal sealed partial class BillingGroupJson : JsonSerializerContext;
