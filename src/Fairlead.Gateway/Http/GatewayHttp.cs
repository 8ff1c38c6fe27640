using System.Diagnostics;
using System.Net;
using Fairlead.Gateway.Health;
using Fairlead.Gateway.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Fairlead.Gateway.Http;

/// <summary>Serves every request of the gateway: devices, health, metrics, documentation.</summary>
internal sealed class GatewayHttp(GatewayServices services, OperationPages pages)
{
    private readonly DeviceRoutes _devices = new(services);

    /// <summary>Requests a second from one address.</summary>
    public RateLimits AddressLimits { get; } = new(services.Options.AddressRateLimit, services.Time);

    /// <summary>Requests a second of one device.</summary>
    public RateLimits DeviceLimits => _devices.DeviceLimits;

    /// <summary>Serves a request.</summary>
    public async Task RunAsync(HttpContext context)
    {
        long started = Stopwatch.GetTimestamp();
        string target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "/";
        int query = target.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? target : target[..query];
        services.State.Enter();
        using var trace = services.Traces.IsOn ? services.Traces.BeginRequest(context.Request, Anonymous(path)) : null;
        try
        {
            await ServeAsync(context, path, trace);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or BadHttpRequestException)
        {
            // The caller is gone, or sent something that is no request.
            if (!context.Response.HasStarted) context.Response.StatusCode = exception is BadHttpRequestException bad ? bad.StatusCode : 499;
        }
        catch (Exception exception)
        {
            services.Log.RequestFailed(context.Request.Method, Anonymous(path), exception);
            if (!context.Response.HasStarted) await Answer.ProblemAsync(context, 500, "InternalError", "the gateway had a fault; its log says more");
        }
        finally
        {
            services.State.Leave();
            services.Metrics.CountRequest(context.Response.StatusCode);
            GatewayTraces.EndRequest(trace, context.Response.StatusCode);
            if (services.Log.IsEnabled(LogLevel.Debug)) services.Log.Served(context.Request.Method, Anonymous(path), context.Response.StatusCode, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    // Locks and ids of calls are short-lived, but they settle messages: the log has the shape of a path alone.
    private static string Anonymous(string path)
    {
        string[] segments = path.Split('/');
        for (int i = 2; i < segments.Length; i++)
        {
            if (segments[i] is not ("messages" or "events" or "batch" or "devicebound" or "abandon" or "stream" or "webhook" or "twin" or "reported" or "methods" or "response" or "live" or "ready"))
                segments[i] = "*";
        }

        return string.Join('/', segments);
    }

    private async Task ServeAsync(HttpContext context, string path, Activity? trace)
    {
        if (!path.StartsWith("/api", StringComparison.OrdinalIgnoreCase) || (path.Length > 4 && path[4] != '/'))
        {
            await pages.ServeAsync(context, path);
            return;
        }

        if (services.State.IsStopping)
        {
            context.Response.Headers.Connection = "close";
            await Answer.ProblemAsync(context, 503, "Stopping", "this instance of the gateway stops", TimeSpan.FromSeconds(1));
            return;
        }

        if (!AddressLimits.TryPass(AddressOf(context), out var retryAfter))
        {
            services.Metrics.CountLimited();
            await Answer.ProblemAsync(context, 429, "TooManyRequests", "this address sends more than AddressRateLimit allows", retryAfter);
            return;
        }

        string[] segments = path.Length <= 5 ? [] : path[5..].Split('/');
        for (int i = 0; i < segments.Length; i++) segments[i] = Uri.UnescapeDataString(segments[i]);
        await _devices.ServeAsync(context, segments, trace);
    }

    private string AddressOf(HttpContext context)
    {
        if (services.Options.TrustForwardedFor && context.Request.Headers["X-Forwarded-For"].ToString() is { Length: > 0 } chain)
        {
            string last = chain.Split(',')[^1].Trim();
            if (IPAddress.TryParse(last, out var forwarded)) return forwarded.ToString();
        }

        return context.Connection.RemoteIpAddress?.ToString() ?? "";
    }
}
