using Fairlead.Server.Configuration;
using Fairlead.Server.Listeners;
using Fairlead.Server.WebConsole;
using Fairlead.Server.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Http;

/// <summary>Sends an HTTP request to what its listener offers. One place decides what can be reached where.</summary>
internal sealed class HubHttp(
    WebSocketEndpoint webSockets, AzureWebSockets azure, HealthEndpoint health, AdministrationEndpoints administration, ConsoleEndpoint console, ApiDoor api)
{
    /// <summary>Serves a request.</summary>
    public async Task RunAsync(HttpContext context)
    {
        if (context.Features.Get<Listener>() is not { } listener)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var path = context.Request.Path;
        if (listener.Configured.Path.Length > 0 && path == listener.Configured.Path)
        {
            await webSockets.RunAsync(context, listener);
            return;
        }

        if (listener.Configured.Path.Length > 0 && path == AzureWebSockets.Path)
        {
            await azure.RunAsync(context, listener);
            return;
        }

        // What follows may take a while, and this may be the thread that polls the sockets.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var served = listener.Kind switch
        {
            ListenerKind.Http => await health.TryServeAsync(context) || await administration.TryServeAsync(context, listener)
                || await console.TryServeAsync(context, listener) || await api.TryServeAsync(context, listener),
            ListenerKind.Tls => await health.TryServeAsync(context) || await console.TryServeAsync(context, listener) || await api.TryServeAsync(context, listener),
            _ => false,
        };
        if (!served) await Answer.TextAsync(context, StatusCodes.Status404NotFound, NotFound(listener));
    }

    private static string NotFound(Listener listener) => listener.Configured.Path.Length > 0
        ? $"nothing here; MQTT over WebSocket is at {listener.Configured.Path}"
        : "nothing here; the console is at /, see also /healthz/ready, /metrics and /v1/clients";
}
