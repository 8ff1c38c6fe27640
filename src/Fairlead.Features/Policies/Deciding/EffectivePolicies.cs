using System.Collections.Immutable;
using Fairlead.Features.Policies.Language;

namespace Fairlead.Features.Policies.Deciding;

/// <summary>
/// Which policies concern a principal: those attached to it, and those of every static group that holds its thing, and of the groups
/// above those (section 16.4).
/// </summary>
internal sealed class EffectivePolicies(HubScope scope, HubRecords records, PolicyLibrary library)
{
    /// <summary>Finds them. Takes no lock.</summary>
    /// <param name="target">ARN of the certificate, or an identity; null for none.</param>
    /// <param name="thing">Name of the thing; null for none.</param>
    /// <param name="seen">Gets every record that the answer rests on; null when nobody wants to know.</param>
    /// <returns>Policies in the order in which they were met, each once.</returns>
    public PolicySet Of(string? target, string? thing, List<AccessDependency>? seen = null)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var policies = ImmutableArray.CreateBuilder<NamedPolicy>();
        if (target is not null) Add(target);
        foreach (var group in GroupsOf(thing, seen)) Add(scope.Arn("thinggroup", group));
        return policies.Count == 0 ? PolicySet.Empty : new PolicySet(policies.ToImmutable());

        void Add(string arn)
        {
            seen?.Add(AccessDependency.On(records, DependencyKind.PoliciesOfTarget, arn));
            foreach (var name in records.PolicyAttachments.LeftsOf(arn).Keys)
            {
                if (!names.Add(name)) continue;
                seen?.Add(AccessDependency.On(records, DependencyKind.Policy, name));
                if (library.Find(name) is { } policy) policies.Add(policy);
            }
        }
    }

    /// <summary>Names of the groups that hold a thing, and of all above them.</summary>
    private IEnumerable<string> GroupsOf(string? thing, List<AccessDependency>? seen)
    {
        if (thing is null) yield break;
        seen?.Add(AccessDependency.On(records, DependencyKind.GroupsOfThing, thing));
        var met = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in records.GroupMemberships.LeftsOf(thing).Keys)
        {
            for (string? group = member; group is not null && met.Add(group);)
            {
                seen?.Add(AccessDependency.On(records, DependencyKind.ThingGroup, group));
                yield return group;
                group = records.ThingGroups.Find(group)?.ParentName;
            }
        }
    }
}
