using System.Text.Json.Serialization;

namespace Fairlead.Server.Http;

/// <summary>A client in <c>/v1/clients</c>.</summary>
internal sealed record ClientDocument(
    string ClientId,
    string Principal,
    string Version,
    bool Connected,
    string? Listener,
    string? RemoteAddress,
    DateTimeOffset Since,
    int KeepAlive,
    long SessionExpiry,
    int Subscriptions,
    int Queued,
    int Inflight,
    long MessagesIn,
    long MessagesOut,
    long Dropped);

/// <summary>A page of clients; <c>next</c> is the value of <c>after</c> for the next page, absent on the last.</summary>
internal sealed record ClientListDocument(IReadOnlyList<ClientDocument> Clients, string? Next);

/// <summary>Why a request was not served.</summary>
internal sealed record ProblemDocument(string Code, string Message);

/// <summary>Health with what it rests on.</summary>
internal sealed record HealthDocument(string Status, string? Reason);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClientListDocument))]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(HealthDocument))]
internal sealed partial class HubJson : JsonSerializerContext;
