using System.Collections.Concurrent;
using Fairlead.Features.Api;
using Fairlead.Features.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Authorizers;

/// <summary>
/// Asks an authorizer about an HTTP request that is neither signed nor comes with a certificate. With <c>enableCachingForHttp</c> the answer
/// holds for the refresh interval and for further requests with the same credentials over the same connection.
/// </summary>
internal sealed class AuthorizerHttp(AuthorizerRecords records, AuthorizerCalls calls, TimeProvider time, ILogger<AuthorizerHttp> log) : IApiAuthenticator
{
    private const int MostRemembered = 10_000;
    private readonly ConcurrentDictionary<Key, Remembered> _answers = new();

    /// <inheritdoc/>
    public async ValueTask<Caller?> AuthenticateAsync(HttpContext context, RawTarget target, ApiTransport transport)
    {
        if (transport.CertificateId is not null || records.Authorizers.Count == 0) return null;
        var request = AuthorizerRequest.From(context, target, transport);
        var named = request.AuthorizerName is { Length: > 0 } name ? name : null;
        if (named is null && (transport.IsTrusted || transport.User is not null)) return null;
        var authorizer = named is null ? records.Default : records.Authorizers.Find(named);
        if (authorizer is null) return named is null ? null : throw new ApiException(403, "ForbiddenException", $"there is no authorizer {named}") { Failure = AuthorizerFailure.NotFound };

        var key = new Key(
            context.Connection.Id, authorizer.Name, authorizer.ModifiedAt, request.FindToken(authorizer.TokenKeyName), request.Signature, request.Header("authorization"));
        if (authorizer is { CachesHttp: true, IsActive: true } && _answers.TryGetValue(key, out var known) && time.GetUtcNow() < known.Until) return Answer(known.Grant);
        var verdict = await calls.AskAsync(authorizer, request, context.RequestAborted).ConfigureAwait(false);
        if (verdict.Grant is { } grant)
        {
            if (authorizer.CachesHttp) Remember(key, grant);
            return Answer(grant);
        }

        if (verdict.Kind == RefusalKind.Denied) log.AuthorizerRefused(authorizer.Name, "", verdict.Reason);
        else log.AuthorizerFailed(authorizer.Name, "", verdict.Reason);
        var failure = AuthorizerFailure.Of(verdict);
        throw verdict.Kind == RefusalKind.Unavailable
            ? new ApiException(503, "ServiceUnavailableException", "the authorizer cannot be asked; try again later") { Failure = failure }
            : new ApiException(403, "ForbiddenException", "refused by the authorizer") { Failure = failure };
    }

    private static Caller Answer(AuthorizerGrant grant) => new(CallerKind.CustomAuthorizer, grant.PrincipalId)
    {
        Principal = new DocumentPrincipal("authorizer", grant.PrincipalId, grant.PolicyDocuments),
    };

    private void Remember(Key key, AuthorizerGrant grant)
    {
        var now = time.GetUtcNow();
        if (_answers.Count >= MostRemembered)
        {
            foreach (var (old, answer) in _answers)
            {
                if (answer.Until <= now) _answers.TryRemove(old, out _);
            }

            // All of them fresh: forgetting costs one more question each.
            if (_answers.Count >= MostRemembered) _answers.Clear();
        }

        _answers[key] = new Remembered(grant, now.AddSeconds(Math.Min(grant.RefreshAfterSeconds, grant.DisconnectAfterSeconds)));
    }

    private readonly record struct Key(string Connection, string Authorizer, long ModifiedAt, string? Token, string? Signature, string? Authorization);

    private sealed record Remembered(AuthorizerGrant Grant, DateTimeOffset Until);
}
