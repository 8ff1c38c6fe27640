using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Fairlead.Broker.Connections;
using Fairlead.Features.Certificates;
using Fairlead.Features.IotHub.Identities;

namespace Fairlead.Features.IotHub.Credentials;

/// <summary>
/// Judges a client certificate against what an identity is registered with (spec/azure-gateway, section 5.4): a thumbprint, or a
/// certificate authority that the registry of certificates knows as active, and the identity as common name.
/// </summary>
internal sealed class CertificateProof(FeatureContext context, HubRecords records, CertificateIndex index)
{
    // Device, two intermediates, and one to spare.
    private const int LongestChain = 5;

    /// <summary>Why a certificate proves nothing; null when it proves the identity.</summary>
    public IotHubError? RefusalOf(PeerCertificates peer, Identity identity)
    {
        if (peer.Count == 0 || ParsedCertificate.TryParse(peer[0].Span) is not { } certificate)
            return IotHubError.Unauthorized($"{identity.Name} came without a certificate");
        string? problem = identity.Authentication switch
        {
            AuthenticationKind.SelfSigned => ProblemOfThumbprint(certificate, identity),
            AuthenticationKind.CertificateAuthority => ProblemOfChain(peer, certificate, identity),
            _ => $"{identity.Name} does not authenticate by certificate",
        };
        problem ??= ProblemOfTime(certificate, "the certificate");
        return problem is null ? null : IotHubError.Unauthorized(problem);
    }

    // Section 5.4: either kind of thumbprint counts, whichever was registered.
    [SuppressMessage("Security", "CA5350", Justification = "A name for a certificate that was registered by it, not a signature.")]
    private static string OldThumbprint(byte[] der) => Convert.ToHexString(SHA1.HashData(der));

    private static string? ProblemOfThumbprint(ParsedCertificate certificate, Identity identity)
    {
        string old = OldThumbprint(certificate.Der);
        string present = certificate.Id.ToUpperInvariant();
        bool isKnown = new[] { identity.PrimaryThumbprint, identity.SecondaryThumbprint }.Any(thumbprint => thumbprint == old || thumbprint == present);
        return isKnown ? null : $"the certificate with the thumbprint {present} is not one of {identity.Name}";
    }

    private string? ProblemOfChain(PeerCertificates peer, ParsedCertificate certificate, Identity identity)
    {
        if (!certificate.HasCommonName(identity.Name.Key)) return $"the certificate's common name is not {identity.Name}";
        var current = certificate;
        var sent = peer.Skip(1).Take(LongestChain).Select(static der => ParsedCertificate.TryParse(der.Span)).OfType<ParsedCertificate>().ToList();
        for (int depth = 0; depth < LongestChain; depth++)
        {
            var issued = current;
            if (index.WithSubject(issued.Issuer).Any(issuer => records.CaCertificates.Find(issuer.CaId) is { IsActive: true } && issued.IsIssuedBy(issuer.Subject, issuer.Key))) return null;
            var next = sent.FirstOrDefault(candidate => candidate.IsAuthority && issued.IsIssuedBy(candidate.Subject, candidate.Key));
            if (next is null || next.Id == issued.Id) break;
            if (ProblemOfTime(next, "an intermediate certificate") is { } problem) return problem;
            current = next;
        }

        return "no active certificate authority of this hub issued the certificate: 'fairlead ca register' registers one";
    }

    private string? ProblemOfTime(ParsedCertificate certificate, string what)
    {
        long now = context.Now;
        if (certificate.NotAfter < now) return $"{what} ended at {DateTimeOffset.FromUnixTimeMilliseconds(certificate.NotAfter):u}";
        return certificate.NotBefore > now ? $"{what} is not valid before {DateTimeOffset.FromUnixTimeMilliseconds(certificate.NotBefore):u}" : null;
    }
}
