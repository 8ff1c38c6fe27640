namespace Fairlead.Features.Policies.Deciding;

/// <summary>What kind of record a connection's rights rest on.</summary>
internal enum DependencyKind
{
    /// <summary>A certificate, by id.</summary>
    Certificate,

    /// <summary>An access key, by id.</summary>
    AccessKey,

    /// <summary>The policies attached to a target, by its ARN.</summary>
    PoliciesOfTarget,

    /// <summary>A policy, by name.</summary>
    Policy,

    /// <summary>The things that a certificate is attached to, by its ARN.</summary>
    ThingsOfPrincipal,

    /// <summary>A thing, by name.</summary>
    Thing,

    /// <summary>The groups that a thing is a direct member of, by its name.</summary>
    GroupsOfThing,

    /// <summary>A thing group, by name.</summary>
    ThingGroup,
}

/// <summary>A record as it was when a connection's rights were worked out. Records are immutable: another one means that something changed.</summary>
/// <param name="Kind">What kind of record.</param>
/// <param name="Key">Which one.</param>
/// <param name="Seen">The record then; null when there was none.</param>
internal readonly record struct AccessDependency(DependencyKind Kind, string Key, object? Seen)
{
    /// <summary>Notes a record as it is now.</summary>
    public static AccessDependency On(HubRecords records, DependencyKind kind, string key) => new(kind, key, Find(records, kind, key));

    /// <summary>Whether the record is still the same.</summary>
    public bool IsCurrent(HubRecords records) => ReferenceEquals(Seen, Find(records, Kind, Key));

    private static object? Find(HubRecords records, DependencyKind kind, string key) => kind switch
    {
        DependencyKind.Certificate => records.Certificates.Find(key),
        DependencyKind.AccessKey => records.AccessKeys.Find(key),
        DependencyKind.PoliciesOfTarget => records.PolicyAttachments.LeftsOf(key),
        DependencyKind.Policy => records.Policies.Find(key),
        DependencyKind.ThingsOfPrincipal => records.ThingPrincipals.LeftsOf(key),
        DependencyKind.Thing => records.Things.Find(key),
        DependencyKind.GroupsOfThing => records.GroupMemberships.LeftsOf(key),
        _ => records.ThingGroups.Find(key),
    };
}
