using Fairlead.Broker.Security;

namespace Fairlead.Features.Authorizers;

/// <summary>Words of the structured log for what an authorizer refuses (spec/aws-messaging, section 5.2).</summary>
internal static class AuthorizerFailure
{
    private const string Way = "CUSTOM_AUTH";

    /// <summary>No authorizer has the name that the client gave.</summary>
    public static AuthenticationFailure NotFound { get; } = new(Way, "CUSTOM_AUTHORIZER_NOT_FOUND");

    /// <summary>The word for a refusal.</summary>
    public static AuthenticationFailure Of(in AuthorizerVerdict verdict) => new(Way, verdict.Kind switch
    {
        RefusalKind.Denied => verdict.IsMalformed ? "CUSTOM_AUTHORIZER_PARAMETER_INVALID" : AuthenticationFailure.NotAuthenticated.Word,
        _ => "CUSTOM_AUTHORIZER_LAMBDA_EXECUTION_ERROR",
    });
}
