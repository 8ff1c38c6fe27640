using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Fairlead.Edge.Configuration;

/// <summary>Who the device is: from the certificate, or as told (spec section 3).</summary>
internal static partial class DeviceIdentity
{
    /// <summary>Whether a text has the form <c>namespace:name</c>; the namespace may be empty, the name may hold colons.</summary>
    public static bool IsValid(string deviceId) => Form().IsMatch(deviceId);

    /// <summary>Whether AWS allows it as a thing name.</summary>
    public static bool IsThingName(string name) => ThingName().IsMatch(name);

    /// <summary>The device id of a certificate: its common name, or what the pattern makes of it.</summary>
    /// <param name="certificateFile">PEM file; its first certificate counts.</param>
    /// <param name="pattern">Pattern with <c>{{subject-cn}}</c> and <c>{{subject-dn}}</c>; empty for the common name.</param>
    /// <param name="fault">Why there is none.</param>
    /// <returns>The device id; null when there is none.</returns>
    public static string? Read(string certificateFile, string pattern, out string fault)
    {
        fault = "";
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(certificateFile));
            string commonName = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
            if (pattern.Length > 0)
            {
                return pattern.Replace("{{subject-cn}}", commonName, StringComparison.Ordinal)
                    .Replace("{{subject-dn}}", certificate.Subject, StringComparison.Ordinal);
            }

            if (commonName.Length > 0) return commonName;
            fault = $"{certificateFile} has no common name in its subject";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            fault = File.Exists(certificateFile) ? $"{certificateFile} cannot be read: {exception.Message}" : $"{certificateFile} does not exist";
        }
        catch (CryptographicException)
        {
            fault = $"{certificateFile} holds no PEM certificate";
        }

        return null;
    }

    [GeneratedRegex(@"^(|(?:[a-zA-Z]\w*)(?:[.\-][a-zA-Z]\w*)*):([^\x00-\x1F\x7F-\xFF/]+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Form();

    [GeneratedRegex("^[a-zA-Z0-9:_-]{1,128}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex ThingName();
}
