using System.Diagnostics;
using System.Net.Http.Headers;
using Fairlead.Gateway.Configuration;
using Fairlead.Gateway.Health;
using Fairlead.Gateway.Hosting;
using Fairlead.Gateway.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Fairlead.Gateway.Cluster;

/// <summary>
/// Hands settlements and answers of methods to the instance that holds the lock or the call: its name stands at the beginning of both. Once
/// only: what was handed on is not handed on again (spec section 9.4 item 10).
/// </summary>
internal sealed class PeerForwarder(GatewayOptions options, GatewayMetrics metrics, ILogger log) : IDisposable
{
    private const string LoopGuard = "Fairlead-Forwarded";
    private static readonly string[] Passed = ["sas_token", "Authorization", "X-Api-Key", "Content-Type"];

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false })
    {
        Timeout = options.OperationTimeout,
    };

    /// <summary>Hands a request on when what it names belongs to another instance.</summary>
    /// <param name="context">Request.</param>
    /// <param name="name">Lock or id of a call.</param>
    /// <param name="body">Body that was read.</param>
    /// <param name="trace">What traces it here, and there then; null when nobody does.</param>
    /// <returns>False when it is to be served here.</returns>
    public async Task<bool> TryForwardAsync(HttpContext context, string name, byte[] body, Activity? trace)
    {
        int hyphen = name.LastIndexOf('-');
        string instance = hyphen > 0 ? name[..hyphen] : "";
        if (instance.Length == 0 || instance == options.InstanceId || context.Request.Headers.ContainsKey(LoopGuard)) return false;
        if (!options.Peers.TryGetValue(instance, out var peer)) return false;
        string target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "/";
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(peer, target));
        if (body.Length > 0) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        foreach (string header in Passed)
        {
            if (context.Request.Headers.TryGetValue(header, out var value)) request.Headers.TryAddWithoutValidation(header, value.ToString());
        }

        request.Headers.TryAddWithoutValidation(LoopGuard, options.InstanceId);
        if (trace?.Id is { } id) request.Headers.TryAddWithoutValidation("traceparent", id);
        if (trace?.TraceStateString is { Length: > 0 } state) request.Headers.TryAddWithoutValidation("tracestate", state);
        metrics.CountPeerForward();
        try
        {
            using var response = await _client.SendAsync(request, context.RequestAborted);
            byte[] answer = await response.Content.ReadAsByteArrayAsync(context.RequestAborted);
            context.Response.StatusCode = (int)response.StatusCode;
            if (answer.Length == 0) return true;
            context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
            await context.Response.Body.WriteAsync(answer, context.RequestAborted);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            log.PeerFailed(instance, exception.Message);
            await Answer.ProblemAsync(context, 503, "PeerUnreachable", $"instance {instance}, which holds this, cannot be reached; a message comes again when its lock runs out", TimeSpan.FromSeconds(1));
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
