using System.Collections.Immutable;

namespace Fairlead.Features.Authorizers;

/// <summary>What an authorizer grants.</summary>
/// <param name="PrincipalId">The identity: 1 to 128 letters and digits.</param>
/// <param name="PolicyDocuments">Its policies.</param>
/// <param name="RefreshAfterSeconds">How long they hold until the authorizer is asked again.</param>
/// <param name="DisconnectAfterSeconds">How long a connection may last.</param>
internal sealed record AuthorizerGrant(string PrincipalId, ImmutableArray<string> PolicyDocuments, int RefreshAfterSeconds, int DisconnectAfterSeconds);

/// <summary>Why there is no grant.</summary>
internal enum RefusalKind
{
    /// <summary>There is one.</summary>
    None,

    /// <summary>The authorizer, or the check of the signature before it, says no.</summary>
    Denied,

    /// <summary>The function could not be asked.</summary>
    Unavailable,

    /// <summary>The function gave an answer that is not the documented one.</summary>
    InvalidAnswer,
}

/// <summary>Outcome of asking an authorizer.</summary>
/// <param name="Grant">What it grants; null after a refusal.</param>
/// <param name="Kind">What kind of refusal.</param>
/// <param name="Reason">One sentence; empty after a grant.</param>
internal readonly record struct AuthorizerVerdict(AuthorizerGrant? Grant, RefusalKind Kind, string Reason)
{
    /// <summary>Whether it was refused for what the client sent, before anybody was asked: a token or a signature is missing or wrong.</summary>
    public bool IsMalformed { get; init; }

    /// <summary>A grant.</summary>
    public static AuthorizerVerdict Granted(AuthorizerGrant grant) => new(grant, RefusalKind.None, "");

    /// <summary>A refusal.</summary>
    public static AuthorizerVerdict Refused(RefusalKind kind, string reason) => new(null, kind, reason);

    /// <summary>The authorizer says no.</summary>
    public static AuthorizerVerdict Denied(string reason) => new(null, RefusalKind.Denied, reason);

    /// <summary>Nobody needs to be asked: what the client sent cannot be right.</summary>
    public static AuthorizerVerdict Malformed(string reason) => new(null, RefusalKind.Denied, reason) { IsMalformed = true };
}
