using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Fairlead.Features.Api;
using Fairlead.Features.Functions;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Authorizers;

/// <summary>The rules of authorizers. Everything is called under <see cref="Documents.DocumentStore.Gate"/> and commits nothing.</summary>
internal sealed partial class AuthorizerService(FeatureContext context, AuthorizerRecords records, TagService tags, FunctionDirectory functions)
{
    private const int MostAuthorizers = 100;
    private const int MostKeys = 10;
    private const int LongestKey = 5_120;

    /// <summary>Finds an authorizer.</summary>
    public Authorizer Find(string name) => records.Authorizers.Find(name) ?? throw ApiException.NotFound($"there is no authorizer {name}");

    /// <summary>ARN of an authorizer.</summary>
    public string ArnOf(string name) => context.Scope.Arn("authorizer", name);

    /// <summary>Creates an authorizer. Without a status it is active.</summary>
    public Authorizer Create(string name, AuthorizerInputDocument input)
    {
        if (!Name().IsMatch(name)) throw ApiException.InvalidRequest("authorizerName has 1 to 128 letters, digits and characters of _=,@-");
        var function = CheckFunction(input.AuthorizerFunctionArn ?? throw ApiException.InvalidRequest("authorizerFunctionArn is missing"));
        var authorizer = new Authorizer(name, function, CheckStatus(input.Status) ?? true, input.SigningDisabled ?? false, context.Now, context.Now)
        {
            TokenKeyName = CheckTokenKey(input.TokenKeyName),
            SigningKeys = (input.TokenSigningPublicKeys ?? []).ToImmutableSortedDictionary(StringComparer.Ordinal),
            CachesHttp = input.EnableCachingForHttp ?? false,
        };
        Check(authorizer);
        TagService.Check(input.Tags);
        if (records.Authorizers.Find(name) is not null) throw ApiException.AlreadyExists($"the authorizer {name} exists already", name, ArnOf(name));
        if (records.Authorizers.Count >= MostAuthorizers) throw ApiException.LimitExceeded($"there are {MostAuthorizers} authorizers already");
        context.Documents.InOne(() =>
        {
            records.Authorizers.Save(name, authorizer);
            tags.Create(ArnOf(name), input.Tags);
        });
        return authorizer;
    }

    /// <summary>Changes what the request names.</summary>
    public void Update(string name, AuthorizerInputDocument input)
    {
        var authorizer = Find(name);
        if (input.SigningDisabled is not null && input.SigningDisabled != authorizer.IsSigningDisabled)
            throw ApiException.InvalidRequest("signingDisabled is decided when an authorizer is created");
        var changed = authorizer with
        {
            Function = input.AuthorizerFunctionArn is null ? authorizer.Function : CheckFunction(input.AuthorizerFunctionArn),
            TokenKeyName = input.TokenKeyName is null ? authorizer.TokenKeyName : CheckTokenKey(input.TokenKeyName),
            SigningKeys = input.TokenSigningPublicKeys?.ToImmutableSortedDictionary(StringComparer.Ordinal) ?? authorizer.SigningKeys,
            IsActive = CheckStatus(input.Status) ?? authorizer.IsActive,
            CachesHttp = input.EnableCachingForHttp ?? authorizer.CachesHttp,
            ModifiedAt = context.Now,
        };
        Check(changed);
        if (!changed.IsActive && records.Default?.Name == name)
            throw ApiException.InvalidRequest($"{name} is the default authorizer: choose another or clear the default before it is made inactive");
        records.Authorizers.Save(name, changed);
    }

    /// <summary>Deletes an authorizer that is inactive.</summary>
    public void Delete(string name)
    {
        if (Find(name).IsActive) throw ApiException.DeleteConflict($"the authorizer {name} is ACTIVE: make it INACTIVE before it is deleted");
        records.Authorizers.Remove(name);
    }

    /// <summary>Chooses the authorizer for clients that name none.</summary>
    public void SetDefault(string name)
    {
        if (!Find(name).IsActive) throw ApiException.InvalidRequest($"the authorizer {name} is INACTIVE");
        records.SetDefault(name);
    }

    /// <summary>Clients that name no authorizer have none any more.</summary>
    public void ClearDefault()
    {
        GetDefault();
        records.SetDefault(null);
    }

    /// <summary>The default.</summary>
    public Authorizer GetDefault() => records.Default ?? throw ApiException.NotFound("there is no default authorizer");

    private static bool? CheckStatus(string? status) => status switch
    {
        null => null,
        "ACTIVE" => true,
        "INACTIVE" => false,
        _ => throw ApiException.InvalidRequest($"status must be ACTIVE or INACTIVE, not '{status}'"),
    };

    private static string? CheckTokenKey(string? name) => name is null || TokenKey().IsMatch(name)
        ? name
        : throw ApiException.InvalidRequest("tokenKeyName has 1 to 128 letters, digits, underscores and hyphens");

    private string CheckFunction(string function)
    {
        if (function == Authorizer.WebToken || functions.TryResolve(function, out _, out var problem)) return function;
        throw ApiException.InvalidRequest($"authorizerFunctionArn: {problem}; or it is {Authorizer.WebToken}, which verifies JSON Web Tokens");
    }

    private static void Check(Authorizer authorizer)
    {
        if (authorizer.SigningKeys.Count > MostKeys) throw ApiException.InvalidRequest($"an authorizer has at most {MostKeys} keys");
        foreach (var (name, key) in authorizer.SigningKeys)
        {
            if (!KeyName().IsMatch(name)) throw ApiException.InvalidRequest("the name of a key has 1 to 128 letters, digits and characters of :_-");
            if (key.Length > LongestKey) throw ApiException.InvalidRequest($"tokenSigningPublicKeys: {name} is longer than {LongestKey} characters");
            if (SigningKeys.Problem(key, authorizer.IsWebToken) is { } problem) throw ApiException.InvalidRequest($"tokenSigningPublicKeys: {name} {problem}");
        }

        if (authorizer.IsWebToken)
        {
            if (!authorizer.IsSigningDisabled) throw ApiException.InvalidRequest($"{Authorizer.WebToken} needs signingDisabled: a web token carries its signature itself");
            if (authorizer.SigningKeys.IsEmpty) throw ApiException.InvalidRequest($"{Authorizer.WebToken} needs tokenSigningPublicKeys");
        }
        else if (!authorizer.IsSigningDisabled && (authorizer.TokenKeyName is null || authorizer.SigningKeys.IsEmpty))
        {
            throw ApiException.InvalidRequest("tokenKeyName and tokenSigningPublicKeys are needed unless signingDisabled is true");
        }
    }

    [GeneratedRegex(@"\A[\w=,@-]{1,128}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,128}\z", RegexOptions.NonBacktracking)]
    private static partial Regex TokenKey();

    [GeneratedRegex(@"\A[a-zA-Z0-9:_-]{1,128}\z", RegexOptions.NonBacktracking)]
    private static partial Regex KeyName();
}
