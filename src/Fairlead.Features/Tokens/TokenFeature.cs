using System.Text.Json.Serialization;
using Fairlead.Features.Api;

namespace Fairlead.Features.Tokens;

/// <summary>
/// API tokens below <c>/v1/tokens</c>: for scripts and monitors, with the roles of the console. A token is shown once, when it is made; what
/// is kept is its hash. To revoke one ends at once what it has open.
/// </summary>
internal sealed class TokenFeature(FeatureContext context, TokenRegister register) : IFeature
{
    private const int MostTokens = 1_000;
    private const int LongestName = 128;

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Hub("ListTokens", "GET", "/v1/tokens", List),
        ApiOperation.Hub("CreateToken", "POST", "/v1/tokens", CreateAsync),
        ApiOperation.Hub("DeleteToken", "DELETE", "/v1/tokens/{name}", DeleteAsync),
    ];

    private static TokenDocument Describe(ApiToken token, string? text = null) => new(
        token.Name, token.Role, text, DateTimeOffset.FromUnixTimeMilliseconds(token.CreatedAt), token.CreatedBy,
        token.ExpiresAt is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null);

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var paging = Paging.Registry(request);
        lock (context.Documents.Gate)
        {
            var page = paging.Take(register.Table.After(paging.After), static entry => entry.Key, out var next);
            return new(ApiResponse.Json(new TokenListDocument([.. page.Select(static entry => Describe(entry.Value))], next), TokenJson.Default.TokenListDocument));
        }
    }

    private async ValueTask<ApiResponse> CreateAsync(ApiRequest request)
    {
        var input = request.Body(TokenJson.Default.NewTokenDocument);
        if (input.Name is not { Length: > 0 and <= LongestName } name || name.Any(char.IsControl))
            throw ApiException.InvalidRequest($"a token needs a name of 1 to {LongestName} characters");
        if (RoleRights.Parse(input.Role) is not { } role) throw ApiException.InvalidRequest("role must be viewer, operator or admin");
        if (input.ExpiresAt is { } end && end.ToUnixTimeMilliseconds() <= context.Now) throw ApiException.InvalidRequest("expiresAt has passed already");
        string text = TokenRegister.NewText();
        var token = new ApiToken(name, RoleRights.NameOf(role), TokenRegister.HashOf(text), context.Now, request.Caller.PrincipalId)
        {
            ExpiresAt = input.ExpiresAt?.ToUnixTimeMilliseconds(),
        };
        lock (context.Documents.Gate)
        {
            if (register.Table.Find(name) is not null) throw ApiException.AlreadyExists($"there is a token {name} already: revoke it first, or take another name", name, name);
            if (register.Table.Count >= MostTokens) throw ApiException.LimitExceeded($"there are {MostTokens} tokens already: revoke some");
            register.Table.Save(name, token);
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Json(Describe(token, text), TokenJson.Default.TokenDocument);
    }

    private async ValueTask<ApiResponse> DeleteAsync(ApiRequest request)
    {
        string name = request.Label();
        lock (context.Documents.Gate)
        {
            if (!register.Table.Remove(name)) throw ApiException.NotFound($"there is no token {name}");
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }
}

/// <summary>A token; <c>token</c> is its text, in the answer that makes it alone.</summary>
internal sealed record TokenDocument(string Name, string Role, string? Token, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt);

/// <summary>A page of tokens.</summary>
internal sealed record TokenListDocument(IReadOnlyList<TokenDocument> Tokens, string? NextToken);

/// <summary>A token to make; without <c>expiresAt</c> it does not end by itself.</summary>
internal sealed record NewTokenDocument(string? Name, string? Role, DateTimeOffset? ExpiresAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiToken))]
[JsonSerializable(typeof(TokenListDocument))]
[JsonSerializable(typeof(NewTokenDocument))]
internal sealed partial class TokenJson : JsonSerializerContext;
