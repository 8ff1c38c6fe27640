using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fairlead.Gateway.Upstream;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Http;

/// <summary>Writes answers.</summary>
internal static class Answer
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A status without a body.</summary>
    public static Task Empty(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>One of the sample gateway's answers: <c>{"error":"..."}</c> (spec section 1.1).</summary>
    public static Task ErrorAsync(HttpContext context, string error, string? detail = null) =>
        JsonAsync(context, StatusCodes.Status400BadRequest, "application/json", json =>
        {
            json.WriteString("error", error);
            if (detail is not null) json.WriteString("detail", detail);
        });

    /// <summary>A fault of the hub as problem (RFC 7807).</summary>
    public static Task FaultAsync(HttpContext context, HubFault fault)
    {
        int status = StatusMap.StatusOf(fault);
        if (status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "SharedAccessSignature";
        return ProblemAsync(context, status, StatusMap.NameOf(fault), fault.Message, StatusMap.RetryAfter(fault), fault);
    }

    /// <summary>A problem (RFC 7807).</summary>
    /// <param name="context">Request.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">Name of the class.</param>
    /// <param name="detail">A sentence.</param>
    /// <param name="retryAfter">When to try again; null for no such header.</param>
    /// <param name="fault">What the hub said; null for faults of the gateway's own.</param>
    public static Task ProblemAsync(HttpContext context, int status, string code, string detail, TimeSpan? retryAfter = null, HubFault? fault = null)
    {
        if (retryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return JsonAsync(context, status, "application/problem+json", json =>
        {
            json.WriteString("type", "about:blank");
            json.WriteString("title", code);
            json.WriteNumber("status", status);
            json.WriteString("detail", detail);
            if (fault is { Code: > 0 }) json.WriteNumber("errorCode", fault.Code);
            else json.WriteString("errorCode", code);
            json.WriteString("trackingId", fault?.TrackingId ?? context.TraceIdentifier);
            if (fault is { OutcomeUnknown: true }) json.WriteBoolean("outcomeUnknown", true);
        });
    }

    /// <summary>A JSON object.</summary>
    public static async Task JsonAsync(HttpContext context, int status, string contentType, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        using (var json = new Utf8JsonWriter(context.Response.BodyWriter, Relaxed))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Bytes.</summary>
    public static async Task BytesAsync(HttpContext context, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
