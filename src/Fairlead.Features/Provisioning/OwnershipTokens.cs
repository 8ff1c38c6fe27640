using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Features.Api;
using Fairlead.Features.Certificates;

namespace Fairlead.Features.Provisioning;

/// <summary>
/// Tokens that prove who asked for a certificate (spec/aws-registry-and-policies, section 11.2): good for an hour, for that certificate and
/// for the identity that asked. A certificate that is not provisioned by then goes with its token. Everything is called under the gate.
/// </summary>
internal sealed class OwnershipTokens(FeatureContext context, HubRecords hub, ProvisioningRecords records)
{
    private const int IdBytes = 32;
    private const int SecretBytes = 32;
    private const int MostTokens = 100_000;
    private static readonly long Life = (long)TimeSpan.FromHours(1).TotalMilliseconds;

    /// <summary>Makes a token for a new certificate.</summary>
    /// <exception cref="ApiException">Too many certificates wait for their provisioning.</exception>
    public string Open(string certificateId, string principal)
    {
        if (records.Tokens.Count >= MostTokens) throw new ApiException(429, "ThrottlingException", $"{MostTokens} certificates wait for their provisioning already");
        var bytes = new byte[IdBytes + SecretBytes];
        Convert.FromHexString(certificateId).CopyTo(bytes, 0);
        RandomNumberGenerator.Fill(bytes.AsSpan(IdBytes));
        var token = Base64Url.EncodeToString(bytes);
        records.Tokens.Save(certificateId, new OwnershipToken(HashOf(token), principal, context.Now + Life));
        return token;
    }

    /// <summary>The certificate of a token.</summary>
    /// <exception cref="ApiException">400: it is not a token of this identity that still holds.</exception>
    public DeviceCertificate Find(string? token, string principal)
    {
        if (string.IsNullOrEmpty(token)) throw Invalid("the certificate ownership token is missing");
        var bytes = new byte[IdBytes + SecretBytes];
        // An hour ends for everybody at the same time, whatever the sweep has come to.
        if (token.Length > Base64Url.GetEncodedLength(bytes.Length) || !TryDecode(token, bytes)
            || records.Tokens.Find(Convert.ToHexStringLower(bytes.AsSpan(0, IdBytes))) is not { } known || !Equal(known.Hash, HashOf(token)))
        {
            throw Invalid("the certificate ownership token is not known: it has been used, has expired, or is not one of this hub");
        }

        if (context.Now >= known.ExpiresAt) throw Invalid("the certificate ownership token has expired");
        if (known.Principal != principal) throw Invalid("the certificate ownership token belongs to another identity");
        return hub.Certificates.Find(Convert.ToHexStringLower(bytes.AsSpan(0, IdBytes))) is { Status: CertificateStatus.PendingActivation } certificate
            ? certificate
            : throw Invalid("the certificate of the ownership token does not wait for its provisioning");
    }

    /// <summary>The token was used.</summary>
    public void Close(string certificateId) => records.Tokens.Remove(certificateId);

    /// <summary>Takes away what has expired, with certificates that nobody has provisioned.</summary>
    public void Sweep()
    {
        var now = context.Now;
        foreach (var id in records.Tokens.After(null).Where(entry => entry.Value.ExpiresAt <= now).Select(static entry => entry.Key).ToList())
        {
            context.Documents.InOne(() =>
            {
                records.Tokens.Remove(id);
                if (hub.Certificates.Find(id) is { Status: CertificateStatus.PendingActivation }) hub.Certificates.Remove(id);
            });
        }
    }

    private static bool TryDecode(string token, byte[] bytes)
    {
        try
        {
            return Base64Url.TryDecodeFromChars(token, bytes, out var length) && length == bytes.Length;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool Equal(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(one), Encoding.ASCII.GetBytes(other));

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    private static ApiException Invalid(string message) => new(400, "InvalidCertificateOwnershipToken", message);
}
