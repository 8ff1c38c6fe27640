using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Http;

/// <summary>Writes answers.</summary>
internal static class Answer
{
    /// <summary>One sentence as text.</summary>
    public static Task TextAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(sentence + "\n", context.RequestAborted);
    }

    /// <summary>A document as JSON.</summary>
    public static async Task JsonAsync<T>(HttpContext context, int status, T document, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.Body, document, type, context.RequestAborted);
    }

    /// <summary>A problem as JSON.</summary>
    public static Task ProblemAsync(HttpContext context, int status, string code, string message) =>
        JsonAsync(context, status, new ProblemDocument(code, message), HubJson.Default.ProblemDocument);
}
