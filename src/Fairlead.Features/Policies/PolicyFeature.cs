using System.Security.Cryptography;
using System.Text;
using Fairlead.Features.Api;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Policies;

/// <summary>Policies and their versions over HTTP (section 9).</summary>
internal sealed class PolicyFeature(FeatureContext context, HubRecords records, PolicyService policies, TagService tags) : IFeature
{
    /// <summary>A document of the greatest length, each character written as an escape of six.</summary>
    private const int MaximumBody = 2_500_000;

    private readonly PolicyOrder _order = new(records.Policies);

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("CreatePolicy", "POST", "/policies/{policyName}", CreateAsync, OfLabel) with { MaximumBody = MaximumBody },
        ApiOperation.Control("GetPolicy", "GET", "/policies/{policyName}", Get, OfLabel),
        ApiOperation.Control("ListPolicies", "GET", "/policies", List),
        ApiOperation.Control("DeletePolicy", "DELETE", "/policies/{policyName}", Change(r => policies.Delete(r.Label())), OfLabel),
        ApiOperation.Control("CreatePolicyVersion", "POST", "/policies/{policyName}/version", CreateVersionAsync, OfLabel) with { MaximumBody = MaximumBody },
        ApiOperation.Control("GetPolicyVersion", "GET", "/policies/{policyName}/version/{policyVersionId}", GetVersion, OfLabel),
        ApiOperation.Control("ListPolicyVersions", "GET", "/policies/{policyName}/version", ListVersions, OfLabel),
        ApiOperation.Control(
            "DeletePolicyVersion", "DELETE", "/policies/{policyName}/version/{policyVersionId}", Change(r => policies.DeleteVersion(r.Label(), r.Label(1))), OfLabel),
        ApiOperation.Control(
            "SetDefaultPolicyVersion", "PATCH", "/policies/{policyName}/version/{policyVersionId}",
            Change(r => policies.SetDefaultVersion(r.Label(), r.Label(1))), OfLabel),
    ];

    /// <summary>Time as the control plane writes it: seconds with a fraction.</summary>
    public static double Seconds(long milliseconds) => milliseconds / 1000.0;

    // Stays the same as long as the version: nothing else can be asked of it.
    private static string GenerationOf(Policy policy, PolicyVersion version) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{policy.Name}|{policy.CreatedAt}|{version.Number}")).AsSpan(0, 16)).ToString();

    private string OfLabel(ApiRequest request) => policies.ArnOf(request.Label());

    private ApiHandler Change(Action<ApiRequest> change) => async request =>
    {
        lock (context.Documents.Gate) change(request);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Empty;
    };

    private async ValueTask<ApiResponse> CreateAsync(ApiRequest request)
    {
        var input = request.Body(PolicyJson.Default.NewPolicyDocument);
        Policy policy = null!;
        TagService.Check(input.Tags);
        lock (context.Documents.Gate)
        {
            context.Documents.InOne(() =>
            {
                policy = policies.Create(request.Label(), input.PolicyDocument);
                tags.Create(policies.ArnOf(policy.Name), input.Tags);
            });
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Json(
            new CreatedPolicyDocument(policy.Name, policies.ArnOf(policy.Name), policy.Default.Document, "1"), PolicyJson.Default.CreatedPolicyDocument);
    }

    private ValueTask<ApiResponse> Get(ApiRequest request)
    {
        var policy = policies.Get(request.Label());
        var version = policy.Default;
        return new(ApiResponse.Json(
            new PolicyDescription(
                policy.Name, policies.ArnOf(policy.Name), version.Document, $"{version.Number}", Seconds(policy.CreatedAt), Seconds(policy.ModifiedAt),
                GenerationOf(policy, version)),
            PolicyJson.Default.PolicyDescription));
    }

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var paging = Paging.Security(request);
        lock (context.Documents.Gate)
        {
            var page = paging.Take(_order.After(paging.After, request.QueryBoolean("isAscendingOrder") ?? false), PolicyOrder.KeyOf, out var next);
            return new(ApiResponse.Json(
                new PolicyListDocument([.. page.Select(entry => new PolicyReference(entry.Name, policies.ArnOf(entry.Name)))], next),
                PolicyJson.Default.PolicyListDocument));
        }
    }

    private async ValueTask<ApiResponse> CreateVersionAsync(ApiRequest request)
    {
        var input = request.Body(PolicyJson.Default.NewPolicyDocument);
        var asDefault = request.QueryBoolean("setAsDefault") ?? false;
        PolicyVersion version;
        lock (context.Documents.Gate) version = policies.CreateVersion(request.Label(), input.PolicyDocument, asDefault);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Json(
            new CreatedVersionDocument(policies.ArnOf(request.Label()), version.Document, $"{version.Number}", asDefault),
            PolicyJson.Default.CreatedVersionDocument);
    }

    private ValueTask<ApiResponse> GetVersion(ApiRequest request)
    {
        var policy = policies.Get(request.Label());
        var version = policies.GetVersion(policy, request.Label(1));
        return new(ApiResponse.Json(
            new VersionDescription(
                policies.ArnOf(policy.Name), policy.Name, version.Document, $"{version.Number}", version.Number == policy.DefaultVersion,
                Seconds(version.CreatedAt), Seconds(version.CreatedAt), GenerationOf(policy, version)),
            PolicyJson.Default.VersionDescription));
    }

    private ValueTask<ApiResponse> ListVersions(ApiRequest request)
    {
        var policy = policies.Get(request.Label());
        var versions = policy.Versions.Reverse()
            .Select(version => new VersionEntry($"{version.Number}", version.Number == policy.DefaultVersion, Seconds(version.CreatedAt)));
        return new(ApiResponse.Json(new VersionListDocument([.. versions]), PolicyJson.Default.VersionListDocument));
    }
}
