using System.Diagnostics;
using Fairlead.Gateway.Cloud;
using Fairlead.Gateway.Devices;
using Fairlead.Gateway.Upstream;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Http;

/// <summary>Everything below <c>/api/{deviceId}</c>: who it is, whether it may, what it wants (spec sections 1.1 and 9.2).</summary>
internal sealed class DeviceRoutes
{
    private const int LargestCommand = 256 * 1024;

    private readonly GatewayServices _services;
    private readonly Credentials _credentials;
    private readonly TelemetryEndpoint _telemetry;
    private readonly CloudEndpoint _cloud;
    private readonly StreamEndpoint _streams;
    private readonly WebhookEndpoint _webhooks;
    private readonly Route[] _routes;

    /// <summary>Makes the routes.</summary>
    public DeviceRoutes(GatewayServices services)
    {
        _services = services;
        _credentials = new Credentials(services.Options, services.Time);
        _telemetry = new TelemetryEndpoint(services);
        _cloud = new CloudEndpoint(services);
        _streams = new StreamEndpoint(services);
        _webhooks = new WebhookEndpoint(services);
        DeviceLimits = new RateLimits(services.Options.DeviceRateLimit, services.Time);
        _routes = MakeRoutes();
    }

    /// <summary>Requests a second of one device.</summary>
    public RateLimits DeviceLimits { get; }

    /// <summary>Serves a request.</summary>
    /// <param name="context">Request.</param>
    /// <param name="segments">Path behind <c>/api</c>, decoded segment by segment.</param>
    /// <param name="trace">What traces it; null when nobody does.</param>
    public async Task ServeAsync(HttpContext context, string[] segments, Activity? trace)
    {
        string id = segments.Length > 0 ? segments[0] : "";
        if (id.Length == 0)
        {
            await Answer.ErrorAsync(context, "Missing deviceId");
            return;
        }

        if (!DeviceId.IsValid(id))
        {
            await Answer.ProblemAsync(context, 400, "InvalidDeviceId", "a device id has 1 to 128 letters, digits and -.+%_#*?!(),:=@$'");
            return;
        }

        var request = new DeviceRequest(context, id, segments[1..]) { Trace = trace };
        if (FindRoute(request) is not { } route)
        {
            await Answer.ProblemAsync(context, 404, "NoSuchRoute", "GET /openapi.json lists what there is");
            return;
        }

        if (!route.Methods.TryGetValue(request.Method, out var serve))
        {
            context.Response.Headers.Allow = string.Join(", ", route.Methods.Keys);
            await Answer.ProblemAsync(context, 405, "MethodNotAllowed", $"this route has {string.Join(", ", route.Methods.Keys)}");
            return;
        }

        await ServeAsync(request, route, serve);
    }

    // The body before the credential: the sample gateway answers in that order.
    private async Task ServeAsync(DeviceRequest request, Route route, Serve serve)
    {
        var context = request.Context;
        byte[] body = [];
        if (route.MostBytes > 0 && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsDelete(request.Method))
        {
            if (await ReadAsync(context, route.MostBytes) is not { } read) return;

            body = read;
            if (route.IsSample && FindMissing(body) is { } detail)
            {
                await Answer.ErrorAsync(context, "Missing payload", detail.Length > 0 ? detail : null);
                return;
            }
        }

        if (!_credentials.TryTake(context, request.DeviceId, out var token, out var refusal))
        {
            await refusal();
            return;
        }

        if (!DeviceLimits.TryPass(request.DeviceId, out var retryAfter))
        {
            _services.Metrics.CountLimited();
            await Answer.ProblemAsync(context, 429, "TooManyRequests", "the device sends more than DeviceRateLimit allows", retryAfter);
            return;
        }

        if (!_services.Budget.TryTake(body.Length))
        {
            _services.Metrics.CountRefused();
            await Answer.ProblemAsync(context, 429, "MemoryFull", "the gateway holds as many messages as MemoryBudget allows", TimeSpan.FromSeconds(1));
            return;
        }

        try
        {
            await serve(request with { Token = token }, body);
        }
        finally
        {
            _services.Budget.Return(body.Length);
        }
    }

    /// <summary>The body; null when it was refused, and the answer is given.</summary>
    private async Task<byte[]?> ReadAsync(HttpContext context, int most)
    {
        try
        {
            if (await RequestBody.ReadAsync(context, most, _services.Time) is { } body) return body;
            await Answer.ProblemAsync(context, 413, "MessageTooLarge", $"the body is larger than {most} bytes");
        }
        catch (TimeoutException late)
        {
            // What is left of it may never come: the connection is of no use any more.
            context.Response.Headers.Connection = "close";
            await Answer.ProblemAsync(context, 408, "BodyTimeout", late.Message);
        }

        return null;
    }

    private Route? FindRoute(DeviceRequest request)
    {
        string[] rest = request.Rest is [""] ? [] : request.Rest;
        foreach (var route in _routes)
        {
            if (route.Matches(rest)) return route;
        }

        return null;
    }

    private Route[] MakeRoutes() =>
    [
        new([], _services.Options.MaximumBody, IsSample: true) { Methods = { ["POST"] = (r, body) => WithDeadline(token => _telemetry.PostSampleAsync(r, body, token)) } },
        new(["messages", "events"], _services.Options.MaximumBody) { Methods = { ["POST"] = (r, body) => WithDeadline(token => _telemetry.PostRawAsync(r, body, token)) } },
        new(["messages", "events", "batch"], _telemetry.MostBatchBytes) { Methods = { ["POST"] = (r, body) => WithDeadline(token => _telemetry.PostBatchAsync(r, body, token)) } },
        new(["messages", "devicebound"], 0) { Methods = { ["GET"] = (r, _) => WithStream(r, _cloud.PollMessageAsync) } },
        new(["messages", "devicebound", "*"], 0) { Methods = { ["DELETE"] = (r, _) => With(r, (device, token) => _cloud.SettleAsync(r, device, r.Context.Request.Query.ContainsKey("reject") ? MessageOutcome.Reject : MessageOutcome.Complete, token)) } },
        new(["messages", "devicebound", "*", "abandon"], 0) { Methods = { ["POST"] = (r, _) => With(r, (device, token) => _cloud.SettleAsync(r, device, MessageOutcome.Abandon, token)) } },
        new(["stream"], 0) { Methods = { ["GET"] = (r, _) => ServeStreamAsync(r) } },
        new(["webhook"], LargestCommand)
        {
            Methods =
            {
                ["PUT"] = (r, body) => With(r, (device, _) => _webhooks.PutAsync(r, device, body)),
                ["GET"] = (r, _) => With(r, (device, _) => _webhooks.GetAsync(r, device)),
                ["DELETE"] = (r, _) => With(r, (device, _) => _webhooks.DeleteAsync(r, device)),
            },
        },
        new(["twin"], 0) { Methods = { ["GET"] = (r, _) => With(r, (device, token) => _cloud.GetTwinAsync(r, device, token)) } },
        new(["twin", "reported"], LargestCommand) { Methods = { ["PATCH"] = (r, body) => With(r, (device, token) => _cloud.PatchTwinAsync(r, device, body, token)) } },
        new(["methods"], 0) { Methods = { ["GET"] = (r, _) => WithStream(r, _cloud.PollMethodAsync) } },
        new(["methods", "*", "response"], LargestCommand) { Methods = { ["POST"] = (r, body) => With(r, (device, token) => _cloud.RespondAsync(r, device, body, token)) } },
    ];

    private async Task WithDeadline(Func<CancellationToken, Task> serve)
    {
        using var limit = new CancellationTokenSource(_services.Options.OperationTimeout, _services.Time);
        await serve(limit.Token);
    }

    private async Task With(DeviceRequest request, Func<HubDevice, CancellationToken, Task> serve)
    {
        using var limit = new CancellationTokenSource(_services.Options.OperationTimeout, _services.Time);
        if (await EnterAsync(request, limit.Token) is not { } use) return;
        using (use) await serve(use.Device, limit.Token);
    }

    private Task WithStream(DeviceRequest request, Func<DeviceRequest, HubDevice, CancellationToken, Task> serve) =>
        Counted(request, () => With(request, (device, token) => serve(request, device, token)));

    private Task ServeStreamAsync(DeviceRequest request) => Counted(request, async () =>
    {
        if (await EnterAsync(request) is not { } use) return;
        using (use) await _streams.ServeAsync(request, use.Device);
    });

    private async Task Counted(DeviceRequest request, Func<Task> serve)
    {
        if (!_services.State.TryEnterStream(_services.Options.MaximumStreams))
        {
            _services.Metrics.CountRefused();
            await Answer.ProblemAsync(request.Context, 503, "TooManyStreams", "as many streams and polls are open as MaximumStreams allows", TimeSpan.FromSeconds(5));
            return;
        }

        try
        {
            await serve();
        }
        finally
        {
            _services.State.LeaveStream();
        }
    }

    // With a limit of its own, which is over when the device is let in: a stream stays for days.
    private async Task<DeviceUse?> EnterAsync(DeviceRequest request)
    {
        using var limit = new CancellationTokenSource(_services.Options.OperationTimeout, _services.Time);
        return await EnterAsync(request, limit.Token);
    }

    private async Task<DeviceUse?> EnterAsync(DeviceRequest request, CancellationToken cancellationToken)
    {
        var (use, fault) = await _services.Devices.EnterAsync(request.DeviceId, request.Token, cancellationToken);
        if (fault is null) return use;
        await Answer.FaultAsync(request.Context, fault);
        return null;
    }

    /// <summary>Why a body counts as missing; empty for no further detail, null when it does not.</summary>
    private static string? FindMissing(byte[] body)
    {
        var text = body.AsSpan().Trim(" \t\r\n"u8);
        if (text.IsEmpty || text.SequenceEqual("null"u8)) return "";
        return DeviceStream.IsJson(text) ? null : "the body is not JSON; POST .../messages/events takes anything";
    }

    private delegate Task Serve(DeviceRequest request, byte[] body);

    /// <param name="Pattern">Segments behind the device id; a star stands for any.</param>
    /// <param name="MostBytes">Largest body; 0 when none is read.</param>
    /// <param name="IsSample">Whether it is the sample gateway's route.</param>
    private sealed record Route(string[] Pattern, int MostBytes, bool IsSample = false)
    {
        public bool Matches(string[] segments)
        {
            if (segments.Length != Pattern.Length) return false;
            for (int i = 0; i < segments.Length; i++)
            {
                if (Pattern[i] != "*" && !Pattern[i].Equals(segments[i], StringComparison.OrdinalIgnoreCase)) return false;
            }

            return true;
        }

        public Dictionary<string, Serve> Methods { get; } = new(StringComparer.Ordinal);
    }
}
