using System.Text.Json.Serialization;

namespace Fairlead.Features.IotHub.CloudToDevice;

/// <summary>What became of one cloud-to-device message (spec/azure-gateway 4.5).</summary>
/// <param name="OriginalMessageId">The sender's message-id.</param>
/// <param name="EnqueuedTimeUtc">When it ended, ISO 8601.</param>
/// <param name="StatusCode"><c>Success</c>, <c>Expired</c>, <c>DeliveryCountExceeded</c>, <c>Rejected</c> or <c>Purged</c>.</param>
/// <param name="Description">The same in words.</param>
/// <param name="DeviceId">Device; for a module <c>device/modules/module</c>.</param>
/// <param name="DeviceGenerationId">Generation of its identity; empty when that is gone.</param>
internal sealed record FeedbackRecord(
    string OriginalMessageId, string EnqueuedTimeUtc, string StatusCode, string Description, string DeviceId, string DeviceGenerationId);

/// <summary>How a cloud-to-device message can end.</summary>
internal enum FeedbackStatus : byte
{
    /// <summary>The device has completed it.</summary>
    Success,

    /// <summary>Nobody took it in time.</summary>
    Expired,

    /// <summary>It was abandoned too often.</summary>
    DeliveryCountExceeded,

    /// <summary>The device has rejected it.</summary>
    Rejected,

    /// <summary>The queue was emptied by a service, or went with its identity.</summary>
    Purged,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FeedbackRecord))]
[JsonSerializable(typeof(FeedbackRecord[]))]
internal sealed partial class FeedbackJson : JsonSerializerContext;
