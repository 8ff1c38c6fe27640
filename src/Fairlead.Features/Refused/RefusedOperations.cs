namespace Fairlead.Features.Refused;

/// <summary>
/// Operations of the control plane that the hub does not offer: name, method and path as SDKs send them, in families that say why. A
/// slice that comes to offer one simply does: <see cref="RefusedFeature"/> leaves it out then.
/// </summary>
internal static class RefusedOperations
{
    /// <summary>All of them.</summary>
    public static IEnumerable<RefusedOperation> All() =>
        from family in Families
        from line in family.Operations.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        let parts = line.Split(' ')
        select new RefusedOperation(parts[0], parts[1], parts[2], family.Why);

    private static readonly (string Why, string Operations)[] Families =
    [
        (
            "it has no jobs yet",
            """
            AssociateTargetsWithJob POST /jobs/{jobId}/targets
            CancelJob PUT /jobs/{jobId}/cancel
            CancelJobExecution PUT /things/{thingName}/jobs/{jobId}/cancel
            CreateJob PUT /jobs/{jobId}
            CreateJobTemplate PUT /job-templates/{jobTemplateId}
            DeleteJob DELETE /jobs/{jobId}
            DeleteJobExecution DELETE /things/{thingName}/jobs/{jobId}/executionNumber/{executionNumber}
            DeleteJobTemplate DELETE /job-templates/{jobTemplateId}
            DescribeJob GET /jobs/{jobId}
            DescribeJobExecution GET /things/{thingName}/jobs/{jobId}
            DescribeJobTemplate GET /job-templates/{jobTemplateId}
            DescribeManagedJobTemplate GET /managed-job-templates/{templateName}
            GetJobDocument GET /jobs/{jobId}/job-document
            ListJobExecutionsForJob GET /jobs/{jobId}/things
            ListJobExecutionsForThing GET /things/{thingName}/jobs
            ListJobTemplates GET /job-templates
            ListJobs GET /jobs
            ListManagedJobTemplates GET /managed-job-templates
            UpdateJob PATCH /jobs/{jobId}
            """),
        (
            "a direct message (SendDirectMessage) reaches one device and says whether it arrived",
            """
            CreateCommand PUT /commands/{commandId}
            DeleteCommand DELETE /commands/{commandId}
            DeleteCommandExecution DELETE /command-executions/{executionId}
            GetCommand GET /commands/{commandId}
            GetCommandExecution GET /command-executions/{executionId}
            ListCommandExecutions POST /command-executions
            ListCommands GET /commands
            UpdateCommand PATCH /commands/{commandId}
            """),
        (
            "any web server serves files to devices",
            """
            CreateOTAUpdate POST /otaUpdates/{otaUpdateId}
            CreateStream POST /streams/{streamId}
            DeleteOTAUpdate DELETE /otaUpdates/{otaUpdateId}
            DeleteStream DELETE /streams/{streamId}
            DescribeStream GET /streams/{streamId}
            GetOTAUpdate GET /otaUpdates/{otaUpdateId}
            ListOTAUpdates GET /otaUpdates
            ListStreams GET /streams
            UpdateStream PUT /streams/{streamId}
            """),
        (
            "it keeps no catalogue of software packages",
            """
            AssociateSbomWithPackageVersion PUT /packages/{packageName}/versions/{versionName}/sbom
            CreatePackage PUT /packages/{packageName}
            CreatePackageVersion PUT /packages/{packageName}/versions/{versionName}
            DeletePackage DELETE /packages/{packageName}
            DeletePackageVersion DELETE /packages/{packageName}/versions/{versionName}
            DisassociateSbomFromPackageVersion DELETE /packages/{packageName}/versions/{versionName}/sbom
            GetPackage GET /packages/{packageName}
            GetPackageConfiguration GET /package-configuration
            GetPackageVersion GET /packages/{packageName}/versions/{versionName}
            ListPackageVersions GET /packages/{packageName}/versions
            ListPackages GET /packages
            ListSbomValidationResults GET /packages/{packageName}/versions/{versionName}/sbom-validation-results
            UpdatePackage PATCH /packages/{packageName}
            UpdatePackageConfiguration PATCH /package-configuration
            UpdatePackageVersion PATCH /packages/{packageName}/versions/{versionName}
            """),
        (
            "there is no cloud account to audit",
            """
            CancelAuditMitigationActionsTask PUT /audit/mitigationactions/tasks/{taskId}/cancel
            CancelAuditTask PUT /audit/tasks/{taskId}/cancel
            CancelDetectMitigationActionsTask PUT /detect/mitigationactions/tasks/{taskId}/cancel
            CreateAuditSuppression POST /audit/suppressions/create
            CreateMitigationAction POST /mitigationactions/actions/{actionName}
            CreateScheduledAudit POST /audit/scheduledaudits/{scheduledAuditName}
            DeleteAccountAuditConfiguration DELETE /audit/configuration
            DeleteAuditSuppression POST /audit/suppressions/delete
            DeleteMitigationAction DELETE /mitigationactions/actions/{actionName}
            DeleteScheduledAudit DELETE /audit/scheduledaudits/{scheduledAuditName}
            DescribeAccountAuditConfiguration GET /audit/configuration
            DescribeAuditFinding GET /audit/findings/{findingId}
            DescribeAuditMitigationActionsTask GET /audit/mitigationactions/tasks/{taskId}
            DescribeAuditSuppression POST /audit/suppressions/describe
            DescribeAuditTask GET /audit/tasks/{taskId}
            DescribeDetectMitigationActionsTask GET /detect/mitigationactions/tasks/{taskId}
            DescribeMitigationAction GET /mitigationactions/actions/{actionName}
            DescribeScheduledAudit GET /audit/scheduledaudits/{scheduledAuditName}
            ListAuditFindings POST /audit/findings
            ListAuditMitigationActionsExecutions GET /audit/mitigationactions/executions
            ListAuditMitigationActionsTasks GET /audit/mitigationactions/tasks
            ListAuditSuppressions POST /audit/suppressions/list
            ListAuditTasks GET /audit/tasks
            ListDetectMitigationActionsExecutions GET /detect/mitigationactions/executions
            ListDetectMitigationActionsTasks GET /detect/mitigationactions/tasks
            ListMitigationActions GET /mitigationactions/actions
            ListRelatedResourcesForAuditFinding GET /audit/relatedResources
            ListScheduledAudits GET /audit/scheduledaudits
            StartAuditMitigationActionsTask POST /audit/mitigationactions/tasks/{taskId}
            StartDetectMitigationActionsTask PUT /detect/mitigationactions/tasks/{taskId}
            StartOnDemandAuditTask POST /audit/tasks
            UpdateAccountAuditConfiguration PATCH /audit/configuration
            UpdateAuditSuppression PATCH /audit/suppressions/update
            UpdateMitigationAction PATCH /mitigationactions/actions/{actionName}
            UpdateScheduledAudit PATCH /audit/scheduledaudits/{scheduledAuditName}
            """),
        (
            "it judges no behaviour; its metrics and lifecycle events show what devices do",
            """
            AttachSecurityProfile PUT /security-profiles/{securityProfileName}/targets
            CreateCustomMetric POST /custom-metric/{metricName}
            CreateDimension POST /dimensions/{name}
            CreateSecurityProfile POST /security-profiles/{securityProfileName}
            DeleteCustomMetric DELETE /custom-metric/{metricName}
            DeleteDimension DELETE /dimensions/{name}
            DeleteSecurityProfile DELETE /security-profiles/{securityProfileName}
            DescribeCustomMetric GET /custom-metric/{metricName}
            DescribeDimension GET /dimensions/{name}
            DescribeSecurityProfile GET /security-profiles/{securityProfileName}
            DetachSecurityProfile DELETE /security-profiles/{securityProfileName}/targets
            GetBehaviorModelTrainingSummaries GET /behavior-model-training/summaries
            ListActiveViolations GET /active-violations
            ListCustomMetrics GET /custom-metrics
            ListDimensions GET /dimensions
            ListMetricValues GET /metric-values
            ListSecurityProfiles GET /security-profiles
            ListSecurityProfilesForTarget GET /security-profiles-for-target
            ListTargetsForSecurityProfile GET /security-profiles/{securityProfileName}/targets
            ListViolationEvents GET /violation-events
            PutVerificationStateOnViolation POST /violations/verification-state/{violationId}
            UpdateCustomMetric PATCH /custom-metric/{metricName}
            UpdateDimension PATCH /dimensions/{name}
            UpdateSecurityProfile PATCH /security-profiles/{securityProfileName}
            ValidateSecurityProfileBehaviors POST /security-profile-behaviors/validate
            """),
        (
            "GetStatistics and GetBucketsAggregation answer the same question when asked",
            """
            CreateFleetMetric PUT /fleet-metric/{metricName}
            DeleteFleetMetric DELETE /fleet-metric/{metricName}
            DescribeFleetMetric GET /fleet-metric/{metricName}
            ListFleetMetrics GET /fleet-metrics
            UpdateFleetMetric PATCH /fleet-metric/{metricName}
            """),
        (
            "there is no role that a device could take",
            """
            CreateRoleAlias POST /role-aliases/{roleAlias}
            DeleteRoleAlias DELETE /role-aliases/{roleAlias}
            DescribeRoleAlias GET /role-aliases/{roleAlias}
            ListRoleAliases GET /role-aliases
            UpdateRoleAlias PUT /role-aliases/{roleAlias}
            """),
        (
            "its configuration says which names and certificates its listeners have",
            """
            CreateDomainConfiguration POST /domainConfigurations/{domainConfigurationName}
            DeleteDomainConfiguration DELETE /domainConfigurations/{domainConfigurationName}
            DescribeDomainConfiguration GET /domainConfigurations/{domainConfigurationName}
            ListDomainConfigurations GET /domainConfigurations
            UpdateDomainConfiguration PUT /domainConfigurations/{domainConfigurationName}
            """),
        (
            "its own authority signs certificates, or they come from a registered CA",
            """
            CreateCertificateProvider POST /certificate-providers/{certificateProviderName}
            DeleteCertificateProvider DELETE /certificate-providers/{certificateProviderName}
            DescribeCertificateProvider GET /certificate-providers/{certificateProviderName}
            ListCertificateProviders GET /certificate-providers/
            UpdateCertificateProvider PUT /certificate-providers/{certificateProviderName}
            """),
        (
            "encrypt the disk that holds its data directory",
            """
            DescribeEncryptionConfiguration GET /encryption-configuration
            UpdateEncryptionConfiguration PATCH /encryption-configuration
            """),
        (
            "it has one account, and nobody to transfer a certificate to",
            """
            AcceptCertificateTransfer PATCH /accept-certificate-transfer/{certificateId}
            CancelCertificateTransfer PATCH /cancel-certificate-transfer/{certificateId}
            ListOutgoingCertificates GET /certificates-out-going
            RejectCertificateTransfer PATCH /reject-certificate-transfer/{certificateId}
            TransferCertificate PATCH /transfer-certificate/{certificateId}
            """),
        (
            "SearchIndex finds things by a query, static groups keep them",
            """
            CreateDynamicThingGroup POST /dynamic-thing-groups/{thingGroupName}
            DeleteDynamicThingGroup DELETE /dynamic-thing-groups/{thingGroupName}
            UpdateDynamicThingGroup PATCH /dynamic-thing-groups/{thingGroupName}
            """),
        (
            "'fairlead thing import' registers things from a file",
            """
            DescribeThingRegistrationTask GET /thing-registration-tasks/{taskId}
            ListThingRegistrationTaskReports GET /thing-registration-tasks/{taskId}/reports
            ListThingRegistrationTasks GET /thing-registration-tasks
            StartThingRegistrationTask POST /thing-registration-tasks
            StopThingRegistrationTask PUT /thing-registration-tasks/{taskId}/cancel
            """),
    ];
}

/// <summary>An operation that is not offered.</summary>
/// <param name="Name">Name in the service model.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path with labels in braces.</param>
/// <param name="Why">Why not, and what serves instead: half a sentence.</param>
internal sealed record RefusedOperation(string Name, string Method, string Path, string Why);
