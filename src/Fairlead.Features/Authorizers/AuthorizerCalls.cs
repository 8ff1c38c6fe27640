using System.Text;
using Fairlead.Features.Functions;

namespace Fairlead.Features.Authorizers;

/// <summary>Asks an authorizer about a client: checks the signature over the token, then the function or the token itself decides.</summary>
internal sealed class AuthorizerCalls(FunctionCaller functions, AuthorizerAnswer answer, WebTokens webTokens)
{
    /// <summary>What authorizers have said.</summary>
    public AuthorizerCounters Counters { get; } = new();

    /// <summary>Asks.</summary>
    public async ValueTask<AuthorizerVerdict> AskAsync(Authorizer authorizer, AuthorizerRequest request, CancellationToken cancellationToken) =>
        Counters.Count(await DecideAsync(authorizer, request, cancellationToken).ConfigureAwait(false));

    private async ValueTask<AuthorizerVerdict> DecideAsync(Authorizer authorizer, AuthorizerRequest request, CancellationToken cancellationToken)
    {
        if (!authorizer.IsActive) return AuthorizerVerdict.Malformed($"the authorizer {authorizer.Name} is INACTIVE");
        var token = request.FindToken(authorizer.TokenKeyName);
        if (authorizer.IsWebToken)
        {
            // Clients that know nothing of token keys send the token as their password.
            token ??= request.Mqtt?.Password is { Length: > 0 } password ? Encoding.UTF8.GetString(password) : null;
            return token is null ? AuthorizerVerdict.Malformed("the client sent no token") : webTokens.Verify(authorizer, token);
        }

        var isVerified = false;
        if (!authorizer.IsSigningDisabled)
        {
            if (token is null) return AuthorizerVerdict.Malformed($"the client sent no token as {authorizer.TokenKeyName}");
            if (request.Signature is not { } signature || !SigningKeys.VerifiesToken(authorizer.SigningKeys.Values, token, signature))
                return AuthorizerVerdict.Malformed("the signature of the token is missing or wrong");
            isVerified = true;
        }

        var result = await functions.CallAsync(authorizer.Function, request.ToEvent(token, isVerified), cancellationToken).ConfigureAwait(false);
        return result.Failure is { } failure
            ? AuthorizerVerdict.Refused(RefusalKind.Unavailable, $"the function of the authorizer {authorizer.Name} failed: {failure}")
            : answer.Read(result.Body);
    }
}
