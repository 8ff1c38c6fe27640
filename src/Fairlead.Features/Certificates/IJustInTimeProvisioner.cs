using Fairlead.Features.Api;

namespace Fairlead.Features.Certificates;

/// <summary>Runs the provisioning template of a CA for a device that registered itself (JITP; spec/aws-registry-and-policies, section 7).</summary>
internal interface IJustInTimeProvisioner
{
    /// <summary>Refuses a registration configuration that could provision nobody, when it is given. Under the gate.</summary>
    /// <param name="templateBody">Template, JSON text; null when a name is given.</param>
    /// <param name="templateName">Name of a provisioning template; null when a body is given.</param>
    /// <exception cref="ApiException">400, or 404 for the name.</exception>
    void Check(string? templateBody, string? templateName)
    {
    }

    /// <summary>Creates what the template says and gives the certificate the status that it says.</summary>
    /// <param name="certificate">The certificate, registered as <see cref="CertificateStatus.PendingActivation"/>.</param>
    /// <param name="ca">The CA with its template.</param>
    /// <param name="cancellationToken">Ends the wait for hooks.</param>
    /// <returns>Null when it was provisioned; otherwise why not, one sentence.</returns>
    Task<string?> ProvisionAsync(DeviceCertificate certificate, CaCertificate ca, CancellationToken cancellationToken);
}
