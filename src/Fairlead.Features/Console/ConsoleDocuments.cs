using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Fairlead.Features.Console;

/// <summary>Why a view cannot be shown.</summary>
internal sealed record ProblemDocument(int Status, string Code, string Message);

/// <summary>The hub at a glance. Times are milliseconds since the Unix epoch, as in all documents here; counters count since the start.</summary>
internal sealed record OverviewDocument(
    long At, long Connections, long Sessions, long Subscriptions, long Retained, long Queued, long MessagesIn, long MessagesOut, long BytesIn,
    long BytesOut, long Dropped, long RefusedInLastHour, long RuleFailures, long CertificatesEnding, int Certificates, int Things, int Rules,
    int EdgesUp, int EdgesDown);

/// <summary>A client in the list.</summary>
internal sealed record ClientRowDocument(
    string ClientId, string? ThingName, string Principal, string Version, bool Connected, string? Listener, string? Tls, string? RemoteAddress,
    long Since, int KeepAlive, long SessionExpiry, int Subscriptions, int Queued, int Inflight, long MessagesIn, long MessagesOut, long Dropped,
    string? CertificateId);

/// <summary>A page of clients; <c>next</c> is <c>after</c> of the next page.</summary>
internal sealed record ClientPageDocument(IReadOnlyList<ClientRowDocument> Clients, string? Next, long Connected);

/// <summary>A subscription.</summary>
internal sealed record FilterDocument(string Filter, int Qos);

/// <summary>Something that happened.</summary>
internal sealed record EventDocument(long At, string Event, string? Detail);

/// <summary>Everything about one client; <c>client</c> is absent when it is neither connected nor stored.</summary>
internal sealed record ClientDetailDocument(
    ClientRowDocument? Client, IReadOnlyList<FilterDocument> Subscriptions, IReadOnlyList<EventDocument> Events, IReadOnlyList<RefusedDocument> Refused);

/// <summary>A refusal, as often as it came.</summary>
internal sealed record RefusedDocument(
    long FirstAt, long At, long Count, string Stage, string? ClientId, string? ThingName, string? Principal, string? CertificateId, string? Address,
    string? Action, string? Resource, string Reason);

/// <summary>The newest refusals.</summary>
internal sealed record RefusedListDocument(IReadOnlyList<RefusedDocument> Refused, long InLastHour);

/// <summary>A shadow; state, metadata and version are absent when there is none.</summary>
internal sealed record ShadowViewDocument(
    string Thing, string? Name, JsonElement? State, JsonElement? Metadata, JsonElement? Version, IReadOnlyList<string> Names, bool ThingExists);

/// <summary>A thing as it is connected now.</summary>
internal sealed record ThingViewDocument(string Name, bool Exists, IReadOnlyList<ClientRowDocument> Clients, bool HasShadow, IReadOnlyList<string> ShadowNames);

/// <summary>A rule in the list.</summary>
internal sealed record RuleRowDocument(string Name, string Sql, bool Enabled, long Matched, long Executed, long Failed, string? LastError);

/// <summary>All rules.</summary>
internal sealed record RuleListDocument(IReadOnlyList<RuleRowDocument> Rules);

/// <summary>Functions of rule statements.</summary>
internal sealed record FunctionListDocument(IReadOnlyList<string> Functions);

/// <summary>Lines of the structured log; <c>skipped</c> came faster than they can be shown.</summary>
internal sealed record LogBatchDocument(IReadOnlyList<JsonElement> Lines, long Skipped);

/// <summary>Everything that a client does is logged until then; <c>levelBefore</c> is the level that somebody had set for it, which it gets back.</summary>
internal sealed record TraceDocument(string ClientId, long StartedAt, long EndsAt, string? LevelBefore = null);

/// <summary>What runs.</summary>
internal sealed record TraceListDocument(IReadOnlyList<TraceDocument> Traces);

/// <summary>A trace to start; <c>seconds</c> is 1 to 3,600, and 600 when absent.</summary>
internal sealed record TraceInput(string? ClientId, int? Seconds);

/// <summary>A one-time link to make; <c>role</c> is admin when absent.</summary>
internal sealed record LinkInput(string? Role);

/// <summary>A one-time link.</summary>
internal sealed record LinkDocument(string Path, long ExpiresAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(OverviewDocument))]
[JsonSerializable(typeof(ClientPageDocument))]
[JsonSerializable(typeof(ClientDetailDocument))]
[JsonSerializable(typeof(RefusedListDocument))]
[JsonSerializable(typeof(ShadowViewDocument))]
[JsonSerializable(typeof(ThingViewDocument))]
[JsonSerializable(typeof(RuleListDocument))]
[JsonSerializable(typeof(FunctionListDocument))]
[JsonSerializable(typeof(LogBatchDocument))]
[JsonSerializable(typeof(TraceDocument))]
[JsonSerializable(typeof(TraceListDocument))]
[JsonSerializable(typeof(TraceInput))]
[JsonSerializable(typeof(LinkInput))]
[JsonSerializable(typeof(LinkDocument))]
[JsonSerializable(typeof(Topics.TopicViewInput))]
[JsonSerializable(typeof(Topics.TopicViewDocument))]
[JsonSerializable(typeof(Topics.TopicMessageDocument))]
[JsonSerializable(typeof(Topics.WatchDocument))]
[JsonSerializable(typeof(Topics.RetainedInput))]
[JsonSerializable(typeof(Topics.RetainedCountDocument))]
[JsonSerializable(typeof(Topics.TopicListDocument))]
[JsonSerializable(typeof(Topics.WatchingDocument))]
[JsonSerializable(typeof(Topics.SkippedDocument))]
[JsonSerializable(typeof(Messages.MessageDocument))]
[JsonSerializable(typeof(Messages.OpenedDocument))]
[JsonSerializable(typeof(Messages.MessageBatchDocument))]
[JsonSerializable(typeof(Messages.PublishInput))]
[JsonSerializable(typeof(Messages.PublishedDocument))]
[JsonSerializable(typeof(ConsoleSettingsDocument))]
[JsonSerializable(typeof(MetricHistoryDocument))]
[JsonSerializable(typeof(UserInput))]
internal sealed partial class ConsoleJson : JsonSerializerContext
{
    /// <summary>A document as UTF-8.</summary>
    public static byte[] Write<T>(T document, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(document, type);
}
