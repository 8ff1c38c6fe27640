using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Features.Api;

namespace Fairlead.Features.Certificates;

/// <summary>
/// Makes certificates of the hub's own authority, and keys for devices that cannot make their own. What it makes is not registered yet:
/// <see cref="CertificateService.Add"/> does that. Never called under the gate: an RSA key takes its time.
/// </summary>
internal sealed class CertificateIssuer(IDeviceAuthority authority, CertificateOptions options, TimeProvider time)
{
    private const int KeyBits = 2048;

    // Keys are work for a processor alone: more at once make each slower, and would leave nothing for the packets.
    private static readonly int MostAtOnce = Math.Max(1, Environment.ProcessorCount / 2);
    private const int MostWaiting = 1000;

    private readonly TaskScheduler _makers = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, MostAtOnce).ConcurrentScheduler;
    private int _waiting;

    /// <summary>Makes a key and its certificate, off the calling thread.</summary>
    /// <param name="cancellationToken">Ends the wait for a free processor.</param>
    /// <param name="life">How long the certificate is valid; null for as long as configured.</param>
    /// <exception cref="ApiException">400 ThrottlingException: too many wait already.</exception>
    public async Task<IssuedKey> IssueWithKeyAsync(CancellationToken cancellationToken, TimeSpan? life = null)
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new ApiException(400, "ThrottlingException", $"{MostWaiting} keys are being made already: try again later, or send a certificate signing request");
        }

        try
        {
            return await Task.Factory.StartNew(() => Generate(life), cancellationToken, TaskCreationOptions.None, _makers).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Makes a certificate for a key that its owner made; each call makes another one.</summary>
    /// <param name="signingRequestPem">PKCS #10 in PEM form.</param>
    /// <param name="life">How long the certificate is valid at most; null for as long as configured.</param>
    /// <returns>DER.</returns>
    /// <exception cref="ApiException">400.</exception>
    public byte[] Issue(string? signingRequestPem, TimeSpan? life = null)
    {
        var request = SigningRequest.Parse(signingRequestPem);
        return authority.Sign(request.Subject, request.Key, End(life));
    }

    private DateTimeOffset End(TimeSpan? life)
    {
        var end = options.ValidUntil;
        var now = time.GetUtcNow();
        if (options.Life > TimeSpan.Zero && now + options.Life < end) end = now + options.Life;
        if (life is { } shorter && now + shorter < end) end = now + shorter;
        return end > now ? end : throw ApiException.ServiceUnavailable("Certificates:ValidUntil has passed: the hub makes no more certificates");
    }

    private IssuedKey Generate(TimeSpan? life)
    {
        using var rsa = RSA.Create(KeyBits);
        var der = authority.Sign(new X500DistinguishedName(options.Subject), new PublicKey(rsa), End(life));
        return new IssuedKey(der, rsa.ExportSubjectPublicKeyInfoPem() + "\n", rsa.ExportRSAPrivateKeyPem() + "\n");
    }
}

/// <summary>A key that the hub made, with its certificate. The hub keeps no copy of the private key.</summary>
/// <param name="Der">Certificate.</param>
/// <param name="PublicKeyPem">Public key, <c>PUBLIC KEY</c>.</param>
/// <param name="PrivateKeyPem">Private key, <c>RSA PRIVATE KEY</c>.</param>
internal sealed record IssuedKey(byte[] Der, string PublicKeyPem, string PrivateKeyPem);
