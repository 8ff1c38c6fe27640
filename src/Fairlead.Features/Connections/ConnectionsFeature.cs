using System.Net;
using System.Text.Json.Serialization;
using Fairlead.Broker.Connections;
using Fairlead.Features.Api;
using Fairlead.Features.Logs;
using Fairlead.Features.Registry;

namespace Fairlead.Features.Connections;

/// <summary>GetConnection, DeleteConnection and ListSubscriptions (spec/aws-messaging, sections 3.4 to 3.6).</summary>
internal sealed class ConnectionsFeature(
    FeatureContext context, DataAuthorizer access, PresenceTable presence, ThingAssociation association, ServedLog log) : IFeature
{
    private const int LargestPage = 200;
    private const int UsualPage = 20;
    private static readonly long ReasonLife = (long)TimeSpan.FromMinutes(30).TotalMilliseconds;

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Data("GetConnection", "GET", "/connections/{clientId}", request => log.RunAsync(request, Entry, Get)),
        ApiOperation.Data("DeleteConnection", "DELETE", "/connections/{clientId}", request => log.RunAsync(request, Entry, DeleteAsync)),
        ApiOperation.Data("ListSubscriptions", "GET", "/connections/{clientId}/subscriptions", request => log.RunAsync(request, Entry, ListSubscriptions)),
    ];

    private static LogEntry Entry(ApiRequest request) => new(request.Operation.Name)
    {
        ClientId = RawTarget.TryDecode(request.Labels[0], out var clientId) ? clientId : null,
        MaxResults = request.Operation.Name == "ListSubscriptions" && int.TryParse(request.Query("maxResults"), out var most) ? most : null,
    };

    private ValueTask<ApiResponse> Get(ApiRequest request)
    {
        var clientId = ClientIdentifiers.Of(request);
        var withSockets = request.QueryBoolean("includeSocketInformation") ?? false;
        access.Demand(request.Caller, "iot:GetConnection", "client", clientId, "iot:IncludeSocketInformation", withSockets ? "true" : "false");
        var document = Describe(clientId, withSockets) ?? throw NotFound();
        return new(ApiResponse.Json(document, ConnectionJson.Default.ConnectionDocument));
    }

    private async ValueTask<ApiResponse> DeleteAsync(ApiRequest request)
    {
        var clientId = ClientIdentifiers.Of(request);
        var cleanSession = request.QueryBoolean("cleanSession") ?? false;
        var preventWill = request.QueryBoolean("preventWillMessage") ?? false;
        access.Demand(request.Caller, "iot:DeleteConnection", "client", clientId);
        if (!await context.Broker.EndClientAsync(clientId, cleanSession, preventWill, "disconnected through the API").ConfigureAwait(false)) throw NotFound();
        // That subscriptions and queue are gone must survive a crash before it is said.
        if (cleanSession) await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Empty;
    }

    private ValueTask<ApiResponse> ListSubscriptions(ApiRequest request)
    {
        var clientId = ClientIdentifiers.Of(request);
        var paging = new Paging(Paging.Decode(request.Query("nextToken"), "nextToken"), (int)(request.QueryNumber("maxResults", 1, LargestPage) ?? UsualPage));
        access.Demand(request.Caller, "iot:ListSubscriptions", "client", clientId);
        var all = context.Broker.ListSubscriptions(clientId) ?? throw NotFound();
        var behind = all.Where(entry => paging.After is null || string.CompareOrdinal(entry.Key, paging.After) > 0)
            .OrderBy(static entry => entry.Key, StringComparer.Ordinal);
        var page = paging.Take(behind, static entry => entry.Key, out var next);
        return new(ApiResponse.Json(
            new SubscriptionListDocument([.. page.Select(static entry => new SubscriptionDocument(entry.Key, (int)entry.Value))], next),
            ConnectionJson.Default.SubscriptionListDocument));
    }

    private ConnectionDocument? Describe(string clientId, bool withSockets)
    {
        var last = presence.Find(clientId);
        if (context.Broker.TryGetState(clientId, out var state) && state.IsConnected)
        {
            return WithSockets(
                new ConnectionDocument(clientId, true, state.SessionExpiry == 0, state.KeepAlive, state.SessionExpiry)
                {
                    ThingName = association.Find(state.Transport!.CertificateId, clientId, out _)?.Name,
                    ConnectedSince = state.Since,
                },
                withSockets ? state.Transport : null);
        }

        if (last is { IsConnected: true })
        {
            // It is leaving this moment: it has left when its events and its Will are out.
            return new ConnectionDocument(clientId, true, last.SessionExpiry == 0, last.KeepAlive, last.SessionExpiry)
            {
                ThingName = association.Find(last.CertificateId, clientId, out _)?.Name,
                ConnectedSince = last.ConnectedAt,
            };
        }

        var isRecent = last is { IsConnected: false } && context.Now - last.DisconnectedAt <= ReasonLife;
        if (state is null && !isRecent) return null;
        var expiry = state?.SessionExpiry ?? last!.SessionExpiry;
        return new ConnectionDocument(clientId, false, expiry == 0, last?.KeepAlive ?? 0, expiry)
        {
            ThingName = association.Find(last?.CertificateId, clientId, out _)?.Name,
            DisconnectedSince = isRecent ? last!.DisconnectedAt : null,
            DisconnectReason = isRecent ? last!.Reason : null,
        };
    }

    private static ConnectionDocument WithSockets(ConnectionDocument document, TransportInfo? transport) => transport is null ? document : document with
    {
        SourceIp = AddressOf(transport.RemoteEndPoint),
        SourcePort = (transport.RemoteEndPoint as IPEndPoint)?.Port,
        TargetIp = AddressOf(transport.LocalEndPoint),
        TargetPort = (transport.LocalEndPoint as IPEndPoint)?.Port,
    };

    private static string? AddressOf(EndPoint? endPoint) => (endPoint as IPEndPoint)?.Address is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;

    private static ApiException NotFound() => ApiException.NotFound("the client is not connected and has no persistent session");
}

/// <summary>Answer of GetConnection.</summary>
internal sealed record ConnectionDocument(string ClientId, bool Connected, bool CleanSession, int KeepAliveDuration, long SessionExpiry)
{
    public string? ThingName { get; init; }

    public long? ConnectedSince { get; init; }

    public long? DisconnectedSince { get; init; }

    public string? DisconnectReason { get; init; }

    public string? SourceIp { get; init; }

    public int? SourcePort { get; init; }

    public string? TargetIp { get; init; }

    public int? TargetPort { get; init; }
}

/// <summary>A subscription.</summary>
internal sealed record SubscriptionDocument(string TopicFilter, int Qos);

/// <summary>A page of subscriptions.</summary>
internal sealed record SubscriptionListDocument(IReadOnlyList<SubscriptionDocument> Subscriptions, string? NextToken);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConnectionDocument))]
[JsonSerializable(typeof(SubscriptionListDocument))]
internal sealed partial class ConnectionJson : JsonSerializerContext;
