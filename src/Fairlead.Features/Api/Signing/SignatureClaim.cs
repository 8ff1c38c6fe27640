using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Features.Api.Signing;

/// <summary>What a signed request says about its signature.</summary>
/// <param name="KeyId">Access key id.</param>
/// <param name="Day">Day of the credential scope, <c>yyyymmdd</c>.</param>
/// <param name="Region">Its region.</param>
/// <param name="Service">Its service.</param>
/// <param name="SignedHeaders">Names of signed headers, lower case.</param>
/// <param name="Signature">Hexadecimal.</param>
/// <param name="Date">Time of signing, <c>yyyymmddThhmmssZ</c>.</param>
/// <param name="Expires">Life in seconds; null when the query does not say.</param>
/// <param name="Token">Session token; null for none.</param>
internal sealed record SignatureClaim(
    string KeyId, string Day, string Region, string Service, string[] SignedHeaders, string Signature, string Date, long? Expires, string? Token)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Reads the header form.</summary>
    public static SignatureClaim FromHeaders(IHeaderDictionary headers)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in headers.Authorization.ToString()[Algorithm.Length..].Split(','))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) fields[field[..equals].Trim()] = field[(equals + 1)..].Trim();
        }

        if (!fields.TryGetValue("Credential", out var credential) || !fields.TryGetValue("SignedHeaders", out var names) ||
            !fields.TryGetValue("Signature", out var signature))
        {
            throw Incomplete("the Authorization header needs Credential, SignedHeaders and Signature");
        }

        var date = headers["x-amz-date"].ToString();
        if (date.Length == 0 && DateTimeOffset.TryParse(
                headers.Date.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var plain))
        {
            date = plain.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        }

        if (date.Length == 0) throw Incomplete("a signed request needs the header X-Amz-Date or Date");
        var token = headers["x-amz-security-token"].ToString();
        return Make(credential, names, signature, date, null, token.Length == 0 ? null : token);
    }

    /// <summary>Reads the query form.</summary>
    public static SignatureClaim FromQuery(RawTarget target)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in target.Parameters) fields.TryAdd(name, value);
        if (fields.GetValueOrDefault("X-Amz-Algorithm") != Algorithm) throw Incomplete($"X-Amz-Algorithm must be {Algorithm}");
        if (!fields.TryGetValue("X-Amz-Credential", out var credential) || !fields.TryGetValue("X-Amz-SignedHeaders", out var names) ||
            !fields.TryGetValue("X-Amz-Date", out var date))
        {
            throw Incomplete("the query needs X-Amz-Credential, X-Amz-SignedHeaders, X-Amz-Date and X-Amz-Signature");
        }

        long? expires = null;
        if (fields.TryGetValue("X-Amz-Expires", out var text))
            expires = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : throw Incomplete("X-Amz-Expires must be a number of seconds");
        return Make(credential, names, fields["X-Amz-Signature"], date, expires, fields.GetValueOrDefault("X-Amz-Security-Token"));
    }

    private static SignatureClaim Make(string credential, string names, string signature, string date, long? expires, string? token)
    {
        var parts = credential.Split('/');
        if (parts.Length != 5 || parts[4] != "aws4_request") throw Incomplete("Credential must be KEY/yyyymmdd/region/service/aws4_request");
        var signed = names.Split(';');
        if (!signed.Contains("host")) throw Incomplete("host must be among SignedHeaders");
        return new SignatureClaim(parts[0], parts[1], parts[2], parts[3], signed, signature, date, expires, token);
    }

    private static ApiException Incomplete(string message) => new(400, "IncompleteSignatureException", message);
}
