using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Features.Api;
using Fairlead.Features.IotHub.Credentials;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.IotHub.Http;

/// <summary>
/// The Azure-shaped HTTP API (spec/azure-gateway, section 4): finds the operation, proves the caller, calls the handler, and answers so
/// that both SDKs make their typed errors. It shares the listeners with the AWS-shaped API, before which it is asked.
/// </summary>
internal sealed partial class IotHubEndpoint(FeatureContext context, IHubCredentials credentials, IotHubRoutes routes)
{
    private static readonly HubGrant Owner = new() { PolicyName = HubPolicies.Owner, Permissions = HubPermissions.All, AuthMethod = "{}" };

    // First segments that no other API here has, and those that another one has too: they take an api-version or a token.
    private static readonly HashSet<string> Ours = new(StringComparer.OrdinalIgnoreCase) { "devices", "twins", "modules", "messages", "statistics", "digitaltwins", "configurations" };
    private static readonly HashSet<string> Shared = new(StringComparer.OrdinalIgnoreCase) { "jobs", "query" };
    private readonly ILogger<IotHubEndpoint> _log = new Logger<IotHubEndpoint>(context.Loggers);

    /// <summary>Whether a request is one of the Azure dialect. Nothing is read and nothing is answered.</summary>
    public static bool Serves(HttpContext request, RawTarget target)
    {
        string first = target.Segments[0];
        if (Ours.Contains(first)) return true;
        return IsSigned(request) || (Shared.Contains(first) && target.Parameters.Any(static one => one.Key.Equals("api-version", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Serves a request.</summary>
    /// <returns>False when it is not one of the Azure dialect; nothing was answered then.</returns>
    public async ValueTask<bool> TryServeAsync(HttpContext request, RawTarget target, ApiTransport transport)
    {
        if (!Serves(request, target)) return false;
        IotHubAnswer answer;
        try
        {
            answer = await CallAsync(request, target, transport).ConfigureAwait(false);
        }
        catch (IotHubException refusal)
        {
            answer = Refuse(refusal.Error);
        }
        catch (ApiException refusal)
        {
            answer = Refuse(Translate(refusal));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && request.RequestAborted.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception exception)
        {
            LogFailed(exception, request.Request.Method, target.Path);
            answer = Refuse(IotHubError.ServerError("the hub failed: see its log"));
        }

        await WriteAsync(request, answer).ConfigureAwait(false);
        return true;
    }

    /// <summary>The answer to a refusal: the form from which both SDKs make their typed errors (section 4.2).</summary>
    public IotHubAnswer Refuse(IotHubError error)
    {
        string time = context.Time.GetUtcNow().UtcDateTime.ToString("o", CultureInfo.InvariantCulture);
        var document = new IotHubErrorDocument($"ErrorCode:{error.Name};{error.Message}", $"Tracking ID:{Guid.NewGuid()}-G:1-TimeStamp:{time}");
        return new IotHubAnswer(error.Status, JsonSerializer.SerializeToUtf8Bytes(document, IotHubErrorJson.Default.IotHubErrorDocument))
        {
            Headers = [new("iothub-errorcode", error.Name)],
        };
    }

    /// <summary>What a rule that both dialects share refused, in the words of this one.</summary>
    public static IotHubError Translate(ApiException refusal) => refusal.Status switch
    {
        413 => IotHubError.MessageTooLarge(refusal.Message),
        429 => IotHubError.Throttling(refusal.Message),
        503 => IotHubError.ServiceUnavailable(refusal.Message),
        >= 500 => IotHubError.ServerError(refusal.Message),
        _ => IotHubError.InvalidOperation(refusal.Message),
    };

    private static bool IsSigned(HttpContext request) =>
        request.Request.Headers.Authorization.ToString().StartsWith(SasToken.Scheme, StringComparison.OrdinalIgnoreCase);

    private static IotHubError NotOfRole(ConsoleUser user) => IotHubError.UnauthorizedAccess(
        $"this operation is not for the role {RoleRights.NameOf(user.Role)}, which {user.Name} has: an administrator can change it");

    private static async Task WriteAsync(HttpContext request, IotHubAnswer answer)
    {
        var response = request.Response;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers ?? []) response.Headers.Append(name, value);
        if (answer.Status == StatusCodes.Status204NoContent) return;
        if (!answer.Body.IsEmpty) response.ContentType = answer.ContentType;
        response.ContentLength = answer.Body.Length;
        await response.Body.WriteAsync(answer.Body, request.RequestAborted).ConfigureAwait(false);
    }

    private async ValueTask<IotHubAnswer> CallAsync(HttpContext request, RawTarget target, ApiTransport transport)
    {
        var route = routes.Find(target.Segments, request.Request.Method, out var labels, out var methods);
        if (route is null && methods.Count > 0)
        {
            request.Response.Headers.Allow = string.Join(", ", methods);
            throw new IotHubException(IotHubError.InvalidOperation($"{request.Request.Method} is not one of the methods of this path"));
        }

        if (route is null) throw new IotHubException(IotHubError.NotOffered($"this hub has no operation {request.Request.Method} {target.Path}: see docs/azure-compatibility.md"));
        foreach (string label in labels.Keys)
        {
            if (!RawTarget.TryDecode(labels[label], out string decoded)) throw new IotHubException(IotHubError.ArgumentInvalid("the path is not well-formed percent-encoded UTF-8"));
            labels[label] = decoded;
        }

        var name = default(IdentityName);
        if (labels.TryGetValue("deviceId", out string? device) && !IdentityName.TryCreate(device, labels.GetValueOrDefault("moduleId"), out name))
            throw new IotHubException(IotHubError.ArgumentInvalid("ids have 1 to 128 letters, digits and - . + % _ # * ? ! ( ) , : = @ $ '"));
        // Nobody's bytes are kept before it is known who sends them.
        var grant = Prove(request, transport, name, route);
        Authorize(grant, route, name);
        var body = HttpMethods.IsGet(route.Method) ? default : await ReadAsync(request, route.MaximumBody).ConfigureAwait(false);
        return await route.Handler(new IotHubCall
        {
            Grant = grant,
            Target = target,
            Labels = labels,
            Headers = request.Request.Headers,
            Body = body,
            Aborted = request.RequestAborted,
            Name = name,
        }).ConfigureAwait(false);
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext request, int maximum)
    {
        try
        {
            return await ApiBody.ReadAsync(request, maximum, ofData: true).ConfigureAwait(false);
        }
        catch (ApiException refusal) when (refusal.Status == 413)
        {
            throw new IotHubException(IotHubError.MessageTooLarge(refusal.Message));
        }
    }

    private HubGrant Prove(HttpContext request, ApiTransport transport, IdentityName name, IotHubRoute route)
    {
        var headers = request.Request.Headers;
        if (IsSigned(request))
            return credentials.TryCheckToken(headers.Authorization.ToString(), out var grant, out var error) ? grant : throw new IotHubException(error);
        // Before trust in this machine: who is signed in as a viewer stays one there.
        if (transport.User is { } user) return user.Role >= route.Role ? Owner : throw new IotHubException(NotOfRole(user));
        // In developer's mode everybody on loopback is the owner, but not the pages of other sites in a browser there.
        if (transport.IsTrusted && (headers.ContainsKey("Authorization") || !headers.ContainsKey("Origin"))) return Owner;
        if (transport.Certificates.Count > 0 && name.DeviceId is not null)
            return credentials.TryCheckCertificate(transport.Certificates, name, out var grant, out var error) ? grant : throw new IotHubException(error);
        throw new IotHubException(IotHubError.Unauthorized("the request has no 'Authorization: SharedAccessSignature ...': 'fairlead iothub connection-string' prints what SDKs need"));
    }

    private void Authorize(HubGrant grant, IotHubRoute route, IdentityName name)
    {
        IotHubError? error;
        if (route.Need == HubPermissions.DeviceConnect)
        {
            error = credentials.CheckIdentity(grant, name);
        }
        else
        {
            bool reaches = grant.Scope is not { } scope || (name.DeviceId is not null && scope.DeviceId == name.DeviceId && (scope.ModuleId is null || scope == name));
            error = grant.PolicyName is not null && grant.Allows(route.Need) && reaches
                ? null
                : IotHubError.UnauthorizedAccess($"{grant.PolicyName ?? "the credential of a device"} does not allow {route.Need} here");
        }

        if (error is not null) throw new IotHubException(error);
    }

    [LoggerMessage(EventId = 7600, Level = LogLevel.Error, Message = "{Method} {Path} of the Azure dialect failed", EventName = "iothub_request_failed")]
    private partial void LogFailed(Exception exception, string method, string path);
}

/// <summary>Body of an error.</summary>
internal sealed record IotHubErrorDocument([property: JsonPropertyName("Message")] string Message, [property: JsonPropertyName("ExceptionMessage")] string ExceptionMessage);

[JsonSerializable(typeof(IotHubErrorDocument))]
internal sealed partial class IotHubErrorJson : JsonSerializerContext;
