using Fairlead.Features.Api;

namespace Fairlead.Features.Certificates;

/// <summary>
/// The rules about device certificates (spec/aws-registry-and-policies, section 6). What changes records is called under the gate and
/// does not commit; <see cref="Check"/> and <see cref="CheckWithoutCa"/> take no lock and may be called anywhere. Connections of a
/// certificate that stops being active end by themselves once the change is durable: see <see cref="Revocations"/>.
/// </summary>
internal sealed class CertificateService(FeatureContext context, HubRecords records, CertificateIndex index)
{
    /// <summary>ARN of a certificate.</summary>
    public string ArnOf(string id) => context.Scope.Arn("cert", id);

    /// <summary>Finds a certificate. Takes no lock.</summary>
    /// <exception cref="ApiException">404.</exception>
    public DeviceCertificate Find(string id) => records.Certificates.Find(id) ?? throw ApiException.NotFound($"Certificate {id} does not exist");

    /// <summary>Registers a certificate that <see cref="CertificateIssuer"/> made.</summary>
    /// <param name="der">The certificate.</param>
    /// <param name="status">Its first status.</param>
    /// <param name="isTemporary">Whether it is a provisioning claim: not listed, gone when it has ended.</param>
    public DeviceCertificate Add(byte[] der, CertificateStatus status, bool isTemporary = false)
    {
        if (isTemporary) DropEndedClaims();
        var parsed = ParsedCertificate.TryParse(der) ?? throw new InvalidOperationException("The hub's authority made no certificate.");
        return Save(parsed, status, caId: null, isSniOnly: false, isTemporary);
    }

    /// <summary>Checks a certificate that a registered CA is said to have issued.</summary>
    /// <param name="pem">The certificate.</param>
    /// <param name="caPem">The CA's; null when there is only one with that name.</param>
    /// <exception cref="ApiException">It cannot be registered.</exception>
    public RegistrableCertificate Check(string? pem, string? caPem)
    {
        var certificate = ParsedCertificate.Parse(pem, "certificatePem");
        certificate.CheckUsable(context.Now, "certificatePem");
        CertificateIndex.Issuer[] issuers = [.. index.WithSubject(certificate.Issuer)];
        if (!string.IsNullOrEmpty(caPem))
        {
            var ca = ParsedCertificate.Parse(caPem, "caCertificatePem");
            issuers = [.. issuers.Where(issuer => issuer.CaId == ca.Id)];
            if (issuers.Length == 0)
            {
                throw ParsedCertificate.Invalid(
                    records.CaCertificates.Find(ca.Id) is null ? $"CA certificate {ca.Id} is not registered" : "caCertificatePem did not issue certificatePem");
            }
        }

        if (issuers.Length == 0)
            throw ParsedCertificate.Invalid($"no registered CA certificate has the subject '{ParsedCertificate.Show(certificate.Issuer)}': register it, or register this certificate without a CA");
        if (issuers.Length > 1)
            throw new ApiException(409, "CertificateConflictException", $"{issuers.Length} registered CA certificates have the subject '{ParsedCertificate.Show(certificate.Issuer)}': name one in caCertificatePem");
        if (!certificate.IsIssuedBy(issuers[0].Subject, issuers[0].Key))
            throw ParsedCertificate.Invalid($"certificatePem is not signed by CA certificate {issuers[0].CaId}, or with a weak algorithm");
        return new RegistrableCertificate(certificate, issuers[0].CaId);
    }

    /// <summary>Checks a certificate that is registered for its own sake.</summary>
    /// <exception cref="ApiException">It cannot be registered.</exception>
    public RegistrableCertificate CheckWithoutCa(string? pem)
    {
        var certificate = ParsedCertificate.Parse(pem, "certificatePem");
        certificate.CheckUsable(context.Now, "certificatePem");
        return new RegistrableCertificate(certificate, CaId: null);
    }

    /// <summary>Registers a certificate that was checked.</summary>
    /// <exception cref="ApiException">409 when it is registered already; 406 when its CA is not active.</exception>
    public DeviceCertificate Register(RegistrableCertificate checkedCertificate, CertificateStatus status)
    {
        var (certificate, caId) = checkedCertificate;
        if (records.Certificates.Find(certificate.Id) is not null)
            throw ApiException.AlreadyExists("The certificate is already provisioned or registered", certificate.Id, ArnOf(certificate.Id));
        if (caId is null) return Save(certificate, status, caId: null, isSniOnly: true);
        var ca = records.CaCertificates.Find(caId) ?? throw ParsedCertificate.Invalid($"CA certificate {caId} is not registered");
        if (!ca.IsActive) throw State($"CA certificate {caId} is INACTIVE: it registers no further certificates");
        return Save(certificate, status, caId, ca.IsSniOnly);
    }

    /// <summary>Gives a certificate a status; one that it has already changes nothing.</summary>
    /// <exception cref="ApiException">404; 406 when it is revoked.</exception>
    public DeviceCertificate SetStatus(string id, CertificateStatus status)
    {
        var certificate = Find(id);
        if (certificate.Status == status) return certificate;
        // Revocation is final (spec/aws-registry-and-policies, section 23, point 11).
        if (certificate.Status == CertificateStatus.Revoked) throw State($"Certificate {id} is REVOKED, which is final: give the device another certificate");
        certificate = certificate with { Status = status, ModifiedAt = context.Now, Changes = certificate.Changes + 1 };
        records.Certificates.Save(id, certificate);
        return certificate;
    }

    /// <summary>Deletes a certificate; the order of the checks is AWS'.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="force">Whether policies are detached instead of being in the way.</param>
    /// <exception cref="ApiException">404; 406 while it is active; 409 while something is attached.</exception>
    public void Delete(string id, bool force)
    {
        var certificate = Find(id);
        if (certificate.Status == CertificateStatus.Active) throw State($"Certificate must be deactivated (not ACTIVE) before deletion. Id: {id}");
        var arn = ArnOf(id);
        if (!records.ThingPrincipals.LeftsOf(arn).IsEmpty) throw ApiException.DeleteConflict($"Things must be detached before deletion (arn: {arn})");
        var policies = records.PolicyAttachments.LeftsOf(arn);
        if (!policies.IsEmpty && !force) throw ApiException.DeleteConflict($"Certificate policies must be detached before deletion (arn: {arn})");
        context.Documents.InOne(() =>
        {
            foreach (var policy in policies.Keys) records.PolicyAttachments.Remove(policy, arn);
            records.Certificates.Remove(id);
        });
    }

    private static ApiException State(string message) => new(406, "CertificateStateException", message);

    private DeviceCertificate Save(ParsedCertificate parsed, CertificateStatus status, string? caId, bool isSniOnly, bool isTemporary = false)
    {
        var certificate = new DeviceCertificate(parsed.Id, parsed.Der, status, context.Now, context.Now)
        {
            CaId = caId,
            IsSniOnly = isSniOnly,
            NotBefore = parsed.NotBefore,
            NotAfter = parsed.NotAfter,
            IsTemporary = isTemporary,
        };
        records.Certificates.Save(certificate.Id, certificate);
        return certificate;
    }

    // Claims live for minutes: there are never many, and the next one clears the former away.
    private void DropEndedClaims()
    {
        var now = context.Now;
        foreach (var id in index.Temporary.Ids.Where(id => records.Certificates.Find(id)?.NotAfter < now).ToList())
        {
            var arn = ArnOf(id);
            foreach (var policy in records.PolicyAttachments.LeftsOf(arn).Keys) records.PolicyAttachments.Remove(policy, arn);
            records.Certificates.Remove(id);
        }
    }
}

/// <summary>A certificate that may be registered.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="CaId">Id of the registered CA that issued it; null for none.</param>
internal sealed record RegistrableCertificate(ParsedCertificate Certificate, string? CaId);
