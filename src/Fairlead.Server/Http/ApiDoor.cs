using System.Net;
using Fairlead.Broker.Connections;
using Fairlead.Features.Api;
using Fairlead.Features.IotHub.Http;
using Fairlead.Features.Notifications.Query;
using Fairlead.Server.Configuration;
using Fairlead.Server.Listeners;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Http;

/// <summary>
/// Lets requests in to the HTTP API: over TLS everywhere, in the clear in developer's mode on loopback alone. Whoever has the
/// administration token is an administrator; in developer's mode everybody on loopback is.
/// </summary>
internal sealed class ApiDoor(IotHubEndpoint iotHub, ApiEndpoint api, NotificationEndpoint notifications, AdminToken token, HubOptions options)
{
    /// <summary>Serves the request when it is one for the API.</summary>
    public async ValueTask<bool> TryServeAsync(HttpContext context, Listener listener)
    {
        if (RawTarget.Of(context) is not { } target) return false;
        var local = AdministrationEndpoints.IsLocal(context);
        var open = options.DevMode && local;
        var trusted = token.Matches(context.Request.Headers.Authorization);
        if (listener.Kind == ListenerKind.Http && !open && !(trusted && local))
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
            Port = context.Connection.RemotePort,
            Target = context.Connection.LocalIpAddress is { } own ? new IPEndPoint(own, context.Connection.LocalPort) : null,
            Certificates = tls?.Certificates ?? PeerCertificates.None,
        };
        return await iotHub.TryServeAsync(context, target, transport) || await notifications.TryServeAsync(context, target, transport) || await api.TryServeAsync(context, target, transport);
    }
}
