using Fairlead.Broker.Security;

namespace Fairlead.Features.Api.Signing;

/// <summary>Words of the structured log for a signature that proves nothing (spec/aws-messaging, section 5.2).</summary>
internal static class SignatureFailure
{
    /// <summary>The word for a refusal of <see cref="SignatureCheck"/>.</summary>
    public static AuthenticationFailure Of(ApiException refusal) => new("AWS_SIGV4", refusal.Type switch
    {
        "ExpiredTokenException" => "SECURITY_TOKEN_EXPIRED",
        "UnrecognizedClientException" => "SECURITY_TOKEN_INVALID",
        "InvalidSignatureException" => "SECURITY_TOKEN_SIGNATURE_MISMATCH",
        _ => AuthenticationFailure.NotAuthenticated.Word,
    });
}
