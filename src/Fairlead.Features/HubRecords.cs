using Fairlead.Features.AccessKeys;
using Fairlead.Features.Certificates;
using Fairlead.Features.Documents;
using Fairlead.Features.Policies;
using Fairlead.Features.Registry;

namespace Fairlead.Features;

/// <summary>
/// The tables that more than one slice reads: who is there and what belongs to whom. A table that one slice alone uses lives in that
/// slice.
/// </summary>
internal sealed class HubRecords(DocumentStore store)
{
    /// <summary>Things by name.</summary>
    public RecordTable<Thing> Things { get; } = new(store, "things", RecordJson.Default.Thing);

    /// <summary>Thing types by name.</summary>
    public RecordTable<ThingType> ThingTypes { get; } = new(store, "thing-types", RecordJson.Default.ThingType);

    /// <summary>Thing groups by name.</summary>
    public RecordTable<ThingGroup> ThingGroups { get; } = new(store, "thing-groups", RecordJson.Default.ThingGroup);

    /// <summary>Which thing (right) is in which group (left), direct members alone.</summary>
    public LinkTable<GroupMembership> GroupMemberships { get; } = new(store, "thing-group-members", RecordJson.Default.GroupMembership);

    /// <summary>Which principal (right, by its ARN of this hub) is attached to which thing (left).</summary>
    public LinkTable<ThingPrincipal> ThingPrincipals { get; } = new(store, "thing-principals", RecordJson.Default.ThingPrincipal);

    /// <summary>Device certificates by their id.</summary>
    public RecordTable<DeviceCertificate> Certificates { get; } = new(store, "certificates", RecordJson.Default.DeviceCertificate);

    /// <summary>CA certificates by their id.</summary>
    public RecordTable<CaCertificate> CaCertificates { get; } = new(store, "ca-certificates", RecordJson.Default.CaCertificate);

    /// <summary>Policies by name.</summary>
    public RecordTable<Policy> Policies { get; } = new(store, "policies", RecordJson.Default.Policy);

    /// <summary>Which target (right: ARN of a certificate or thing group of this hub, or an opaque identity) has which policy (left).</summary>
    public LinkTable<PolicyAttachment> PolicyAttachments { get; } = new(store, "policy-targets", RecordJson.Default.PolicyAttachment);

    /// <summary>Access keys by their id.</summary>
    public RecordTable<AccessKey> AccessKeys { get; } = new(store, "access-keys", RecordJson.Default.AccessKey);
}
