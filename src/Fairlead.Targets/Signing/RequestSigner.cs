using System.Globalization;
using System.Security.Cryptography;
using Fairlead.Features.Api;
using Fairlead.Features.Api.Signing;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Targets.Signing;

/// <summary>Signs requests with Signature Version 4, in the Authorization header.</summary>
internal sealed class RequestSigner(SigningKey key, string region, string service, TimeProvider time)
{
    private static readonly string[] AlwaysSigned = ["content-type", "host", "x-amz-content-sha256", "x-amz-date"];

    private readonly SigningKeys _keys = new();

    /// <summary>Signs a request whose headers are complete. The body is signed too.</summary>
    /// <param name="request">The request; its URI is absolute.</param>
    /// <param name="contentType">Content-Type that it carries.</param>
    /// <param name="body">Its body.</param>
    public void Sign(HttpRequestMessage request, string contentType, ReadOnlySpan<byte> body)
    {
        var url = request.RequestUri!;
        var date = time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        request.Headers.Remove("x-amz-date");
        request.Headers.Remove("x-amz-content-sha256");
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation("x-amz-date", date);
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", hash);
        var headers = new HeaderDictionary
        {
            ["content-type"] = contentType,
            ["host"] = url.Authority,
            ["x-amz-content-sha256"] = hash,
            ["x-amz-date"] = date,
        };
        var signed = AlwaysSigned;
        if (request.Headers.TryGetValues("X-Amz-Target", out var target))
        {
            headers["x-amz-target"] = string.Join(',', target);
            signed = [.. AlwaysSigned, "x-amz-target"];
        }

        // An absolute URI always parses: its path starts with a slash and is well encoded.
        if (!RawTarget.TryParse(url.PathAndQuery, out var parsed)) return;
        var canonical = CanonicalRequest.Write(request.Method.Method, parsed, headers, signed, url.Authority, hash, withToken: true)!;
        var day = date[..8];
        var signature = SignatureText.Sign(_keys.Of(key.Secret, day, region, service), date, day, region, service, canonical);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"{SignatureText.Algorithm} Credential={key.Id}/{day}/{region}/{service}/aws4_request, SignedHeaders={string.Join(';', signed)}, Signature={signature}");
    }
}
