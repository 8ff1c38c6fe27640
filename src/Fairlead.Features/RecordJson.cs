using System.Text.Json.Serialization;
using Fairlead.Features.AccessKeys;
using Fairlead.Features.Certificates;
using Fairlead.Features.Policies;
using Fairlead.Features.Registry;

namespace Fairlead.Features;

/// <summary>How the records of <see cref="HubRecords"/> lie in the store. Members may be added; none may change its meaning.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Thing))]
[JsonSerializable(typeof(ThingType))]
[JsonSerializable(typeof(ThingGroup))]
[JsonSerializable(typeof(GroupMembership))]
[JsonSerializable(typeof(ThingPrincipal))]
[JsonSerializable(typeof(DeviceCertificate))]
[JsonSerializable(typeof(CaCertificate))]
[JsonSerializable(typeof(Policy))]
[JsonSerializable(typeof(PolicyAttachment))]
[JsonSerializable(typeof(AccessKey))]
internal sealed partial class RecordJson : JsonSerializerContext;
