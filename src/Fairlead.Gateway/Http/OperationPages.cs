using System.Net;
using Fairlead.Gateway.Health;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Http;

/// <summary>Health, metrics, status and the description of the API.</summary>
internal sealed class OperationPages(GatewayServices services, Func<GatewayFigures> read)
{
    /// <summary>Serves a page.</summary>
    public Task ServeAsync(HttpContext context, string path)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET";
            return Answer.ProblemAsync(context, 405, "MethodNotAllowed", "devices are below /api/{deviceId}; all else is read with GET");
        }

        return path switch
        {
            "/health/live" => TextAsync(context, 200, "alive\n"),
            "/health/ready" => ReadyAsync(context),
            "/metrics" => MayRead(context) ? BodyAsync(context, "text/plain; version=0.0.4", MetricsText.Write(services, read())) : RefuseAsync(context),
            "/status" => MayRead(context) ? StatusAsync(context) : RefuseAsync(context),
            "/openapi.json" => BodyAsync(context, "application/json", OpenApi.Document),
            "/" => BodyAsync(context, "text/html; charset=utf-8", OpenApi.Page),
            _ => Answer.ProblemAsync(context, 404, "NoSuchRoute", "GET /openapi.json lists what there is"),
        };
    }

    private static Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    private static Task BodyAsync(HttpContext context, string type, string text)
    {
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    // Ready: a connection to the hub stands and the gateway is not ending (checklist 81).
    private Task ReadyAsync(HttpContext context)
    {
        if (services.State.IsStopping) return TextAsync(context, 503, "stopping\n");
        var figures = read();
        return figures.Live > 0 ? TextAsync(context, 200, "ready\n") : TextAsync(context, 503, $"no connection to the hub: {figures.Fault}\n");
    }

    private Task StatusAsync(HttpContext context)
    {
        var figures = read();
        return Answer.JsonAsync(context, 200, "application/json", json =>
        {
            json.WriteString("instance", services.Options.InstanceId);
            json.WriteString("hub", services.Options.HubHostName);
            json.WriteBoolean("ready", figures.Live > 0 && !services.State.IsStopping);
            json.WriteNumber("connections", figures.Live);
            json.WriteNumber("devices", figures.Devices);
            json.WriteNumber("streams", services.State.Streams);
            json.WriteNumber("waiting", figures.Waiting);
            json.WriteNumber("locked", figures.Locked);
            json.WriteNumber("webhooks", services.Webhooks.Count);
            if (figures.Fault.Length > 0) json.WriteString("fault", figures.Fault);
        });
    }

    private bool MayRead(HttpContext context) =>
        services.Options.OpenMetrics || context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);

    private static Task RefuseAsync(HttpContext context) =>
        Answer.ProblemAsync(context, 403, "Forbidden", "metrics are for this machine; the setting OpenMetrics opens them");
}
