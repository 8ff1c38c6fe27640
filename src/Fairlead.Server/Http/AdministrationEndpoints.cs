using System.Globalization;
using System.Net;
using Fairlead.Broker;
using Fairlead.Features.Api;
using Fairlead.Protocols.Mqtt;
using Fairlead.Server.Configuration;
using Fairlead.Server.Listeners;
using Fairlead.Server.Observability;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fairlead.Server.Http;

/// <summary><c>/metrics</c> and <c>/v1/clients</c> of the <c>http://</c> listener.</summary>
internal sealed class AdministrationEndpoints(MqttBroker broker, MetricsPage metrics, HttpCallers callers, HubOptions options)
{
    private const string ClientsPath = "/v1/clients";
    private const int DefaultPage = 100;
    private const int LargestPage = 1000;

    /// <summary>Serves the request when it is one for administration.</summary>
    public async ValueTask<bool> TryServeAsync(HttpContext context, Listener listener)
    {
        var path = context.Request.Path.Value ?? "";
        if (path == "/metrics")
        {
            await ServeMetricsAsync(context, listener);
            return true;
        }

        if (path != ClientsPath && !path.StartsWith(ClientsPath + "/", StringComparison.Ordinal)) return false;
        if (HttpMethods.IsGet(context.Request.Method) && IsBelowClient(context)) return false;
        var role = callers.Of(context, listener).Role;
        if (role is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Answer.ProblemAsync(
                context, StatusCodes.Status401Unauthorized, "unauthorized", "give the token in admin.token of the data directory as 'Authorization: Bearer TOKEN'");
            return true;
        }

        if (role == HubRole.Viewer && HttpMethods.IsDelete(context.Request.Method))
        {
            await Answer.ProblemAsync(context, StatusCodes.Status403Forbidden, "forbidden", "viewers disconnect nobody: an operator or an administrator does");
            return true;
        }

        await (path == ClientsPath ? ListAsync(context) : OneAsync(context));
        return true;
    }

    /// <summary>
    /// Whether a request comes from this machine and by a loopback name: a page of another site that had its name resolved to 127.0.0.1
    /// sends that name.
    /// </summary>
    public static bool IsLocal(HttpContext context)
    {
        var connection = context.Connection;
        if (connection.RemoteIpAddress is not { } remote || connection.LocalIpAddress is not { } local) return false;
        if (!MqttConnections.IsLoopback(new IPEndPoint(remote, 0), new IPEndPoint(local, 0))) return false;
        var host = context.Request.Host.Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ||
            (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }

    private static ClientDocument Describe(Broker.ConnectionInfo client) => new(
        client.ClientId,
        client.Principal,
        client.Version switch { ProtocolVersion.V31 => "3.1", ProtocolVersion.V311 => "3.1.1", _ => "5" },
        client.Connected,
        client.Listener.Length > 0 ? client.Listener : null,
        client.RemoteAddress,
        client.Since,
        client.KeepAlive,
        client.SessionExpiry,
        client.Subscriptions,
        client.Queued,
        client.Inflight,
        client.MessagesIn,
        client.MessagesOut,
        client.Dropped);

    private async Task ServeMetricsAsync(HttpContext context, Listener listener)
    {
        if (!IsLocal(context) && !options.OpenMetrics && callers.Of(context, listener).Role is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Answer.TextAsync(
                context, StatusCodes.Status401Unauthorized, "from another machine the administration token or an API token is needed, or Admin:OpenMetrics=true");
            return;
        }

        context.Response.ContentType = MetricsPage.ContentType;
        await context.Response.WriteAsync(metrics.Write(), context.RequestAborted);
    }

    private async Task ListAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET";
            await Answer.ProblemAsync(context, StatusCodes.Status405MethodNotAllowed, "method_not_allowed", "clients are listed with GET");
            return;
        }

        var query = context.Request.Query;
        var limit = DefaultPage;
        if (query["limit"].ToString() is { Length: > 0 } text &&
            (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > LargestPage))
        {
            await Answer.ProblemAsync(context, StatusCodes.Status400BadRequest, "bad_request", $"limit must be a number from 1 to {LargestPage}");
            return;
        }

        var found = broker.ListConnections(limit, Text("prefix"), Text("after"), out var next);
        await Answer.JsonAsync(
            context, StatusCodes.Status200OK, new ClientListDocument([.. found.Select(Describe)], next), HubJson.Default.ClientListDocument);

        string? Text(string name) => query[name].ToString() is { Length: > 0 } value ? value : null;
    }

    private async Task OneAsync(HttpContext context)
    {
        var clientId = ClientIdOf(context);
        var isDelete = HttpMethods.IsDelete(context.Request.Method);
        if (!isDelete && !HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, DELETE";
            await Answer.ProblemAsync(
                context, StatusCodes.Status405MethodNotAllowed, "method_not_allowed", "a client is read with GET and disconnected with DELETE");
        }
        else if (isDelete && broker.Disconnect(clientId, ReasonCode.AdministrativeAction, "disconnected by an administrator"))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else if (!isDelete && broker.TryGetClient(clientId, out var client))
        {
            await Answer.JsonAsync(context, StatusCodes.Status200OK, Describe(client), HubJson.Default.ClientDocument);
        }
        else
        {
            await Answer.ProblemAsync(
                context, StatusCodes.Status404NotFound, "not_found", isDelete ? $"no client {clientId} is connected" : $"no client {clientId} is known");
        }
    }

    // /v1/clients/{id}/events belongs to the API; slashes of an id itself are encoded there.
    private static bool IsBelowClient(HttpContext context)
    {
        var path = context.Features.Get<IHttpRequestFeature>()?.RawTarget.Split('?')[0] ?? "";
        return path.EndsWith("/events", StringComparison.Ordinal) && path.Count('/') == ClientsPath.Count('/') + 2;
    }

    // From the raw target, decoded once: the path that the framework gives leaves %2F as it is and decodes the rest.
    private static string ClientIdOf(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? target : target[..end];
        return path.Length > ClientsPath.Length ? Uri.UnescapeDataString(path[(ClientsPath.Length + 1)..]) : "";
    }
}
