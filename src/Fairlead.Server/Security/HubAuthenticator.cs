using Fairlead.Broker.Connections;
using Fairlead.Broker.Security;
using Fairlead.Features;
using Fairlead.Features.Authorizers;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Server.Configuration;

namespace Fairlead.Server.Security;

/// <summary>
/// Decides who a client is, in this order: what its transport proved, the ways of the features with certificates first, its user name
/// with password, nobody in particular. Certificates come first because AWS SDKs fill the user name with their own version then.
/// </summary>
internal sealed class HubAuthenticator(HubOptions options, UserStore users, IReadOnlyList<IConnectAuthenticator> ways) : IAuthenticator
{
    private static readonly Principal LocalDeveloper = new("anonymous", "anonymous") { IsAdministrator = true };

    /// <inheritdoc/>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken)
    {
        if (transport.Identity is { } identity) return AuthenticationResult.Accept(identity);
        foreach (var way in ways)
        {
            if (await way.TryAuthenticateAsync(connect, transport, cancellationToken) is { } result) return result;
        }

        var answer = await AuthenticateLocallyAsync(connect, transport, cancellationToken);
        // Nobody of the hub's own is meant by a name that stands for an authorizer.
        return answer.Principal is null && AuthorizerRequest.From(connect, transport).AuthorizerName is { Length: > 0 }
            ? answer with { Failure = AuthorizerFailure.NotFound }
            : answer;
    }

    private ValueTask<AuthenticationResult> AuthenticateLocallyAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken)
    {
        if (WithoutMetrics(connect.UserName) is not { } name) return new(Anonymous(transport));
        // Where nobody has a password, a user name is only a label: it must not be what keeps a client out of an open hub.
        if (!users.HasUsers && MayBeAnonymous(transport)) return new(Anonymous(transport));
        return ByPasswordAsync(name, connect.Password ?? [], cancellationToken);
    }

    /// <summary>
    /// AWS SDKs append <c>?SDK=...</c> to the user name they are given, and send it alone when they are given none: the name ends
    /// before it, unless a user is really called so.
    /// </summary>
    private string? WithoutMetrics(string? name)
    {
        if (name is null || name.IndexOf('?', StringComparison.Ordinal) is not (>= 0 and var end) || users.Find(name) is not null) return name;
        return end == 0 ? null : name[..end];
    }

    private async ValueTask<AuthenticationResult> ByPasswordAsync(string name, byte[] password, CancellationToken cancellationToken)
    {
        var check = await users.CheckAsync(name, password, cancellationToken);
        // The file may have been read again meanwhile: a user who is gone does not get in.
        if (check == PasswordCheck.Right && users.Find(name) is { } user)
            return AuthenticationResult.Accept(new Principal("user", name) { IsAdministrator = user.Admin });
        return check == PasswordCheck.Busy
            ? AuthenticationResult.Refuse(ReasonCode.ServerBusy, "too many passwords wait to be checked; try again later")
            : AuthenticationResult.Refuse(ReasonCode.BadUserNameOrPassword, "wrong user name or password");
    }

    private bool MayBeAnonymous(TransportInfo transport) =>
        options.Auth.AllowAnonymous && (!options.DevMode || transport.IsLoopback);

    private AuthenticationResult Anonymous(TransportInfo transport)
    {
        if (MayBeAnonymous(transport)) return AuthenticationResult.Accept(options.DevMode ? LocalDeveloper : Principal.Anonymous);
        return AuthenticationResult.Refuse(
            ReasonCode.NotAuthorized,
            options.DevMode
                ? "anonymous clients may connect from this machine only; others need a user name or a client certificate"
                : "a user name with password or a client certificate is needed");
    }
}
