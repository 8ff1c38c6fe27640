using System.Net;
using Fairlead.Features.Api;
using Fairlead.Features.Lifecycle;

namespace Fairlead.Features.Fleet;

/// <summary>GetThingConnectivityData (spec/aws-registry-and-policies, section 12).</summary>
internal sealed class ConnectivityFeature(FeatureContext context, HubRecords records, FleetIndex index) : IFeature
{
    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control(
            "GetThingConnectivityData", "POST", "/things/{thingName}/connectivity-data", Get, request => context.Scope.Arn("thing", request.Label())),
    ];

    private static string? AddressOf(EndPoint? endPoint) => (endPoint as IPEndPoint)?.Address is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;

    private ValueTask<ApiResponse> Get(ApiRequest request)
    {
        var name = request.Label();
        var withSockets = request.Body(FleetJson.Default.ConnectivityRequestDocument).IncludeSocketInformation ?? false;
        if (records.Things.Find(name) is null) throw ApiException.NotFound($"there is no thing {name}");
        return new(ApiResponse.Json(Describe(name, withSockets), FleetJson.Default.ThingConnectivityDocument));
    }

    private ThingConnectivityDocument Describe(string name, bool withSockets)
    {
        if (index.ConnectionOf(name) is not { } last) return new ThingConnectivityDocument(name, false);
        var document = new ThingConnectivityDocument(name, last.IsConnected)
        {
            Timestamp = last.Timestamp / 1000.0,
            DisconnectReason = last.DisconnectReason ?? DisconnectReasons.None,
            KeepAliveDuration = last.KeepAlive,
            CleanSession = last.SessionExpiry == 0,
            SessionExpiry = last.SessionExpiry,
            ClientId = last.ClientId,
        };
        if (!withSockets || !context.Broker.TryGetState(last.ClientId, out var state) || state.Transport is not { } transport) return document;
        return document with
        {
            SourceIp = AddressOf(transport.RemoteEndPoint),
            SourcePort = (transport.RemoteEndPoint as IPEndPoint)?.Port,
            TargetIp = AddressOf(transport.LocalEndPoint),
            TargetPort = (transport.LocalEndPoint as IPEndPoint)?.Port,
        };
    }
}
