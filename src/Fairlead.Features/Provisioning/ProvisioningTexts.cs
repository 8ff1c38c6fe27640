namespace Fairlead.Features.Provisioning;

/// <summary>Names of template parameters that the hub fills in (spec/aws-registry-and-policies, sections 7 and 11.2).</summary>
internal static class ProvisioningTexts
{
    /// <summary>What all of them begin with; devices may not set them.</summary>
    public const string Reserved = "AWS::";

    /// <summary>Id of the certificate that is provisioned.</summary>
    public const string CertificateId = "AWS::IoT::Certificate::Id";

    /// <summary>Parts of a certificate's subject by their object identifier.</summary>
    public static readonly IReadOnlyDictionary<string, string> SubjectParameters = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["2.5.4.6"] = "AWS::IoT::Certificate::Country",
        ["2.5.4.10"] = "AWS::IoT::Certificate::Organization",
        ["2.5.4.11"] = "AWS::IoT::Certificate::OrganizationalUnit",
        ["2.5.4.46"] = "AWS::IoT::Certificate::DistinguishedNameQualifier",
        ["2.5.4.8"] = "AWS::IoT::Certificate::StateName",
        ["2.5.4.3"] = "AWS::IoT::Certificate::CommonName",
        ["2.5.4.5"] = "AWS::IoT::Certificate::SerialNumber",
    };
}
