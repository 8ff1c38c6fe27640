using Fairlead.Broker.Durability;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Http;

/// <summary>
/// <c>/healthz/live</c>, <c>/healthz/ready</c> and <c>/healthz/startup</c>: the status code is the answer, the body says why. Open to
/// everybody: probes come from other machines and learn nothing else.
/// </summary>
/// <param name="state">Where the hub is between start and stop.</param>
/// <param name="store">What everything durable lies in.</param>
/// <param name="areEventsHealthy">Whether the log of device-to-cloud messages can be written; true where there is none on the disk.</param>
internal sealed class HealthEndpoint(HubState state, IBrokerStore store, Func<bool> areEventsHealthy)
{
    /// <summary>Serves the request when it is one for health.</summary>
    public async ValueTask<bool> TryServeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        if (path is not ("/healthz/live" or "/healthz/ready" or "/healthz/startup")) return false;
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            await Answer.TextAsync(context, StatusCodes.Status405MethodNotAllowed, "health is read with GET");
            return true;
        }

        var problem = path switch
        {
            "/healthz/ready" => ReadyProblem(),
            "/healthz/startup" => state.Phase == HubPhase.Starting ? "starting" : null,
            // Whoever can answer is alive.
            _ => null,
        };
        context.Response.Headers.CacheControl = "no-store";
        await Answer.JsonAsync(
            context,
            problem is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            new HealthDocument(problem is null ? "ok" : "unavailable", problem),
            HubJson.Default.HealthDocument);
        return true;
    }

    private string? ReadyProblem() => state.Phase switch
    {
        HubPhase.Starting => "starting",
        HubPhase.Stopping => "stopping",
        _ when !store.IsHealthy => "the store cannot write: see the log",
        _ => areEventsHealthy() ? null : "the log of device-to-cloud messages cannot be written, so that telemetry is refused: see the log",
    };
}
