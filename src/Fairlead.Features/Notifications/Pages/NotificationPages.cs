using System.Net;
using System.Text;
using Fairlead.Features.Api;
using Fairlead.Features.Notifications.Topics;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Features.Notifications.Pages;

/// <summary>
/// The two pages that mails link to: one confirms a subscription, one ends it. GET shows a button and changes nothing, since programs
/// that look at mails open the links in them; POST does it. What proves the right to do so is in the link.
/// </summary>
internal sealed class NotificationPages(FeatureContext context, TopicTables tables, SubscriptionService subscriptions, NotificationArns arns)
{
    private const string Style =
        "body{font:16px/1.5 sans-serif;max-width:36em;margin:4em auto;padding:0 1em;color:#222}button{font:inherit;padding:.5em 1.5em;cursor:pointer}";

    /// <summary>Serves a page.</summary>
    public async Task ServeAsync(HttpContext request, RawTarget target)
    {
        var method = request.Request.Method;
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsPost(method))
        {
            request.Response.Headers.Allow = "GET, POST";
            await WriteAsync(request, 405, "Nothing was done", "This page is opened, or its button is pressed.").ConfigureAwait(false);
            return;
        }

        try
        {
            var isPost = HttpMethods.IsPost(method);
            await (target.Path == HubLinks.ConfirmPath ? ConfirmAsync(request, target, isPost) : UnsubscribeAsync(request, target, isPost)).ConfigureAwait(false);
        }
        catch (NotificationException refusal)
        {
            await WriteAsync(request, refusal.Status, "This link does not work", $"{refusal.Message}. It may have expired, or what it is about is gone.").ConfigureAwait(false);
        }
        catch (ApiException refusal)
        {
            await WriteAsync(request, refusal.Status, "Try again later", refusal.Message).ConfigureAwait(false);
        }
    }

    private static string Parameter(RawTarget target, string name)
    {
        foreach (var (key, value) in target.Parameters)
        {
            if (key == name) return value;
        }

        throw NotificationException.Invalid($"{name} is missing");
    }

    private static async Task WriteAsync(HttpContext request, int status, string title, string text, string? button = null)
    {
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")
            .Append("<meta name=\"robots\" content=\"noindex\"><title>").Append(WebUtility.HtmlEncode(title)).Append("</title><style>").Append(Style)
            .Append("</style></head><body><h1>").Append(WebUtility.HtmlEncode(title)).Append("</h1><p>").Append(WebUtility.HtmlEncode(text)).Append("</p>");
        // Without an action the form goes to the address of the page itself, with everything that is in it.
        if (button is not null) page.Append("<form method=\"post\"><button type=\"submit\">").Append(WebUtility.HtmlEncode(button)).Append("</button></form>");
        var body = Encoding.UTF8.GetBytes(page.Append("</body></html>\n").ToString());
        var response = request.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsHead(request.Request.Method)) await response.Body.WriteAsync(body, request.RequestAborted).ConfigureAwait(false);
    }

    private async Task ConfirmAsync(HttpContext request, RawTarget target, bool isPost)
    {
        var topic = arns.TopicOf(Parameter(target, "TopicArn"));
        var token = Parameter(target, "Token");
        Subscription subscription;
        lock (context.Documents.Gate)
        {
            subscription = isPost
                ? subscriptions.Confirm(topic, token, isSigned: false, authenticateOnUnsubscribe: false)
                : subscriptions.FindByToken(topic, token) ?? throw NotificationException.Invalid("Token");
        }

        if (isPost) await context.Documents.CommitAsync().ConfigureAwait(false);
        var title = tables.Topics.Find(topic)?.Title ?? topic;
        if (subscription.IsConfirmed) await WriteAsync(request, 200, "Subscription confirmed", $"{subscription.Endpoint} gets the notifications of {title}. Each of them tells how to end that.").ConfigureAwait(false);
        else await WriteAsync(request, 200, "Confirm subscription", $"Shall {subscription.Endpoint} get the notifications of {title}?", "Confirm subscription").ConfigureAwait(false);
    }

    private async Task UnsubscribeAsync(HttpContext request, RawTarget target, bool isPost)
    {
        var key = arns.SubscriptionOf(Parameter(target, "SubscriptionArn"));
        var topic = key[..key.IndexOf(':', StringComparison.Ordinal)];
        var title = tables.Topics.Find(topic)?.Title ?? topic;
        if (isPost)
        {
            lock (context.Documents.Gate) subscriptions.Unsubscribe(key, isSigned: false);
            await context.Documents.CommitAsync().ConfigureAwait(false);
        }

        var subscription = tables.Subscriptions.Find(key);
        if (subscription is null) await WriteAsync(request, 200, "Subscription ended", $"No more notifications of {title} are sent.").ConfigureAwait(false);
        else await WriteAsync(request, 200, "End subscription", $"Shall {subscription.Endpoint} get no more notifications of {title}?", "End subscription").ConfigureAwait(false);
    }
}
