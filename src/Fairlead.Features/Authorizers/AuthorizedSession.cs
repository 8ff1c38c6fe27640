using System.Runtime.CompilerServices;
using Fairlead.Features.Policies;

namespace Fairlead.Features.Authorizers;

/// <summary>What is needed to ask again about a client that an authorizer has let in.</summary>
/// <param name="AuthorizerName">The authorizer.</param>
/// <param name="Request">What the client gave it.</param>
/// <param name="Grant">What it granted when the client connected.</param>
internal sealed record AuthorizedSession(string AuthorizerName, AuthorizerRequest Request, AuthorizerGrant Grant);

/// <summary>Sessions by the identity object of their connection; gone with it, whatever becomes of the connection.</summary>
internal sealed class AuthorizedSessions
{
    private readonly ConditionalWeakTable<Broker.Security.Principal, AuthorizedSession> _sessions = [];

    /// <summary>Makes the identity of a client that was let in.</summary>
    public DocumentPrincipal Open(AuthorizedSession session)
    {
        var principal = new DocumentPrincipal("authorizer", session.Grant.PrincipalId, session.Grant.PolicyDocuments);
        _sessions.Add(principal, session);
        return principal;
    }

    /// <summary>The session of an identity; null when no authorizer made it.</summary>
    public AuthorizedSession? Find(Broker.Security.Principal principal) => _sessions.TryGetValue(principal, out var session) ? session : null;
}
