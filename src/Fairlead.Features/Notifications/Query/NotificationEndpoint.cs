using System.Text;
using Fairlead.Features.Api;
using Fairlead.Features.Api.Signing;
using Fairlead.Features.Notifications.Delivery;
using Fairlead.Features.Notifications.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Notifications.Query;

/// <summary>
/// The notification service over HTTP (spec/aws-rules, section 10.1): the query protocol at <c>/</c>, and below <c>/sns/</c> the
/// certificate and the pages that mails link to. It shares the listeners with the IoT API, whose operations have no such paths.
/// </summary>
internal sealed partial class NotificationEndpoint(
    FeatureContext context, QueryOperations operations, SignatureCheck signatures, IApiAuthorizer authorizer, NotificationPages pages, DocumentSigner signer)
{
    private const string Version = "2010-03-31";
    private const string FormType = "application/x-www-form-urlencoded";
    // A message of full length, each of its bytes percent-encoded, and its attributes.
    private const int LongestSigned = 1024 * 1024;
    private const int LongestUnsigned = 8 * 1024;
    private static readonly string[] Services = ["sns"];
    private static readonly string[] Unsigned = ["ConfirmSubscription", "Unsubscribe"];
    private readonly ILogger<NotificationEndpoint> _log = new Logger<NotificationEndpoint>(context.Loggers);

    /// <summary>Whether a request is one for notifications. Nothing is read and nothing is answered.</summary>
    public static bool Serves(HttpContext request, RawTarget target) => IsQuery(request, target) || IsPage(target.Path);

    /// <summary>Serves a request.</summary>
    /// <returns>False when it is not one for notifications; nothing was answered then.</returns>
    public async ValueTask<bool> TryServeAsync(HttpContext request, RawTarget target, ApiTransport transport)
    {
        if (IsPage(target.Path)) await ServePageAsync(request, target).ConfigureAwait(false);
        else if (IsQuery(request, target)) await ServeQueryAsync(request, target, transport).ConfigureAwait(false);
        else return false;
        return true;
    }

    private static bool IsPage(string path) => path is HubLinks.ConfirmPath or HubLinks.UnsubscribePath or HubLinks.CertificatePath;

    private static bool IsQuery(HttpContext request, RawTarget target)
    {
        if (target.Path != "/") return false;
        if (HttpMethods.IsPost(request.Request.Method))
            return request.Request.ContentType?.StartsWith(FormType, StringComparison.OrdinalIgnoreCase) == true || Names(target, "Action");
        return HttpMethods.IsGet(request.Request.Method) && Names(target, "Action");
    }

    private static bool Names(RawTarget target, string parameter) => target.Parameters.Any(one => one.Key == parameter);

    private static NotificationException Translate(ApiException refusal) => refusal.Type switch
    {
        "InvalidSignatureException" => new(refusal.Status, "SignatureDoesNotMatch", refusal.Message),
        "UnrecognizedClientException" => new(refusal.Status, "InvalidClientTokenId", refusal.Message),
        "InvalidRequestException" => NotificationException.Invalid(refusal.Message),
        var type => new(refusal.Status, type.EndsWith("Exception", StringComparison.Ordinal) ? type[..^"Exception".Length] : type, refusal.Message),
    };

    private async Task ServePageAsync(HttpContext request, RawTarget target)
    {
        if (target.Path != HubLinks.CertificatePath)
        {
            await pages.ServeAsync(request, target).ConfigureAwait(false);
            return;
        }

        if (!HttpMethods.IsGet(request.Request.Method) && !HttpMethods.IsHead(request.Request.Method))
        {
            request.Response.Headers.Allow = "GET";
            request.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        await WriteAsync(request, StatusCodes.Status200OK, "application/x-pem-file", Encoding.ASCII.GetBytes(await signer.CertificateAsync().ConfigureAwait(false))).ConfigureAwait(false);
    }

    private async Task ServeQueryAsync(HttpContext request, RawTarget target, ApiTransport transport)
    {
        var requestId = Guid.NewGuid().ToString();
        var status = StatusCodes.Status200OK;
        byte[] body;
        try
        {
            body = await CallAsync(request, target, transport, requestId).ConfigureAwait(false);
        }
        catch (NotificationException refusal)
        {
            (status, body) = (refusal.Status, QueryXml.Error(refusal, requestId));
        }
        catch (ApiException refusal)
        {
            (status, body) = (refusal.Type == "InvalidRequestException" ? 400 : refusal.Status, QueryXml.Error(Translate(refusal), requestId));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && request.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            LogFailed(exception, requestId);
            status = StatusCodes.Status500InternalServerError;
            body = QueryXml.Error(new NotificationException(status, "InternalError", "the hub failed: see its log"), requestId);
        }

        request.Response.Headers["x-amzn-RequestId"] = requestId;
        await WriteAsync(request, status, "text/xml", body).ConfigureAwait(false);
    }

    private async ValueTask<byte[]> CallAsync(HttpContext request, RawTarget target, ApiTransport transport, string requestId)
    {
        var headers = request.Request.Headers;
        var isSigned = SignatureCheck.IsSigned(target, headers);
        var isTrusted = !isSigned && IsTrusted(request, transport);
        // Nobody's bytes are kept before it is known who sends them, beyond what a confirmation takes.
        var form = HttpMethods.IsPost(request.Request.Method)
            ? await ApiBody.ReadAsync(request, isSigned || isTrusted ? LongestSigned : LongestUnsigned, ofData: false).ConfigureAwait(false)
            : default;
        Caller? caller = isTrusted ? new Caller(CallerKind.Administrator, "administrator") : null;
        if (isSigned)
        {
            var (key, service) = signatures.Verify(request.Request.Method, target, headers, form, Services);
            caller = new Caller(CallerKind.AccessKey, key.Id) { Key = key, Service = service };
        }

        caller = caller is null ? null : caller with { Address = transport.Address, Port = transport.Port, ServerName = transport.ServerName, IsSecure = transport.IsSecure };
        var parameters = Utf8(form.Span) is { } text && QueryParameters.Read(target.Parameters, text) is { } read
            ? read
            : throw new NotificationException(400, "MalformedQueryString", "the parameters are not well-formed percent-encoded UTF-8, or one is there twice");
        if (parameters.Version is { } version && version != Version)
            throw new NotificationException(400, "InvalidAction", $"this hub has no API of version '{version}' here: its notification service is {Version}");
        var handler = operations.Find(parameters.Action);
        // A link that somebody follows must not do anything else on behalf of who trusts this machine.
        if (HttpMethods.IsGet(request.Request.Method) && !isSigned && !Unsigned.Contains(parameters.Action))
            throw new NotificationException(403, "MissingAuthenticationToken", $"{parameters.Action} by GET takes a signature");
        if (!context.Documents.IsHealthy && !parameters.Action.StartsWith("Get", StringComparison.Ordinal) && !parameters.Action.StartsWith("List", StringComparison.Ordinal))
            throw ApiException.ServiceUnavailable("the store cannot write: see the hub's log");
        var result = await handler(new QueryCall(parameters.Action, parameters, caller, authorizer)).ConfigureAwait(false);
        return QueryXml.Answer(parameters.Action, requestId, result);
    }

    // In developer's mode everybody on loopback is trusted, but not the pages of other sites in a browser there, nor a user of the console
    // who is no administrator.
    private static bool IsTrusted(HttpContext request, ApiTransport transport) =>
        transport.IsTrusted && transport.User is null or { Role: HubRole.Administrator } && (request.Request.Headers.ContainsKey("Authorization") || !request.Request.Headers.ContainsKey("Origin"));

    private static string? Utf8(ReadOnlySpan<byte> bytes) => System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;

    private static async Task WriteAsync(HttpContext request, int status, string type, byte[] body)
    {
        request.Response.StatusCode = status;
        request.Response.ContentType = type;
        request.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(request.Request.Method)) await request.Response.Body.WriteAsync(body, request.RequestAborted).ConfigureAwait(false);
    }

    [LoggerMessage(EventId = 7210, Level = LogLevel.Error, Message = "a request to the notification service failed, request {RequestId}", EventName = "notification_request_failed")]
    private partial void LogFailed(Exception exception, string requestId);
}
