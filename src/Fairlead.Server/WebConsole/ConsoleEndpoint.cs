using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Features.Api;
using Fairlead.Server.Configuration;
using Fairlead.Server.Http;
using Fairlead.Server.Listeners;
using Fairlead.Server.Security;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.WebConsole;

/// <summary>The web console: its files, and signing in and out. Everything else it does by the hub's API, with the session as proof.</summary>
internal sealed class ConsoleEndpoint(ConsoleAssets assets, ConsoleSessions sessions, UserStore users, HubOptions options, TimeProvider time)
{
    private const string SessionPath = "/v1/console/session";
    private const int LongestLogin = 4 * 1024;

    // Nothing from elsewhere, nothing inline, nobody's frame.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private readonly LoginGuard _guard = new(time);

    /// <summary>Whether a request over this listener may use a session: in the clear for this machine alone, unless the hub is a developer's.</summary>
    public bool Admits(HttpContext context, Listener listener) =>
        listener.Kind != ListenerKind.Http || options.DevMode || AdministrationEndpoints.IsLocal(context);

    /// <summary>Who is signed in; null for nobody.</summary>
    public ConsoleSession? SessionOf(HttpContext context, Listener listener)
    {
        if (!Admits(context, listener) || sessions.Find(context.Request.Cookies[CookieOf(context)]) is not { } session) return null;
        if (session.IsByLink || users.Find(session.User.Name)?.Role == RoleRights.NameOf(session.User.Role)) return session;
        // The file was changed by hand: who is gone, or has another role, signs in again.
        sessions.EndAll(session.User.Name);
        return null;
    }

    /// <summary>
    /// Whether a page of another site sends the request. Cookies are strict about that already; who is trusted without one, on a developer's
    /// machine, is not.
    /// </summary>
    public static bool IsForeign(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site") return true;
        return headers.Origin.ToString() is { Length: > 0 } origin && origin != $"{context.Request.Scheme}://{context.Request.Host}"
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == context.Request.Host.Value);
    }

    /// <summary>Serves the request when it is one for the console itself.</summary>
    public async ValueTask<bool> TryServeAsync(HttpContext context, Listener listener)
    {
        var path = context.Request.Path.Value ?? "";
        if (path == SessionPath)
        {
            await ServeSessionAsync(context, listener);
            return true;
        }

        var isPage = path is "/" or "/start" or "/console" || (path.StartsWith("/console/", StringComparison.Ordinal) && !path.StartsWith("/console/files/", StringComparison.Ordinal));
        if (!isPage && !path.StartsWith("/console/files/", StringComparison.Ordinal)) return false;
        // The notification service has its query protocol at the same place.
        if (path == "/" && (!HttpMethods.IsGet(context.Request.Method) || context.Request.Query.ContainsKey("Action"))) return false;
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            await Answer.TextAsync(context, StatusCodes.Status405MethodNotAllowed, "the console is read with GET");
            return true;
        }

        await ServeFileAsync(context, isPage ? "index.html" : path["/console/files/".Length..]);
        return true;
    }

    // Cookies are shared between the ports of a host: two hubs on one machine must not sign each other out.
    private static string CookieOf(HttpContext context) =>
        $"fairlead_session_{context.Request.Host.Port?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? context.Request.Scheme}";

    private async Task ServeFileAsync(HttpContext context, string name)
    {
        if (assets.Find(name) is not { } asset)
        {
            await Answer.TextAsync(context, StatusCodes.Status404NotFound, "the console has no such file");
            return;
        }

        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
        headers.ETag = asset.Tag;
        if (context.Request.Headers.IfNoneMatch == asset.Tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = asset.ContentType;
        context.Response.ContentLength = asset.Content.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(asset.Content, context.RequestAborted);
    }

    private async Task ServeSessionAsync(HttpContext context, Listener listener)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (!Admits(context, listener))
        {
            await Answer.ProblemAsync(context, StatusCodes.Status403Forbidden, "tls_needed", "the console is served over TLS: use a tls:// listener; in the clear it is for this machine and for 'fairlead dev'");
        }
        else if (HttpMethods.IsGet(context.Request.Method))
        {
            var session = SessionOf(context, listener);
            await TellAsync(context, session is null ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK, session?.User);
        }
        else if (IsForeign(context))
        {
            await Answer.ProblemAsync(context, StatusCodes.Status403Forbidden, "foreign_page", "a page of another site may not sign anybody in or out");
        }
        else if (HttpMethods.IsPost(context.Request.Method))
        {
            await SignInAsync(context);
        }
        else if (HttpMethods.IsDelete(context.Request.Method))
        {
            if (context.Request.Cookies[CookieOf(context)] is { } secret) sessions.End(secret);
            context.Response.Cookies.Delete(CookieOf(context), Cookie(context));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            context.Response.Headers.Allow = "GET, POST, DELETE";
            await Answer.ProblemAsync(context, StatusCodes.Status405MethodNotAllowed, "method_not_allowed", "a session is read with GET, begun with POST and ended with DELETE");
        }
    }

    private async Task SignInAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } login)
        {
            await Answer.ProblemAsync(context, StatusCodes.Status400BadRequest, "bad_request", "give link, or user and password, as JSON");
            return;
        }

        if (login.Link is { } link)
        {
            if (sessions.UseLink(link) is { } role) await BeginAsync(context, new ConsoleUser("administrator", role), isByLink: true);
            else await Answer.ProblemAsync(context, StatusCodes.Status401Unauthorized, "link_used", "this link was used already, or is older than 15 minutes: 'fairlead console' prints another");
            return;
        }

        var name = login.User ?? "";
        if (!_guard.MayTry(name))
        {
            await Answer.ProblemAsync(context, StatusCodes.Status429TooManyRequests, "too_many_tries", "too many wrong passwords for this user: try again in a minute");
            return;
        }

        var check = await users.CheckAsync(name, Encoding.UTF8.GetBytes(login.Password ?? ""), context.RequestAborted);
        if (check == PasswordCheck.Busy)
        {
            await Answer.ProblemAsync(context, StatusCodes.Status503ServiceUnavailable, "busy", "too many passwords wait to be checked: try again later");
            return;
        }

        // Again after the wait: the file may have changed meanwhile.
        var known = check == PasswordCheck.Right && users.Find(name) is { } user ? RoleRights.Parse(user.Role) : null;
        _guard.Note(name, known is not null);
        if (known is { } granted) await BeginAsync(context, new ConsoleUser(name, granted), isByLink: false);
        else await Answer.ProblemAsync(context, StatusCodes.Status401Unauthorized, "wrong_password", "wrong user name or password");
    }

    private static async Task<LoginDocument?> ReadAsync(HttpContext context)
    {
        // A form of another site cannot send this type without asking first.
        if (context.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true || context.Request.ContentLength is not (> 0 and <= LongestLogin)) return null;
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, ConsoleLoginJson.Default.LoginDocument, context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static CookieOptions Cookie(HttpContext context) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/" };

    private async Task BeginAsync(HttpContext context, ConsoleUser user, bool isByLink)
    {
        // One browser, one session: what was there before ends.
        if (context.Request.Cookies[CookieOf(context)] is { } before) sessions.End(before);
        context.Response.Cookies.Append(CookieOf(context), sessions.Begin(user, isByLink), Cookie(context));
        await TellAsync(context, StatusCodes.Status200OK, user);
    }

    private Task TellAsync(HttpContext context, int status, ConsoleUser? user) => Answer.JsonAsync(
        context, status, new SessionDocument(user?.Name, user is null ? null : RoleRights.NameOf(user.Role), options.DevMode, users.HasUsers), ConsoleLoginJson.Default.SessionDocument);
}

/// <summary>How somebody signs in: by a link, or by name and password.</summary>
internal sealed record LoginDocument(string? Link, string? User, string? Password);

/// <summary>Who is signed in; without a user nobody is.</summary>
internal sealed record SessionDocument(string? User, string? Role, bool DevMode, bool HasUsers);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoginDocument))]
[JsonSerializable(typeof(SessionDocument))]
internal sealed partial class ConsoleLoginJson : JsonSerializerContext;
