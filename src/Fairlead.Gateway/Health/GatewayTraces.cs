using System.Diagnostics;
using Fairlead.Gateway.Upstream;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Health;

/// <summary>
/// Traces of requests and of the messages that they send to the hub (spec section 9.4 item 12), with W3C context on both sides: header
/// <c>traceparent</c> of the request, user property <c>traceparent</c> of the message. While nobody listens nothing is made.
/// </summary>
/// <remarks>
/// No activity becomes the current one: links and connections that a request happens to open outlive it, and would carry it on for ever.
/// </remarks>
/// <param name="deviceIds">Whether the device is named: a backend may not be made for as many values.</param>
internal sealed class GatewayTraces(bool deviceIds) : IDisposable
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "Fairlead.Gateway";

    private const string Parent = "traceparent";
    private const string State = "tracestate";
    private const string Destination = "devices/{deviceId}/messages/events";

    /// <summary>Where the activities come from.</summary>
    public ActivitySource Source { get; } = new(SourceName);

    /// <summary>Whether somebody listens.</summary>
    public bool IsOn => Source.HasListeners();

    /// <summary>A request begins. Streams are not traced: they last for days.</summary>
    /// <param name="request">Request.</param>
    /// <param name="route">Its path with a star for every name, as in the log.</param>
    /// <returns>To be disposed of at the end; null when nobody wants it.</returns>
    public Activity? BeginRequest(HttpRequest request, string route)
    {
        if (!route.StartsWith("/api/*", StringComparison.OrdinalIgnoreCase) || route.EndsWith("/stream", StringComparison.Ordinal)) return null;
        route = "/api/{deviceId}" + route["/api/*".Length..].Replace("*", "{id}", StringComparison.Ordinal);
        string method = request.Method is "GET" or "POST" or "PUT" or "PATCH" or "DELETE" ? request.Method : "_OTHER";
        _ = ActivityContext.TryParse(request.Headers.TraceParent, request.Headers.TraceState, isRemote: true, out var caller);
        var activity = Begin($"{method} {route}", ActivityKind.Server, caller);
        return activity?.SetTag("http.request.method", method).SetTag("http.route", route);
    }

    /// <summary>A request has its answer.</summary>
    public static void EndRequest(Activity? request, int status)
    {
        if (request is null) return;
        request.SetTag("http.response.status_code", status);
        if (status >= 500) request.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>Messages of a device go to the hub.</summary>
    /// <param name="request">The request that brought them; null when it is not traced.</param>
    /// <param name="device">Device id.</param>
    /// <param name="messages">How many.</param>
    /// <returns>For <see cref="EndSend"/>; null when nobody wants it.</returns>
    public Activity? BeginSend(Activity? request, string device, int messages)
    {
        if (request is null) return null;
        if (deviceIds) request.SetTag("fairlead.device.id", device);
        var activity = Begin($"send {Destination}", ActivityKind.Producer, request.Context);
        activity?.SetTag("messaging.system", "amqp").SetTag("messaging.operation.name", "send").SetTag("messaging.operation.type", "send").SetTag("messaging.destination.template", Destination);
        if (messages > 1) activity?.SetTag("messaging.batch.message_count", messages);
        return activity;
    }

    /// <summary>The hub has settled them, or not.</summary>
    public static void EndSend(Activity? send, HubFault? fault)
    {
        if (send is null) return;
        if (fault is not null) send.SetTag("error.type", fault.Condition).SetStatus(ActivityStatusCode.Error);
        send.Dispose();
    }

    /// <summary>Gives the context to a message, unless the device has given one or the trace is not recorded anyway.</summary>
    public static DeviceMessage Carry(DeviceMessage message, Activity? send)
    {
        if (send is not { Recorded: true, Id: { } id } || message.Properties.Any(static property => property.Key == Parent)) return message;
        List<KeyValuePair<string, string>> properties = [.. message.Properties, new(Parent, id)];
        if (send.TraceStateString is { Length: > 0 } state) properties.Add(new(State, state));
        return message with { Properties = properties };
    }

    /// <inheritdoc/>
    public void Dispose() => Source.Dispose();

    private Activity? Begin(string name, ActivityKind kind, ActivityContext parent)
    {
        var current = Activity.Current;
        var activity = Source.StartActivity(name, kind, parent);
        Activity.Current = current;
        return activity;
    }
}
