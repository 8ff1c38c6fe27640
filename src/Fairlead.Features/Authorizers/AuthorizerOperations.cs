using Fairlead.Features.Api;

namespace Fairlead.Features.Authorizers;

/// <summary>The operations on authorizers.</summary>
internal sealed class AuthorizerOperations(FeatureContext context, AuthorizerRecords records, AuthorizerService service, AuthorizerCalls calls)
{
    private const string One = "/authorizer/{authorizerName}";
    private const string TheDefault = "/default-authorizer";

    /// <summary>The operations.</summary>
    public IEnumerable<ApiOperation> All =>
    [
        ApiOperation.Control("CreateAuthorizer", "POST", One, CreateAsync, ArnOf),
        ApiOperation.Control("DescribeAuthorizer", "GET", One, request => new(Describe(service.Find(request.Label()))), ArnOf),
        ApiOperation.Control("UpdateAuthorizer", "PUT", One, UpdateAsync, ArnOf),
        ApiOperation.Control("DeleteAuthorizer", "DELETE", One, DeleteAsync, ArnOf),
        // The service model has a slash at the end.
        ApiOperation.Control("ListAuthorizers", "GET", "/authorizers/", List),
        ApiOperation.Control("ListAuthorizers", "GET", "/authorizers", List),
        ApiOperation.Control("SetDefaultAuthorizer", "POST", TheDefault, SetDefaultAsync),
        ApiOperation.Control("DescribeDefaultAuthorizer", "GET", TheDefault, _ => new(Describe(service.GetDefault()))),
        ApiOperation.Control("ClearDefaultAuthorizer", "DELETE", TheDefault, ClearDefaultAsync),
        ApiOperation.Control("TestInvokeAuthorizer", "POST", "/authorizer/{authorizerName}/test", TestAsync, ArnOf),
    ];

    private string ArnOf(ApiRequest request) => service.ArnOf(request.Label());

    private async ValueTask<ApiResponse> CreateAsync(ApiRequest request)
    {
        var input = request.Body(AuthorizerJson.Default.AuthorizerInputDocument);
        lock (context.Documents.Gate) service.Create(request.Label(), input);
        return await SummarizeAsync(request.Label()).ConfigureAwait(false);
    }

    private async ValueTask<ApiResponse> UpdateAsync(ApiRequest request)
    {
        var input = request.Body(AuthorizerJson.Default.AuthorizerInputDocument);
        lock (context.Documents.Gate) service.Update(request.Label(), input);
        return await SummarizeAsync(request.Label()).ConfigureAwait(false);
    }

    private async ValueTask<ApiResponse> DeleteAsync(ApiRequest request)
    {
        lock (context.Documents.Gate) service.Delete(request.Label());
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private async ValueTask<ApiResponse> SetDefaultAsync(ApiRequest request)
    {
        var name = request.Body(AuthorizerJson.Default.DefaultAuthorizerDocument).AuthorizerName ?? throw ApiException.InvalidRequest("authorizerName is missing");
        lock (context.Documents.Gate) service.SetDefault(name);
        return await SummarizeAsync(name).ConfigureAwait(false);
    }

    private async ValueTask<ApiResponse> ClearDefaultAsync(ApiRequest request)
    {
        lock (context.Documents.Gate) service.ClearDefault();
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    private async ValueTask<ApiResponse> SummarizeAsync(string name)
    {
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Json(new AuthorizerSummaryDocument(name, service.ArnOf(name)), AuthorizerJson.Default.AuthorizerSummaryDocument);
    }

    private ApiResponse Describe(Authorizer authorizer)
    {
        // A shared secret is not a public key: it is set, not shown.
        var keys = authorizer.SigningKeys.ToDictionary(
            static key => key.Key,
            static key => key.Value.StartsWith(SigningKeys.SecretPrefix, StringComparison.Ordinal) ? SigningKeys.SecretPrefix + "***" : key.Value,
            StringComparer.Ordinal);
        return ApiResponse.Json(
            new AuthorizerAnswerDocument(new AuthorizerDescriptionDocument(
                authorizer.Name, service.ArnOf(authorizer.Name), authorizer.Function, authorizer.TokenKeyName, keys.Count == 0 ? null : keys,
                authorizer.IsActive ? "ACTIVE" : "INACTIVE", authorizer.CreatedAt / 1000.0, authorizer.ModifiedAt / 1000.0, authorizer.IsSigningDisabled, authorizer.CachesHttp)),
            AuthorizerJson.Default.AuthorizerAnswerDocument);
    }

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var paging = Paging.Security(request);
        var isAscending = request.QueryBoolean("isAscendingOrder") ?? false;
        bool? isActive = request.Query("status") switch
        {
            null => null,
            "ACTIVE" => true,
            "INACTIVE" => false,
            var other => throw ApiException.InvalidRequest($"status must be ACTIVE or INACTIVE, not '{other}'"),
        };
        List<Authorizer> all;
        lock (context.Documents.Gate) all = [.. records.Authorizers.After(null).Select(static entry => entry.Value)];
        // By creation, newest first unless asked otherwise, as all lists of this family.
        var ordered = all.Where(authorizer => isActive is null || authorizer.IsActive == isActive)
            .OrderBy(authorizer => isAscending ? authorizer.CreatedAt : -authorizer.CreatedAt).ThenBy(static authorizer => authorizer.Name, StringComparer.Ordinal);
        var rest = paging.After is null ? ordered : ordered.SkipWhile(authorizer => authorizer.Name != paging.After).Skip(1);
        var page = paging.Take(rest, static authorizer => authorizer.Name, out var next);
        return new(ApiResponse.Json(
            new AuthorizerListDocument([.. page.Select(authorizer => new AuthorizerSummaryDocument(authorizer.Name, service.ArnOf(authorizer.Name)))], next),
            AuthorizerJson.Default.AuthorizerListDocument));
    }

    private async ValueTask<ApiResponse> TestAsync(ApiRequest request)
    {
        var input = request.Body(AuthorizerJson.Default.TestInvokeDocument);
        var authorizer = service.Find(request.Label());
        var verdict = await calls.AskAsync(authorizer with { IsActive = true }, AuthorizerRequest.From(input), request.Aborted).ConfigureAwait(false);
        return verdict.Kind switch
        {
            RefusalKind.InvalidAnswer => throw new ApiException(400, "InvalidResponseException", verdict.Reason),
            RefusalKind.Unavailable => throw ApiException.InvalidRequest(verdict.Reason),
            RefusalKind.Denied => Answer(new TestResultDocument(false, null, null, null, null)),
            _ => Answer(new TestResultDocument(
                true, verdict.Grant!.PrincipalId, verdict.Grant.PolicyDocuments, verdict.Grant.RefreshAfterSeconds, verdict.Grant.DisconnectAfterSeconds)),
        };

        static ApiResponse Answer(TestResultDocument result) => ApiResponse.Json(result, AuthorizerJson.Default.TestResultDocument);
    }
}
