using System.Net;
using Fairlead.Broker.Connections;
using Fairlead.Features.Api;
using Fairlead.Features.IotHub.Http;
using Fairlead.Features.Notifications.Query;
using Fairlead.Features.Tokens;
using Fairlead.Server.Configuration;
using Fairlead.Server.Listeners;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Http;

/// <summary>
/// Lets requests in to the HTTP API: over TLS everywhere, in the clear in developer's mode on loopback alone. Whoever has the
/// administration token is an administrator; in developer's mode everybody on loopback is.
/// </summary>
internal sealed class ApiDoor(IotHubEndpoint iotHub, ApiEndpoint api, NotificationEndpoint notifications, HttpCallers callers, TimeProvider time)
{
    // Timers take no longer time; whoever streams for so long connects again.
    private static readonly TimeSpan LongestStream = TimeSpan.FromDays(24);

    /// <summary>Serves the request when it is one for the API.</summary>
    public async ValueTask<bool> TryServeAsync(HttpContext context, Listener listener)
    {
        if (RawTarget.Of(context) is not { } target) return false;
        var caller = callers.Of(context, listener);
        if (listener.Kind == ListenerKind.Http && !caller.MayBeInTheClear)
        {
            if (!IotHubEndpoint.Serves(context, target) && !api.Serves(target) && !NotificationEndpoint.Serves(context, target)) return false;
            await RefuseInTheClearAsync(context, caller);
            return true;
        }

        var tls = context.Features.Get<TlsSession>();
        var transport = new ApiTransport(tls is not null, tls?.CertificateId, tls?.ServerName, context.Connection.RemoteIpAddress, caller.IsTrusted)
        {
            User = caller.User,
            Port = context.Connection.RemotePort,
            Target = context.Connection.LocalIpAddress is { } own ? new IPEndPoint(own, context.Connection.LocalPort) : null,
            Certificates = tls?.Certificates ?? PeerCertificates.None,
        };
        if (caller.User is null) return await ServeAsync(context, target, transport);
        // What streams ends when the session does, or the token. A session ends by a signal alone: no timer is set for each of its requests.
        using var expired = EndOf(caller.Holder, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, expired?.Token ?? default, caller.Holder?.Revoked ?? caller.Session?.Ended ?? default);
        context.RequestAborted = ended.Token;
        return await ServeAsync(context, target, transport);
    }

    private static Task RefuseInTheClearAsync(HttpContext context, in HttpIdentity caller) => caller.IsLocal && TokenRegister.IsToken(context.Request.Headers.Authorization)
        ? Answer.ProblemAsync(context, StatusCodes.Status403Forbidden, "token_unknown", CallerProof.NoSuchToken)
        : Answer.ProblemAsync(
            context, StatusCodes.Status403Forbidden, "tls_needed",
            "the API is served over TLS: use a tls:// listener; in the clear it is for 'fairlead dev' and, with the administration token or an API token, for this machine");

    /// <summary>What fires when a token ends; null for nobody's, and for one that never does.</summary>
    internal static CancellationTokenSource? EndOf(TokenHolder? holder, TimeProvider time)
    {
        if (holder?.ExpiresAt is not { } end) return null;
        var left = end - time.GetUtcNow();
        return new CancellationTokenSource(left > LongestStream ? LongestStream : left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
    }

    private async ValueTask<bool> ServeAsync(HttpContext context, RawTarget target, ApiTransport transport) =>
        await iotHub.TryServeAsync(context, target, transport) || await notifications.TryServeAsync(context, target, transport)
        || await api.TryServeAsync(context, target, transport);
}
