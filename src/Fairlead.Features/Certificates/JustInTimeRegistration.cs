using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Fairlead.Broker.Extensions;
using Fairlead.Features.Api;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Certificates;

/// <summary>
/// Registers unknown certificates of a registered CA when they connect (JITR), and lets a template provision them (JITP;
/// spec/aws-registry-and-policies, section 7). The connection ends in any case: the device tries again.
/// </summary>
internal sealed partial class JustInTimeRegistration(FeatureContext context, HubRecords records, CertificateServices services)
{
    private readonly ILogger<JustInTimeRegistration> _log = new Logger<JustInTimeRegistration>(context.Loggers);

    // As large as the number of connections that wait for a template at one time.
    private readonly ConcurrentDictionary<string, bool> _underWay = new(StringComparer.Ordinal);

    /// <summary>Whether some CA registers what it issued.</summary>
    public bool IsOffered => services.Index.HasAutoRegistering;

    /// <summary>Registers a certificate, or goes on with one that is pending.</summary>
    /// <param name="id">Id of the client's certificate.</param>
    /// <param name="chain">The client's certificate and those that it sent along.</param>
    /// <param name="cancellationToken">Ends the wait when the client has gone.</param>
    /// <returns>Why the connection ends, one sentence; null when no CA of this hub speaks for the certificate.</returns>
    public async Task<string?> TryAsync(string id, IReadOnlyList<ReadOnlyMemory<byte>> chain, CancellationToken cancellationToken)
    {
        try
        {
            var certificate = records.Certificates.Find(id);
            if (certificate is null)
            {
                if (Check(chain) is not { } registrable) return null;
                lock (context.Documents.Gate)
                    certificate = records.Certificates.Find(id) ?? services.Certificates.Register(registrable, CertificateStatus.PendingActivation);
                await context.Documents.CommitAsync().ConfigureAwait(false);
                LogRegistered(id, certificate.CaId!);
            }

            if (certificate.CaId is null || records.CaCertificates.Find(certificate.CaId) is not { IsActive: true, AutoRegisters: true } ca) return null;
            if (ca.TemplateBody is not null || ca.TemplateName is not null)
                return await ProvisionAsync(certificate, ca, cancellationToken).ConfigureAwait(false);
            Announce(certificate, ca);
            return $"the client certificate {id} has registered itself and is PENDING_ACTIVATION: activate it, then the device can connect";
        }
        catch (ApiException refusal)
        {
            LogRefused(id, refusal.Message);
            return $"the client certificate {id} cannot register itself: {refusal.Message}";
        }
    }

    /// <summary>Finds the CA that issued a certificate; of several that could be it, the one that the client sent along.</summary>
    private RegistrableCertificate? Check(IReadOnlyList<ReadOnlyMemory<byte>> chain)
    {
        if (chain.Count == 0 || ParsedCertificate.TryParse(chain[0].Span) is not { } certificate) return null;
        var issuers = services.Index.WithSubject(certificate.Issuer)
            .Where(issuer => records.CaCertificates.Find(issuer.CaId) is { IsActive: true, AutoRegisters: true } && issuer.CaId != certificate.Id
                && certificate.IsIssuedBy(issuer.Subject, issuer.Key))
            .ToList();
        if (issuers.Count > 1)
        {
            var sent = chain.Skip(1).Select(static der => Convert.ToHexStringLower(SHA256.HashData(der.Span))).ToHashSet(StringComparer.Ordinal);
            issuers.RemoveAll(issuer => !sent.Contains(issuer.CaId));
        }

        if (issuers.Count != 1) return null;
        certificate.CheckUsable(context.Now, "the certificate");
        return new RegistrableCertificate(certificate, issuers[0].CaId);
    }

    private async Task<string> ProvisionAsync(DeviceCertificate certificate, CaCertificate ca, CancellationToken cancellationToken)
    {
        if (services.CaCertificates.Provisioner is not { } provisioner) return $"the client certificate {certificate.Id} waits for its provisioning";
        // A device that is impatient connects again while its template still runs.
        if (!_underWay.TryAdd(certificate.Id, true)) return $"the client certificate {certificate.Id} is being provisioned: connect again";
        try
        {
            if (await provisioner.ProvisionAsync(certificate, ca, cancellationToken).ConfigureAwait(false) is { } problem)
            {
                LogNotProvisioned(certificate.Id, ca.Id, problem);
                return $"the client certificate {certificate.Id} could not be provisioned: {problem}";
            }

            return $"the client certificate {certificate.Id} has been provisioned: connect again";
        }
        finally
        {
            _underWay.TryRemove(certificate.Id, out _);
        }
    }

    private void Announce(DeviceCertificate certificate, CaCertificate ca)
    {
        var document = new RegisteredEventDocument(
            certificate.Id, ca.Id, context.Now, CertificateStatusText.Of(certificate.Status), context.Scope.AccountId,
            certificate.CreatedAt.ToString(CultureInfo.InvariantCulture));
        context.Broker.Publish(new PublishRequest
        {
            Topic = $"$aws/events/certificates/registered/{ca.Id}",
            Payload = JsonSerializer.SerializeToUtf8Bytes(document, CertificateJson.Default.RegisteredEventDocument),
        });
    }

    [LoggerMessage(
        EventId = 5201, Level = LogLevel.Information,
        Message = "certificate {CertificateId} of CA {CaId} has registered itself as PENDING_ACTIVATION",
        EventName = "certificate_registered_itself")]
    private partial void LogRegistered(string certificateId, string caId);

    [LoggerMessage(
        EventId = 5202, Level = LogLevel.Warning,
        Message = "certificate {CertificateId} cannot register itself: {Reason}",
        EventName = "certificate_not_registered")]
    private partial void LogRefused(string certificateId, string reason);

    [LoggerMessage(
        EventId = 5203, Level = LogLevel.Warning,
        Message = "certificate {CertificateId} of CA {CaId} could not be provisioned: {Reason}",
        EventName = "certificate_not_provisioned")]
    private partial void LogNotProvisioned(string certificateId, string caId, string reason);
}
