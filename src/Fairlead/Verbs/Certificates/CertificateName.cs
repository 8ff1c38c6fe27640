using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Certificates;

/// <summary>A certificate as people name it: by its id, the beginning of that, its ARN, or its PEM file.</summary>
internal static class CertificateName
{
    private const int LeastDigits = 4;

    /// <summary>The full id.</summary>
    public static async Task<string> ResolveAsync(ApiCall call, string name, bool isCa = false)
    {
        string text = name[(name.LastIndexOf('/') + 1)..];
        bool isHex = text.Length > 0 && text.All(char.IsAsciiHexDigit);
        if (isHex && text.Length == 64)
            return text.ToLowerInvariant();
        if (File.Exists(name))
            return IdOf(name);
        if (!isHex || text.Length < LeastDigits || text != name)
        {
            throw VerbException.Usage(
                $"cannot find the certificate {name}", "it is neither an id, an ARN, nor a file", $"Give the id or its first digits, {LeastDigits} or more, as 'ls' shows them");
        }

        string? found = null;
        string what = $"cannot find the certificate {name}";
        await foreach (var entry in call.ListAsync(isCa ? "/cacertificates" : "/certificates", "certificates", Paging.Security, what))
        {
            string id = entry.GetProperty("certificateId").GetString()!;
            if (!id.StartsWith(text, StringComparison.OrdinalIgnoreCase))
                continue;
            if (found is not null)
                throw VerbException.Usage(what, $"both {found[..16]} and {id[..16]} begin so", "Give more digits");
            found = id;
        }

        return found ?? throw new VerbException(ExitCode.NotFound, what, "no id begins so", $"See fairlead {(isCa ? "ca" : "cert")} ls");
    }

    /// <summary>Everything about a certificate.</summary>
    public static async Task<JsonElement> DescribeAsync(ApiCall call, string id)
    {
        var answer = await call.SendAsync(HubRequest.Get($"/certificates/{id}"), $"cannot read the certificate {Short(id)}");
        return answer.GetProperty("certificateDescription");
    }

    /// <summary>As much of an id as people read.</summary>
    public static string Short(string id) => id.Length > 12 ? id[..12] : id;

    /// <summary>The id in an ARN.</summary>
    public static string OfArn(string arn) => arn[(arn.LastIndexOf('/') + 1)..];

    private static string IdOf(string file)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
            return Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw VerbException.Usage($"cannot read the certificate in {file}", exception is CryptographicException ? "it is not a certificate" : Files.Problem(file, exception), "Name a PEM file with a certificate");
        }
    }
}
