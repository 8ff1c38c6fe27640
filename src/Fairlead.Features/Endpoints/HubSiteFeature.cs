using System.Text.Json.Serialization;
using Fairlead.Features.Api;

namespace Fairlead.Features.Endpoints;

/// <summary><c>GET /v1/hub</c>: what tools need to write a connection kit or a profile for this hub.</summary>
internal sealed class HubSiteFeature(HubScope scope, HubSite site) : IFeature
{
    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations => [ApiOperation.Hub("GetHub", "GET", "/v1/hub", Get)];

    private ValueTask<ApiResponse> Get(ApiRequest request)
    {
        var document = new HubSiteDocument(
            site.Version, scope.Partition, scope.Region, scope.AccountId, scope.EndpointHost.Length > 0 ? scope.EndpointHost : null,
            site.Listeners, site.RootCa, site.DevMode, site.IotHubHost);
        return new(ApiResponse.Json(document, HubSiteJson.Default.HubSiteDocument));
    }
}

/// <summary>Answer of GetHub.</summary>
internal sealed record HubSiteDocument(
    string Version, string Partition, string Region, string AccountId, string? EndpointHost, IReadOnlyList<string> Listeners, string? RootCa, bool DevMode, string? IotHubHost);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HubSiteDocument))]
internal sealed partial class HubSiteJson : JsonSerializerContext;
