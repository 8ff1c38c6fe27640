using Fairlead.Features.Api;
using Fairlead.Features.Tokens;
using Fairlead.Server.Configuration;
using Fairlead.Server.Listeners;
using Fairlead.Server.WebConsole;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Http;

/// <summary>
/// Finds out who sends an HTTP request, as far as the program can tell: the administrator by the token of the data directory, the holder of
/// an API token, who is signed in to the console, or anybody on a developer's machine.
/// </summary>
internal sealed class HttpCallers(AdminToken administrator, TokenRegister tokens, ConsoleEndpoint console, HubOptions options)
{
    /// <summary>Who sends it.</summary>
    public HttpIdentity Of(HttpContext context, Listener listener)
    {
        string authorization = context.Request.Headers.Authorization.ToString();
        // Neither a session nor trust in this machine is for a page of another site that a browser here shows.
        bool isForeign = ConsoleEndpoint.IsForeign(context);
        bool isLocal = AdministrationEndpoints.IsLocal(context);
        bool isAdministrator = administrator.Matches(authorization);
        return new HttpIdentity
        {
            IsLocal = isLocal,
            IsOpen = options.DevMode && isLocal && !isForeign,
            IsAdministrator = isAdministrator,
            HasAuthorization = authorization.Length > 0,
            Holder = isAdministrator ? null : tokens.Find(authorization),
            Session = isForeign ? null : console.SessionOf(context, listener),
        };
    }
}

/// <summary>Who sends an HTTP request.</summary>
internal readonly record struct HttpIdentity
{
    /// <summary>Whether it comes from this machine, by a loopback name.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Whether whoever sends it is trusted without a proof: developer's mode on this machine.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether it has the administration token.</summary>
    public bool IsAdministrator { get; init; }

    /// <summary>Whether it has any <c>Authorization</c>.</summary>
    public bool HasAuthorization { get; init; }

    /// <summary>Holder of an API token; null for none.</summary>
    public TokenHolder? Holder { get; init; }

    /// <summary>Session of the console; null for none.</summary>
    public ConsoleSession? Session { get; init; }

    /// <summary>Whether it may come in the clear.</summary>
    public bool MayBeInTheClear => IsOpen || Session is not null || (IsLocal && (IsAdministrator || Holder is not null));

    /// <summary>Whether it acts as the administrator, with nobody signed in.</summary>
    public bool IsTrusted => IsAdministrator || (IsOpen && !HasAuthorization);

    /// <summary>Who is signed in or holds a token; null for nobody. What a request carries of its own goes before a cookie.</summary>
    public ConsoleUser? User => IsAdministrator ? null : Holder?.User ?? Session?.User;

    /// <summary>What whoever sends it may do; null for nothing.</summary>
    public HubRole? Role => IsAdministrator ? HubRole.Administrator : User?.Role ?? (IsTrusted ? HubRole.Administrator : null);
}
