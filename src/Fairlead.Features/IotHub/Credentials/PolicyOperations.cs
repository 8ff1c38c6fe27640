using System.Text.Json.Serialization;
using Fairlead.Features.Api;

namespace Fairlead.Features.IotHub.Credentials;

/// <summary>Policies and their keys, for administrators, below <c>/v1/iothub/policies</c>.</summary>
internal sealed class PolicyOperations(FeatureContext context, HubPolicies policies, HubCredentials credentials)
{
    /// <summary>The operations.</summary>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Hub("ListIotHubPolicies", "GET", "/v1/iothub/policies", List),
        ApiOperation.Hub("GetIotHubPolicy", "GET", "/v1/iothub/policies/{name}", Get),
        ApiOperation.Hub("ExplainIotHubToken", "POST", "/v1/iothub/explain", Explain),
        ApiOperation.Hub("RenewIotHubPolicy", "POST", "/v1/iothub/policies/{name}/keys", RenewAsync),
    ];

    private static PolicyKeysDocument Describe(HubPolicy policy) => new(policy.Name, [.. Names(policy.Permissions)], policy.PrimaryKey, policy.SecondaryKey);

    private static IEnumerable<string> Names(HubPermissions permissions) =>
        Enum.GetValues<HubPermissions>().Where(one => one is not (HubPermissions.None or HubPermissions.All) && permissions.HasFlag(one)).Select(static one => one.ToString());

    private static ApiException NotFound(string name) => ApiException.NotFound($"there is no policy {name} of the Azure dialect");

    private ValueTask<ApiResponse> List(ApiRequest request) =>
        new(ApiResponse.Json(new PolicyKeysListDocument([.. policies.All.Select(Describe)]), PolicyKeysJson.Default.PolicyKeysListDocument));

    private ValueTask<ApiResponse> Get(ApiRequest request)
    {
        var policy = policies.Find(request.Label()) ?? throw NotFound(request.Label());
        return new(ApiResponse.Json(Describe(policy), PolicyKeysJson.Default.PolicyKeysDocument));
    }

    /// <summary>Judges a token as the endpoints do, and says why.</summary>
    private ValueTask<ApiResponse> Explain(ApiRequest request)
    {
        var input = request.Body(PolicyKeysJson.Default.TokenDocument);
        if (input.Token is null) throw ApiException.InvalidRequest("token is missing");
        IotHubError? error = null;
        var name = default(IdentityName);
        bool asks = input.DeviceId is not null;
        if (asks && !IdentityName.TryCreate(input.DeviceId, input.ModuleId, out name)) throw ApiException.InvalidRequest("deviceId and moduleId must be ids");
        if (credentials.TryCheckToken(input.Token, out var grant, out var refusal) && asks) error = credentials.Judge(grant, name);
        error ??= refusal;
        var document = new ExplanationDocument(
            error is null, error?.ToString(), grant?.PolicyName, grant is null ? null : [.. Names(grant.Permissions)], grant?.Scope?.Key ?? (grant is null ? null : "the hub"), grant?.AcceptedUntil);
        return new(ApiResponse.Json(document, PolicyKeysJson.Default.ExplanationDocument));
    }

    private async ValueTask<ApiResponse> RenewAsync(ApiRequest request)
    {
        var (primary, secondary) = request.Query("key") switch
        {
            "primary" => (true, false),
            "secondary" => (false, true),
            "both" => (true, true),
            var key => throw ApiException.InvalidRequest($"key must be primary, secondary or both, not '{key}'"),
        };
        HubPolicy policy;
        lock (context.Documents.Gate) policy = policies.Renew(request.Label(), primary, secondary) ?? throw NotFound(request.Label());
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Json(Describe(policy), PolicyKeysJson.Default.PolicyKeysDocument);
    }
}

/// <summary>A policy with its keys.</summary>
internal sealed record PolicyKeysDocument(string Name, IReadOnlyList<string> Permissions, string PrimaryKey, string SecondaryKey);

/// <summary>A token to explain; whether its holder may act as an identity too, when one is named.</summary>
internal sealed record TokenDocument(string? Token, string? DeviceId, string? ModuleId);

/// <summary>What a token allows, or why it is refused.</summary>
internal sealed record ExplanationDocument(bool Accepted, string? Reason, string? Policy, IReadOnlyList<string>? Permissions, string? Scope, DateTimeOffset? AcceptedUntil);

/// <summary>All policies.</summary>
internal sealed record PolicyKeysListDocument(IReadOnlyList<PolicyKeysDocument> Policies);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PolicyKeysListDocument))]
[JsonSerializable(typeof(TokenDocument))]
[JsonSerializable(typeof(ExplanationDocument))]
[JsonSerializable(typeof(PolicyKeysDocument))]
internal sealed partial class PolicyKeysJson : JsonSerializerContext;
