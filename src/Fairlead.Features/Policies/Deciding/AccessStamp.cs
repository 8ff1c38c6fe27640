namespace Fairlead.Features.Policies.Deciding;

/// <summary>
/// A number that grows with every change that could concern anybody's rights. A connection that has seen the present one need look no
/// further; otherwise it looks at the few records that its own rights rest on (section 20).
/// </summary>
internal sealed class AccessStamp
{
    private long _now;

    /// <summary>Follows the tables.</summary>
    public AccessStamp(HubRecords records)
    {
        records.Certificates.Changed += (_, _, _) => Advance();
        records.AccessKeys.Changed += (_, _, _) => Advance();
        records.Policies.Changed += (_, _, _) => Advance();
        records.PolicyAttachments.Changed += (_, _, _, _) => Advance();
        records.Things.Changed += (_, _, _) => Advance();
        records.ThingPrincipals.Changed += (_, _, _, _) => Advance();
        records.ThingGroups.Changed += (_, _, _) => Advance();
        records.GroupMemberships.Changed += (_, _, _, _) => Advance();
    }

    /// <summary>The number now. Changes are counted after they were made: read it before the records.</summary>
    public long Now => Volatile.Read(ref _now);

    private void Advance() => Interlocked.Increment(ref _now);
}
