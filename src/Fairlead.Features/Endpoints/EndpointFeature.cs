using System.Text.Json.Serialization;
using Fairlead.Features.Api;

namespace Fairlead.Features.Endpoints;

/// <summary>DescribeEndpoint: where devices and data-plane clients connect (spec/aws-registry-and-policies, section 10).</summary>
internal sealed class EndpointFeature(HubScope scope) : IFeature
{
    private static readonly HashSet<string> Types =
        new(StringComparer.OrdinalIgnoreCase) { "iot:Data", "iot:Data-ATS", "iot:Data-Beta", "iot:CredentialProvider", "iot:Jobs", "iot:DeviceAdvisor" };

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations => [ApiOperation.Control("DescribeEndpoint", "GET", "/endpoint", Describe)];

    private ValueTask<ApiResponse> Describe(ApiRequest request)
    {
        if (request.Query("endpointType") is { } type && !Types.Contains(type))
            throw ApiException.InvalidRequest($"endpointType '{type}' is not one of {string.Join(", ", Types)}");
        // Without a configured name the caller is told the one that it used itself: it reached the hub by it.
        var host = scope.EndpointHost.Length > 0 ? scope.EndpointHost : request.Host;
        return new(ApiResponse.Json(new EndpointDocument(host), EndpointJson.Default.EndpointDocument));
    }
}

/// <summary>Answer of DescribeEndpoint: a bare host name.</summary>
internal sealed record EndpointDocument(string EndpointAddress);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EndpointDocument))]
internal sealed partial class EndpointJson : JsonSerializerContext;
