using Fairlead.Features.Api;

namespace Fairlead.Features.Certificates;

/// <summary>
/// The rules about CA certificates (spec/aws-registry-and-policies, section 7). What changes records is called under the gate and does
/// not commit.
/// </summary>
internal sealed class CaCertificateService(FeatureContext context, HubRecords records, CertificateIndex index, RegistrationCodes codes)
{
    private const int MostOfOneSubject = 10;
    private const int LongestTemplate = 10_240;

    /// <summary>Checks registration configurations and runs their templates; null where nobody provisions.</summary>
    public IJustInTimeProvisioner? Provisioner { get; set; }

    /// <summary>ARN of a CA certificate.</summary>
    public string ArnOf(string id) => context.Scope.Arn("cacert", id);

    /// <summary>Finds a CA certificate. Takes no lock.</summary>
    /// <exception cref="ApiException">404.</exception>
    public CaCertificate Find(string id) => records.CaCertificates.Find(id) ?? throw ApiException.NotFound($"CA certificate {id} does not exist");

    /// <summary>Registers a CA certificate.</summary>
    /// <param name="input">What the caller sent.</param>
    /// <param name="isActive">Whether it may register device certificates at once.</param>
    /// <param name="autoRegisters">Whether unknown certificates that it issued register themselves.</param>
    /// <exception cref="ApiException">It cannot be registered.</exception>
    public CaCertificate Register(CaRegistrationDocument input, bool isActive, bool autoRegisters)
    {
        var isSniOnly = input.CertificateMode switch
        {
            null or "DEFAULT" => false,
            "SNI_ONLY" => true,
            var mode => throw ApiException.InvalidRequest($"certificateMode must be DEFAULT or SNI_ONLY, not '{mode}'"),
        };
        var certificate = ParsedCertificate.Parse(input.CaCertificate, "caCertificate");
        certificate.CheckUsable(context.Now, "caCertificate");
        if (!certificate.IsAuthority) throw ParsedCertificate.Invalid("caCertificate may not sign certificates: its basic constraints must say CA:TRUE");
        Prove(certificate, input.VerificationCertificate, isSniOnly);
        if (records.CaCertificates.Find(certificate.Id) is not null)
            throw ApiException.AlreadyExists("The CA certificate is already registered", certificate.Id, ArnOf(certificate.Id));
        if (index.WithSubject(certificate.Subject).Length >= MostOfOneSubject)
            throw ApiException.LimitExceeded($"{MostOfOneSubject} CA certificates with the subject '{ParsedCertificate.Show(certificate.Subject)}' are registered already");
        var ca = Configure(new CaCertificate(certificate.Id, certificate.Der, isActive, autoRegisters, context.Now, context.Now) { IsSniOnly = isSniOnly }, input.RegistrationConfig);
        records.CaCertificates.Save(ca.Id, ca);
        return ca;
    }

    /// <summary>Changes a CA certificate; null leaves what is.</summary>
    /// <exception cref="ApiException">404; 400 for what cannot be.</exception>
    public void Update(string id, bool? isActive, bool? autoRegisters, CaChangeDocument input)
    {
        var ca = Find(id);
        if (input is { RemoveAutoRegistration: true, RegistrationConfig: not null })
            throw ApiException.InvalidRequest("removeAutoRegistration takes the registrationConfig away: give one of the two");
        var then = ca with { IsActive = isActive ?? ca.IsActive, AutoRegisters = autoRegisters ?? ca.AutoRegisters };
        if (input.RemoveAutoRegistration == true) then = then with { AutoRegisters = false, TemplateBody = null, TemplateName = null, RoleArn = null };
        then = Configure(then, input.RegistrationConfig);
        if (then == ca) return;
        records.CaCertificates.Save(id, then with { ModifiedAt = context.Now, Changes = ca.Changes + 1 });
    }

    /// <summary>Deletes a CA certificate; what it issued stays registered.</summary>
    /// <exception cref="ApiException">404; 406 while it is active.</exception>
    public void Delete(string id)
    {
        if (Find(id).IsActive) throw new ApiException(406, "CertificateStateException", $"CA certificate must be deactivated (not ACTIVE) before deletion. Id: {id}");
        records.CaCertificates.Remove(id);
    }

    private static ApiException NotProven(string message) => new(400, "RegistrationCodeValidationException", message);

    private CaCertificate Configure(CaCertificate ca, RegistrationConfigDocument? config)
    {
        if (config is null) return ca;
        if (config.TemplateBody is null == config.TemplateName is null)
            throw ApiException.InvalidRequest("registrationConfig takes either templateBody or templateName");
        if (config.TemplateBody?.Length > LongestTemplate) throw ApiException.InvalidRequest($"templateBody is longer than {LongestTemplate} characters");
        if (Provisioner is null) throw ApiException.InvalidRequest("this hub does not provision by registrationConfig");
        Provisioner.Check(config.TemplateBody, config.TemplateName);
        return ca with { TemplateBody = config.TemplateBody, TemplateName = config.TemplateName, RoleArn = config.RoleArn };
    }

    private void Prove(ParsedCertificate ca, string? verificationPem, bool isSniOnly)
    {
        if (isSniOnly)
        {
            if (!string.IsNullOrEmpty(verificationPem)) throw ApiException.InvalidRequest("verificationCertificate must be absent in the mode SNI_ONLY");
            return;
        }

        if (string.IsNullOrEmpty(verificationPem))
        {
            throw NotProven(
                "verificationCertificate is missing: let the CA sign a certificate whose common name is the registration code, or register in the mode SNI_ONLY");
        }

        var verification = ParsedCertificate.Parse(verificationPem, "verificationCertificate");
        if (!verification.IsIssuedBy(ca.Subject, ca.Key)) throw NotProven("verificationCertificate is not signed by caCertificate, or with a weak algorithm");
        if (verification.NotAfter < context.Now) throw NotProven("verificationCertificate has ended");
        if (codes.Current is not { } code) throw NotProven("there is no registration code: get one, and make verificationCertificate for it");
        if (!verification.HasCommonName(code)) throw NotProven("the common name of verificationCertificate is not the registration code");
    }
}
