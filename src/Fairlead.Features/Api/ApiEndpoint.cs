using Fairlead.Features.Api.Signing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Api;

/// <summary>
/// The HTTP API: finds the operation, proves the caller, authorizes, calls the handler, and turns every outcome into the answer that AWS
/// SDKs expect.
/// </summary>
internal sealed partial class ApiEndpoint(ApiRoutes routes, CallerProof proof, IApiAuthorizer authorizer, ILogger<ApiEndpoint> log)
{
    /// <summary>Whether a path belongs to the API. Nothing is read and nothing is answered.</summary>
    public bool Serves(RawTarget target) => routes.Find(target.Segments, out _) is not null;

    /// <summary>Serves a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="target">Its path and query.</param>
    /// <param name="transport">What the listener knows.</param>
    /// <returns>False when no operation has this path; nothing was answered then.</returns>
    public async ValueTask<bool> TryServeAsync(HttpContext context, RawTarget target, ApiTransport transport)
    {
        if (routes.Find(target.Segments, context.Request.Method, out var labels) is not { } candidates) return false;
        var requestId = Guid.NewGuid().ToString();
        ApiResponse response;
        ApiOperation? operation = null;
        try
        {
            operation = Choose(context, target, candidates);
            response = await CallAsync(context, transport, target, labels, operation, requestId).ConfigureAwait(false);
        }
        catch (ApiException refusal)
        {
            response = Refuse(refusal, operation?.Service ?? candidates[0].Service, requestId);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return true;
        }
        catch (IOException) when (context.RequestAborted.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception exception)
        {
            LogFailed(exception, operation?.Name ?? context.Request.Method, requestId);
            response = Refuse(new ApiException(500, "InternalFailureException", "the hub failed: see its log"), candidates[0].Service, requestId);
        }

        await WriteAsync(context, response, requestId).ConfigureAwait(false);
        return true;
    }

    /// <summary>The answer to a refusal.</summary>
    public static ApiResponse Refuse(ApiException refusal, ApiService service, string requestId)
    {
        var document = new ApiErrorDocument(
            refusal.Message, refusal.ResourceId, refusal.ResourceArn, service == ApiService.Data ? requestId : null);
        return ApiResponse.Json(document, ApiJson.Default.ApiErrorDocument) with { Status = refusal.Status, ErrorType = refusal.Type };
    }

    private static ApiOperation Choose(HttpContext context, RawTarget target, IReadOnlyList<ApiOperation> candidates)
    {
        // Nearly always one operation fits, and it is called thousands of times a second: no list is made for it.
        ApiOperation? only = null;
        var isOnly = true;
        foreach (var candidate in candidates)
        {
            if (candidate.Method != context.Request.Method) continue;
            isOnly = only is null;
            only ??= candidate;
        }

        if (only is null)
        {
            context.Response.Headers.Allow = string.Join(", ", candidates.Select(static candidate => candidate.Method).Distinct(StringComparer.Ordinal));
            throw new ApiException(405, "MethodNotAllowedException", $"{context.Request.Method} is not one of the methods of this path");
        }

        if (isOnly) return only;
        // One path in two APIs: the service that the request is signed for tells them apart; certificates call the data plane.
        var isControl = SignatureCheck.IsSigned(target, context.Request.Headers)
            && CallerProof.ControlServices.Any(service => context.Request.Headers.Authorization.ToString().Contains($"/{service}/aws4_request", StringComparison.Ordinal));
        var service = isControl ? ApiService.Control : ApiService.Data;
        return candidates.FirstOrDefault(candidate => candidate.Method == context.Request.Method && candidate.Service == service) ?? only;
    }

    private static async Task WriteAsync(HttpContext context, ApiResponse response, string requestId)
    {
        var answer = context.Response;
        answer.StatusCode = response.Status;
        answer.Headers["x-amzn-RequestId"] = requestId;
        if (response.ErrorType is { } type) answer.Headers["x-amzn-ErrorType"] = type;
        foreach (var (name, value) in response.Headers ?? []) answer.Headers[name] = value;
        answer.ContentType = response.ContentType;
        if (response.Stream is { } stream)
        {
            try
            {
                await stream(answer.Body, context.RequestAborted).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The caller has gone: that is how it ends.
            }

            return;
        }

        answer.ContentLength = response.Body.Length;
        await answer.Body.WriteAsync(response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    private async ValueTask<ApiResponse> CallAsync(
        HttpContext context, ApiTransport transport, RawTarget target, List<string> labels, ApiOperation operation, string requestId)
    {
        // Nobody's bytes are kept before it is known who sends them, unless they are signed: then they are needed to find out.
        var isSigned = !operation.IsOpen && SignatureCheck.IsSigned(target, context.Request.Headers);
        var known = operation.IsOpen ? new Caller(CallerKind.Anybody, "anybody")
            : isSigned ? null : await proof.FindAsync(context, transport, target, operation).ConfigureAwait(false);
        if (operation.Service == ApiService.Hub && known is not { Kind: CallerKind.Administrator }) throw AdministratorsAlone(operation);
        if (known is { Role: not HubRole.Administrator } && !RoleRights.Allows(known.Role, operation)) throw NotOfRole(known, operation);
        var body = await ApiBody.ReadAsync(context, operation).ConfigureAwait(false);
        var caller = known ?? proof.Verify(context, transport, target, operation, body);
        var request = new ApiRequest
        {
            Operation = operation,
            Caller = caller with { Address = transport.Address, Port = transport.Port, ServerName = transport.ServerName, IsSecure = transport.IsSecure },
            RequestId = requestId,
            Target = target,
            Labels = labels,
            Headers = context.Request.Headers,
            RawBody = body,
            Host = context.Request.Host.Host,
            Aborted = context.RequestAborted,
        };
        if (operation is { Service: ApiService.Control, IsOpen: false }) AuthorizeControl(request);
        return await operation.Handler(request).ConfigureAwait(false);
    }

    private static ApiException AdministratorsAlone(ApiOperation operation) => ApiException.AccessDenied(
        $"{operation.Name} is for administrators: give the token in admin.token of the data directory as 'Authorization: Bearer TOKEN'");

    private static ApiException NotOfRole(Caller caller, ApiOperation operation) => ApiException.AccessDenied(
        $"{operation.Name} is not for the role {RoleRights.NameOf(caller.Role)}, which {caller.PrincipalId} has: an administrator can change it");

    private void AuthorizeControl(ApiRequest request)
    {
        if (request.Caller.Kind is not (CallerKind.Administrator or CallerKind.AccessKey))
            throw ApiException.AccessDenied($"{request.Operation.Name} belongs to the control plane, which takes signed requests");
        var action = $"iot:{request.Operation.Name}";
        var resource = request.Operation.Resource?.Invoke(request) ?? "*";
        var decision = authorizer.Authorize(request.Caller, action, resource);
        if (decision.Allowed) return;
        var why = decision.Policy is null ? "no statement of its policy allows it" : $"denied by {decision.Policy} {decision.Statement}".TrimEnd();
        throw ApiException.AccessDenied($"{request.Caller.PrincipalId} may not {action} on {resource}: {why}");
    }

    [LoggerMessage(EventId = 5001, Level = LogLevel.Error, Message = "{Operation} failed, request {RequestId}")]
    private partial void LogFailed(Exception exception, string operation, string requestId);
}
