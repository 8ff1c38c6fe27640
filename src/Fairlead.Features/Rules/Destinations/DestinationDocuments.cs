using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Features.Rules.Destinations;

/// <summary>CreateTopicRuleDestination.</summary>
internal sealed record NewDestinationDocument(DestinationConfigurationDocument? DestinationConfiguration);

/// <summary>A union: one of the two.</summary>
internal sealed record DestinationConfigurationDocument(HttpDestinationDocument? HttpUrlConfiguration, JsonElement? VpcConfiguration);

/// <summary>An HTTP destination.</summary>
internal sealed record HttpDestinationDocument(string? ConfirmationUrl);

/// <summary>UpdateTopicRuleDestination.</summary>
internal sealed record DestinationChangeDocument(string? Arn, string? Status);

/// <summary>Answer of CreateTopicRuleDestination and GetTopicRuleDestination.</summary>
internal sealed record DestinationAnswerDocument(DestinationDocument TopicRuleDestination);

/// <summary>A destination as it is shown.</summary>
internal sealed record DestinationDocument(
    string Arn, string Status, double CreatedAt, double LastUpdatedAt, string? StatusReason, HttpDestinationDocument? HttpUrlProperties, JsonElement? VpcProperties);

/// <summary>A destination as ListTopicRuleDestinations shows it.</summary>
internal sealed record DestinationSummaryDocument(
    string Arn, string Status, double CreatedAt, double LastUpdatedAt, string? StatusReason, HttpDestinationDocument? HttpUrlSummary,
    JsonElement? VpcDestinationSummary);

/// <summary>A page of destinations.</summary>
internal sealed record DestinationPageDocument(IReadOnlyList<DestinationSummaryDocument> DestinationSummaries, string? NextToken);

/// <summary>What the owner of a destination is sent.</summary>
internal sealed record ConfirmationDocument(string Arn, string ConfirmationToken, string EnableUrl, string MessageType);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewDestinationDocument))]
[JsonSerializable(typeof(DestinationChangeDocument))]
[JsonSerializable(typeof(DestinationAnswerDocument))]
[JsonSerializable(typeof(DestinationPageDocument))]
[JsonSerializable(typeof(ConfirmationDocument))]
internal sealed partial class DestinationJson : JsonSerializerContext;
