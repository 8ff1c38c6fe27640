namespace Fairlead.Interop.Aws.Operations;

/// <summary>What is served in another way than AWS does it: one half sentence an operation.</summary>
public static class OperationDifferences
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["AddThingToThingGroup"] = "`overrideDynamicGroups` changes nothing: there are no dynamic groups",
        ["CreateAuthorizer"] = "the function is an HTTP service, named by its URL or by an ARN that the configuration gives one",
        ["CreateCertificateFromCsr"] = "signed by the hub's own authority",
        ["CreateKeysAndCertificate"] = "signed by the hub's own authority",
        ["CreateProvisioningTemplate"] = "the hook is an HTTP service, named by its URL or by an ARN that the configuration gives one; the role is kept and told again",
        ["CreateThingType"] = "`mqtt5Configuration` is kept and told again, and adds nothing to messages yet",
        ["DeleteThingType"] = "the five minutes after deprecation are a setting, off by default",
        ["DescribeEndpoint"] = "one host for every type: the configured one, or the one that the caller used",
        ["GetCardinality"] = "exact, where AWS estimates",
        ["GetIndexingConfiguration"] = "tells what was set; everything is always searched",
        ["GetPercentiles"] = "exact, where AWS estimates",
        ["GetV2LoggingOptions"] = "the role is kept and told again, not used",
        ["ListThings"] = "finds by every attribute, not only by those that a type names",
        ["RegisterCACertificate"] = "the role of `registrationConfig` is kept and told again, not used",
        ["SearchIndex"] = "reads the records themselves, so that a change is found at once; no search by place",
        ["SetLoggingOptions"] = "the same options as those of SetV2LoggingOptions",
        ["SetV2LoggingOptions"] = "the role is kept and told again, not used; members that are left out keep their value",
        ["UpdateAuthorizer"] = "as CreateAuthorizer",
        ["UpdateEventConfigurations"] = "`JOB`, `JOB_EXECUTION`, `POLICY`, `CERTIFICATE` and `CA_CERTIFICATE` are kept and told again, and no event comes of them",
        ["UpdateIndexingConfiguration"] = "kept and told again; everything is always searched",
        ["UpdateProvisioningTemplate"] = "as CreateProvisioningTemplate",
        ["UpdateThingType"] = "as CreateThingType",
    };

    /// <summary>The difference; null for none.</summary>
    public static string? Of(string operation) => Known.GetValueOrDefault(operation);
}
