using Fairlead.Features.Api;
using Fairlead.Features.Certificates;
using Fairlead.Features.Policies;
using Fairlead.Features.Provisioning.Templates;
using Fairlead.Features.Registry;

namespace Fairlead.Features.Provisioning;

/// <summary>Creates and changes what a template says: thing, groups, certificate, policies and their attachments, all of it or nothing.</summary>
internal sealed class DeviceProvisioner(FeatureContext context, HubRecords records, RegistryServices registry, CertificateServices certificates, PolicyService policies)
{
    /// <summary>
    /// Makes or checks the certificate of a template. Not under the gate: signing takes its time. Nothing is registered yet.
    /// </summary>
    /// <exception cref="ApiException">It cannot be.</exception>
    public PreparedCertificate Prepare(ResolvedCertificate certificate) => certificate.Resource.Source switch
    {
        CertificateSource.Registered => new PreparedCertificate(certificates.Certificates.Find(certificate.Value).Id, null, null),
        CertificateSource.SigningRequest => new PreparedCertificate(null, certificates.Issuer.Issue(certificate.Value), null),
        _ => new PreparedCertificate(
            null, null,
            certificate.CaPem is { } ca ? certificates.Certificates.Check(certificate.Value, ca) : certificates.Certificates.CheckWithoutCa(certificate.Value)),
    };

    /// <summary>Provisions. Under the gate; the caller commits.</summary>
    /// <param name="template">The template with its values.</param>
    /// <param name="prepared">Its certificate.</param>
    /// <param name="also">What belongs into the same transaction; null for nothing.</param>
    /// <exception cref="ApiException">Something cannot be done; nothing was done then.</exception>
    public ProvisionedDevice Provision(ResolvedTemplate template, PreparedCertificate prepared, Action? also = null)
    {
        var arns = new SortedDictionary<string, string>(StringComparer.Ordinal);
        DeviceCertificate? certificate = null;
        context.Documents.AllOrNone(() =>
        {
            certificate = Take(template.Certificate, prepared);
            var arn = certificates.Certificates.ArnOf(certificate.Id);
            arns[template.Certificate.Resource.LogicalId] = arn;
            foreach (var policy in template.Policies)
            {
                Attach(policy, arn);
                arns[policy.LogicalId] = policies.ArnOf(policy.Name);
            }

            if (template.Thing is { } thing)
            {
                Put(thing);
                registry.Principals.Attach(thing.Name, arn, template.Certificate.IsExclusive);
                arns[thing.Resource.LogicalId] = registry.Things.ArnOf(thing.Name);
            }

            also?.Invoke();
        });
        return new ProvisionedDevice(certificate!, arns);
    }

    private static ApiException Conflict(string message) => new(409, "ConflictingResourceUpdateException", message);

    private DeviceCertificate Take(ResolvedCertificate certificate, PreparedCertificate prepared)
    {
        var status = certificate.IsActive ? CertificateStatus.Active : CertificateStatus.Inactive;
        if (prepared.Der is { } der) return certificates.Certificates.Add(der, status);
        if (prepared.Registrable is { } registrable)
        {
            // A device may be provisioned again with the certificate that it has.
            if (records.Certificates.Find(registrable.Certificate.Id) is null) return certificates.Certificates.Register(registrable, status);
            return Change(certificates.Certificates.Find(registrable.Certificate.Id), status, certificate.Resource.StatusOverride);
        }

        return Change(certificates.Certificates.Find(prepared.Id!), status, certificate.Resource.StatusOverride);
    }

    private DeviceCertificate Change(DeviceCertificate present, CertificateStatus status, OverrideSetting setting)
    {
        if (present.Status == status) return present;
        // Overriding is about a status that somebody chose; one that waits for its provisioning is not that.
        if (present.Status != CertificateStatus.PendingActivation)
        {
            if (setting == OverrideSetting.DoNothing) return present;
            if (setting == OverrideSetting.Fail) throw Conflict($"the certificate {present.Id} has another status, and OverrideSettings says FAIL");
        }

        return certificates.Certificates.SetStatus(present.Id, status);
    }

    private void Attach(ResolvedPolicy policy, string arn)
    {
        if (policy.Document is { } document && records.Policies.Find(policy.Name) is null) policies.Create(policy.Name, document);
        policies.Attach(policy.Name, arn);
    }

    private void Put(ResolvedThing thing)
    {
        if (records.Things.Find(thing.Name) is not { } present)
        {
            registry.Things.Create(new NewThing(thing.Name, thing.TypeName, thing.BillingGroup, thing.Attributes));
            if (thing.Groups is { } groups) registry.Memberships.Update(thing.Name, groups, []);
            return;
        }

        var type = Override(thing.TypeName is not null && thing.TypeName != present.TypeName, thing.Resource.TypeOverride, "another type", thing.Name) ? thing.TypeName : null;
        var isChanged = thing.Attributes is { } given && !given.SequenceEqual(present.Attributes);
        var attributes = Override(isChanged, thing.Resource.AttributesOverride, "other attributes", thing.Name) ? thing.Attributes : null;
        registry.Things.Update(
            thing.Name, new ThingChange(type, Attributes: attributes, IsMerged: thing.Resource.AttributesOverride == OverrideSetting.Merge));
        PutIntoGroups(thing);
    }

    private void PutIntoGroups(ResolvedThing thing)
    {
        if (thing.Groups is not { } wanted) return;
        var present = records.GroupMemberships.LeftsOf(thing.Name).Keys.ToList();
        if (!Override(!wanted.ToHashSet(StringComparer.Ordinal).SetEquals(present), thing.Resource.GroupsOverride, "other groups", thing.Name)) return;
        var leaves = thing.Resource.GroupsOverride == OverrideSetting.Replace ? present.Except(wanted, StringComparer.Ordinal) : [];
        registry.Memberships.Update(thing.Name, [.. wanted.Except(present, StringComparer.Ordinal)], [.. leaves]);
    }

    private static bool Override(bool differs, OverrideSetting setting, string what, string thing) => differs && setting switch
    {
        OverrideSetting.Replace or OverrideSetting.Merge => true,
        OverrideSetting.Fail => throw Conflict($"the thing {thing} has {what}, and OverrideSettings says FAIL"),
        _ => false,
    };
}

/// <summary>A certificate before it is registered: one of the three is there.</summary>
/// <param name="Id">Id of one that is registered already.</param>
/// <param name="Der">One that the hub has issued.</param>
/// <param name="Registrable">One that was brought along and checked.</param>
internal sealed record PreparedCertificate(string? Id, byte[]? Der, RegistrableCertificate? Registrable);

/// <summary>What was provisioned.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="Arns">ARNs by logical names.</param>
internal sealed record ProvisionedDevice(DeviceCertificate Certificate, IReadOnlyDictionary<string, string> Arns);
