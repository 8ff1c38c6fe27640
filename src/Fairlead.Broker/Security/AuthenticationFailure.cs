namespace Fairlead.Broker.Security;

/// <summary>Why somebody could not prove an identity, in AWS' words for the structured log (spec/aws-messaging, section 5.2).</summary>
/// <param name="Way">How it was tried: <c>AWS_X509</c>, <c>AWS_SIGV4</c> or <c>CUSTOM_AUTH</c>; null for a way of the hub's own.</param>
/// <param name="Word">Such as <c>DEVICE_CERTIFICATE_INACTIVE</c>.</param>
public sealed record AuthenticationFailure(string? Way, string Word)
{
    /// <summary>Nothing was proved, and no other word says it better.</summary>
    public static AuthenticationFailure NotAuthenticated { get; } = new(null, "NOT_AUTHENTICATED");

    /// <summary>The hub failed.</summary>
    public static AuthenticationFailure Internal { get; } = new(null, "INTERNAL_SERVER_ERROR");
}
