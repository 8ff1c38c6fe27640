using System.Net;
using Fairlead.Broker.Connections;
using Fairlead.Features.Api;
using Fairlead.Features.IotHub.Http;
using Fairlead.Features.Notifications.Query;
using Fairlead.Server.Configuration;
using Fairlead.Server.Listeners;
using Fairlead.Server.WebConsole;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Http;

/// <summary>
/// Lets requests in to the HTTP API: over TLS everywhere, in the clear in developer's mode on loopback alone. Whoever has the
/// administration token is an administrator; in developer's mode everybody on loopback is.
/// </summary>
internal sealed class ApiDoor(
    IotHubEndpoint iotHub, ApiEndpoint api, NotificationEndpoint notifications, AdminToken token, ConsoleEndpoint console, HubOptions options)
{
    /// <summary>Serves the request when it is one for the API.</summary>
    public async ValueTask<bool> TryServeAsync(HttpContext context, Listener listener)
    {
        if (RawTarget.Of(context) is not { } target) return false;
        var local = AdministrationEndpoints.IsLocal(context);
        var session = console.SessionOf(context, listener);
        // Neither a session nor trust in this machine is for a page of another site that a browser here shows.
        var isForeign = ConsoleEndpoint.IsForeign(context);
        if (isForeign) session = null;
        var open = options.DevMode && local && !isForeign;
        var trusted = token.Matches(context.Request.Headers.Authorization);
        if (listener.Kind == ListenerKind.Http && !open && session is null && !(trusted && local))
        {
            if (!IotHubEndpoint.Serves(context, target) && !api.Serves(target) && !NotificationEndpoint.Serves(context, target)) return false;
            await Answer.ProblemAsync(
                context, StatusCodes.Status403Forbidden, "tls_needed", "the API is served over TLS: use a tls:// listener; in the clear it is for 'fairlead dev' and, with the administration token, for this machine");
            return true;
        }

        var tls = context.Features.Get<TlsSession>();
        var transport = new ApiTransport(
            tls is not null, tls?.CertificateId, tls?.ServerName, context.Connection.RemoteIpAddress,
            trusted || (open && !context.Request.Headers.ContainsKey("Authorization")))
        {
            User = trusted ? null : session?.User,
            Port = context.Connection.RemotePort,
            Target = context.Connection.LocalIpAddress is { } own ? new IPEndPoint(own, context.Connection.LocalPort) : null,
            Certificates = tls?.Certificates ?? PeerCertificates.None,
        };
        if (session is null) return await ServeAsync(context, target, transport);
        // What streams ends when the session does.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, session.Ended);
        context.RequestAborted = ended.Token;
        return await ServeAsync(context, target, transport);
    }

    private async ValueTask<bool> ServeAsync(HttpContext context, RawTarget target, ApiTransport transport) =>
        await iotHub.TryServeAsync(context, target, transport) || await notifications.TryServeAsync(context, target, transport)
        || await api.TryServeAsync(context, target, transport);
}
