using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Fairlead.Features.Api;

namespace Fairlead.Features.AccessKeys;

/// <summary>Access keys and their administration below <c>/v1/keys</c>. The first key is made at the first start.</summary>
internal sealed class AccessKeyFeature(FeatureContext context, HubRecords records, Func<string, string?> checkPolicy) : IFeature
{
    private const int MostKeys = 10_000;

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Hub("ListKeys", "GET", "/v1/keys", List),
        ApiOperation.Hub("CreateKey", "POST", "/v1/keys", CreateAsync),
        ApiOperation.Hub("GetKey", "GET", "/v1/keys/{id}", Get),
        ApiOperation.Hub("UpdateKey", "PATCH", "/v1/keys/{id}", UpdateAsync),
        ApiOperation.Hub("DeleteKey", "DELETE", "/v1/keys/{id}", DeleteAsync),
    ];

    /// <inheritdoc/>
    public void Start()
    {
        lock (context.Documents.Gate)
        {
            if (records.AccessKeys.Count == 0) records.AccessKeys.Save(NewId(out var id), new AccessKey(id, NewSecret(), true, context.Now) { Description = "made at the first start" });
        }
    }

    private static string NewId(out string id) => id = "AKIA" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);

    private static string NewSecret() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(30));

    private static KeyDocument Describe(AccessKey key, bool withSecret) => new(
        key.Id, withSecret ? key.Secret : null, withSecret ? key.SessionToken : null, key.IsEnabled, key.Description,
        DateTimeOffset.FromUnixTimeMilliseconds(key.CreatedAt), key.ExpiresAt is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null, key.PolicyDocument);

    private static ApiResponse Answer(AccessKey key, bool withSecret) => ApiResponse.Json(Describe(key, withSecret), KeyJson.Default.KeyDocument);

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var paging = Paging.Registry(request);
        lock (context.Documents.Gate)
        {
            var page = paging.Take(records.AccessKeys.After(paging.After), static entry => entry.Key, out var next);
            return new(ApiResponse.Json(new KeyListDocument([.. page.Select(static entry => Describe(entry.Value, withSecret: false))], next), KeyJson.Default.KeyListDocument));
        }
    }

    private ValueTask<ApiResponse> Get(ApiRequest request) => new(Answer(Find(request.Label()), withSecret: true));

    private async ValueTask<ApiResponse> CreateAsync(ApiRequest request)
    {
        var input = request.Body(KeyJson.Default.NewKeyDocument);
        if (input.Id is null != input.Secret is null) throw ApiException.InvalidRequest("give both id and secret of the key to import, or neither");
        if (input.Id is not null && (input.Id.Length is < 3 or > 128 || !input.Id.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_')))
            throw ApiException.InvalidRequest("the id of a key has 3 to 128 letters, digits and underscores");
        if (input.Secret is { Length: 0 or > 256 }) throw ApiException.InvalidRequest("the secret of a key has 1 to 256 characters");
        Check(input.PolicyDocument, input.Description);
        var id = input.Id ?? NewId(out _);
        var key = new AccessKey(id, input.Secret ?? NewSecret(), true, context.Now)
        {
            Description = input.Description ?? "",
            PolicyDocument = input.PolicyDocument,
            SessionToken = input.SessionToken,
            ExpiresAt = input.ExpiresAt?.ToUnixTimeMilliseconds(),
        };
        lock (context.Documents.Gate)
        {
            if (records.AccessKeys.Find(id) is not null) throw ApiException.AlreadyExists($"the key {id} exists already", id, id);
            if (records.AccessKeys.Count >= MostKeys) throw ApiException.LimitExceeded($"there are {MostKeys} keys already: delete some");
            records.AccessKeys.Save(id, key);
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        return Answer(key, withSecret: true);
    }

    private async ValueTask<ApiResponse> UpdateAsync(ApiRequest request)
    {
        var input = request.Body(KeyJson.Default.KeyChangeDocument);
        Check(input.PolicyDocument, input.Description);
        AccessKey key;
        lock (context.Documents.Gate)
        {
            key = Find(request.Label());
            key = key with
            {
                IsEnabled = input.Enabled ?? key.IsEnabled,
                Description = input.Description ?? key.Description,
                PolicyDocument = input.RemovePolicy == true ? null : input.PolicyDocument ?? key.PolicyDocument,
            };
            records.AccessKeys.Save(key.Id, key);
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        return Answer(key, withSecret: false);
    }

    private async ValueTask<ApiResponse> DeleteAsync(ApiRequest request)
    {
        var id = request.Label();
        lock (context.Documents.Gate)
        {
            if (!records.AccessKeys.Remove(id)) throw ApiException.NotFound($"there is no key {id}");
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private void Check(string? policy, string? description)
    {
        if (policy is not null && checkPolicy(policy) is { } problem) throw new ApiException(400, "MalformedPolicyException", problem);
        if (description is { Length: > 256 }) throw ApiException.InvalidRequest("a description has at most 256 characters");
    }

    private AccessKey Find(string id) => records.AccessKeys.Find(id) ?? throw ApiException.NotFound($"there is no key {id}");
}

/// <summary>A key as it is shown.</summary>
internal sealed record KeyDocument(
    string Id, string? Secret, string? SessionToken, bool Enabled, string Description, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, string? PolicyDocument);

/// <summary>A page of keys.</summary>
internal sealed record KeyListDocument(IReadOnlyList<KeyDocument> Keys, string? NextToken);

/// <summary>A key to make; with id and secret one to import.</summary>
internal sealed record NewKeyDocument(
    string? Id, string? Secret, string? SessionToken, string? Description, DateTimeOffset? ExpiresAt, string? PolicyDocument);

/// <summary>What to change about a key.</summary>
internal sealed record KeyChangeDocument(bool? Enabled, string? Description, string? PolicyDocument, bool? RemovePolicy);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeyListDocument))]
[JsonSerializable(typeof(NewKeyDocument))]
[JsonSerializable(typeof(KeyChangeDocument))]
internal sealed partial class KeyJson : JsonSerializerContext;
