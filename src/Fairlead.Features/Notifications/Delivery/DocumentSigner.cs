using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Serialization;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Notifications.Delivery;

/// <summary>
/// Signs documents with a key of the hub's own, made when it is first needed and kept in the store; receivers check by the certificate at
/// <c>/sns/cert.pem</c>.
/// </summary>
internal sealed class DocumentSigner(FeatureContext context, RecordTable<SigningKey> keys) : IDisposable
{
    private const string Key = "documents";
    private const int KeyBits = 2048;
    private const int Years = 30;
    private readonly Lock _signing = new();
    private readonly SemaphoreSlim _making = new(1, 1);
    private volatile RSA? _rsa;

    /// <summary>The table of the key; before documents are loaded.</summary>
    public static RecordTable<SigningKey> Table(DocumentStore documents) => new(documents, "notification-keys", SigningJson.Default.SigningKey);

    /// <summary>PEM of the certificate.</summary>
    public async ValueTask<string> CertificateAsync()
    {
        await ReadyAsync().ConfigureAwait(false);
        return keys.Find(Key)!.Certificate;
    }

    /// <summary>Makes the key when there is none yet.</summary>
    public async ValueTask ReadyAsync()
    {
        if (_rsa is not null) return;
        await _making.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_rsa is not null) return;
            if (keys.Find(Key) is not { } kept)
            {
                kept = await Task.Run(Make).ConfigureAwait(false);
                lock (context.Documents.Gate) keys.Save(Key, kept);
                // A document signed with a key that a crash takes away could not be checked afterwards.
                await context.Documents.CommitAsync().ConfigureAwait(false);
            }

            var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(kept.PrivateKey), out _);
            _rsa = rsa;
        }
        finally
        {
            _making.Release();
        }
    }

    /// <summary>Signs; after <see cref="ReadyAsync"/>.</summary>
    /// <param name="text">What is signed.</param>
    /// <param name="version">1 for SHA-1, 2 for SHA-256.</param>
    /// <returns>Base64.</returns>
    public string Sign(string text, int version)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        // The service signs so; whoever trusts SHA-1 no more has version 2, which is the rule here.
        var hash = version == 1 ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256;
        lock (_signing) return Convert.ToBase64String(_rsa!.SignData(bytes, hash, RSASignaturePadding.Pkcs1));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _making.Dispose();
        _rsa?.Dispose();
    }

    private SigningKey Make()
    {
        using var rsa = RSA.Create(KeyBits);
        var request = new CertificateRequest("CN=Fairlead notifications", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        var now = context.Time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(Years));
        return new SigningKey(certificate.ExportCertificatePem(), Convert.ToBase64String(rsa.ExportPkcs8PrivateKey()));
    }
}

/// <summary>The key that signs documents.</summary>
/// <param name="Certificate">PEM.</param>
/// <param name="PrivateKey">PKCS #8 in Base64.</param>
internal sealed record SigningKey(string Certificate, string PrivateKey);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SigningKey))]
internal sealed partial class SigningJson : JsonSerializerContext;
