using System.Net;
using Fairlead.Broker.Security;
using Fairlead.Features.Api.Signing;
using Fairlead.Features.Certificates;
using Fairlead.Features.Logs;
using Fairlead.Features.Tokens;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Features.Api;

/// <summary>
/// Finds out who calls the HTTP API: by signature, custom authorizer, client certificate, or administration token. What fails on the data
/// plane goes to the structured log.
/// </summary>
internal sealed class CallerProof(
    SignatureCheck signatures, IReadOnlyList<IApiAuthenticator> authenticators, CertificateJudge certificates, AuthenticationLog log)
{
    private static readonly string[] DataServices = ["iotdata", "iotdevicegateway"];

    /// <summary>What is said to who shows an API token that is not in force.</summary>
    public const string NoSuchToken = "this API token is unknown, has expired or was revoked: 'fairlead token ls' lists those in force, 'fairlead token create' makes another";

    /// <summary>Services that requests to the control plane are signed for.</summary>
    public static IReadOnlyList<string> ControlServices { get; } = ["iot", "execute-api"];

    /// <summary>Who sends a request that is not signed.</summary>
    /// <exception cref="ApiException">Nobody who is known.</exception>
    public async ValueTask<Caller> FindAsync(HttpContext context, ApiTransport transport, RawTarget target, ApiOperation operation)
    {
        try
        {
            return await FindAsync(context, transport, target).ConfigureAwait(false);
        }
        catch (ApiException refusal)
        {
            Tell(refusal, refusal.Failure ?? AuthenticationFailure.NotAuthenticated, transport, operation);
            throw;
        }
    }

    /// <summary>Who has signed a request.</summary>
    /// <exception cref="ApiException">The signature is not that of a known key.</exception>
    public Caller Verify(HttpContext context, ApiTransport transport, RawTarget target, ApiOperation operation, ReadOnlyMemory<byte> body)
    {
        try
        {
            var services = operation.Service == ApiService.Data ? DataServices : ControlServices;
            var (key, service) = signatures.Verify(context.Request.Method, target, context.Request.Headers, body, services);
            return new Caller(CallerKind.AccessKey, key.Id) { Key = key, Service = service };
        }
        catch (ApiException refusal)
        {
            Tell(refusal, SignatureFailure.Of(refusal), transport, operation);
            throw;
        }
    }

    private async ValueTask<Caller> FindAsync(HttpContext context, ApiTransport transport, RawTarget target)
    {
        if (context.Request.Headers.Authorization.ToString() is { Length: > 0 } authorization
            && authorization.StartsWith("AWS", StringComparison.Ordinal))
        {
            throw new ApiException(400, "IncompleteSignatureException", "the Authorization header is not AWS4-HMAC-SHA256");
        }

        foreach (var authenticator in authenticators)
        {
            if (await authenticator.AuthenticateAsync(context, target, transport).ConfigureAwait(false) is { } caller) return caller;
        }

        if (transport.CertificateId is { } certificate)
        {
            return certificates.RefusalOf(certificate) is { } refusal
                ? throw new ApiException(403, "ForbiddenException", refusal) { Failure = certificates.FailureOf(certificate) }
                : new Caller(CallerKind.Certificate, certificate);
        }

        // Before trust in this machine: who is signed in as a viewer stays one there.
        if (transport.User is { } user) return new Caller(CallerKind.Administrator, user.Name) { Role = user.Role };
        if (transport.IsTrusted) return new Caller(CallerKind.Administrator, "administrator");
        if (TokenRegister.IsToken(context.Request.Headers.Authorization)) throw new ApiException(403, "UnrecognizedClientException", NoSuchToken);
        throw new ApiException(
            403, "MissingAuthenticationTokenException", "the request is not signed: 'fairlead env' prints what AWS tools need");
    }

    private void Tell(ApiException refusal, AuthenticationFailure failure, ApiTransport transport, ApiOperation operation)
    {
        // Like AWS' log, this one is about the data plane.
        if (operation.Service != ApiService.Data) return;
        var source = transport.Address is { } address ? new IPEndPoint(address, transport.Port ?? 0) : null;
        log.Refused(failure, refusal.Message, new AuthenticationAttempt("HTTP", source, transport.Target)
        {
            PrincipalId = transport.CertificateId,
            ServerName = transport.ServerName,
        });
    }
}
