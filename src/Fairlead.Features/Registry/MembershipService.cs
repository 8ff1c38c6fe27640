using Fairlead.Features.Api;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Registry;

/// <summary>
/// Which thing may be in which groups (spec/aws-registry-and-policies, section 5). Every method is called under
/// <see cref="DocumentStore.Gate"/> and commits nothing.
/// </summary>
internal sealed class MembershipService(FeatureContext context, HubRecords records, ThingService things, ThingGroupService groups)
{
    /// <summary>Most groups that a thing is a direct member of.</summary>
    public const int MostGroups = 10;

    /// <summary>Puts a thing into a group; it may be in it already.</summary>
    /// <exception cref="ApiException">404 without one of them; 400 in ten groups, or in another group of the hierarchy.</exception>
    public void Add(string group, string thing)
    {
        things.Get(thing);
        var target = groups.Get(group);
        if (records.GroupMemberships.Find(group, thing) is not null) return;
        var present = records.GroupMemberships.LeftsOf(thing);
        if (present.Count >= MostGroups) throw ApiException.InvalidRequest($"a thing must be in at most {MostGroups} thing groups, and {thing} is");
        var root = RootOf(target);
        foreach (var other in present.Keys)
        {
            if (RootOf(groups.Get(other)) == root)
                throw ApiException.InvalidRequest($"a thing must not be in two groups of one hierarchy: {thing} is in {other}, which has the root {root} like {group}");
        }

        records.GroupMemberships.Save(group, thing, new GroupMembership(context.Now));
    }

    /// <summary>Takes a thing out of a group; it may be out already.</summary>
    /// <exception cref="ApiException">404 without one of them.</exception>
    public void Remove(string group, string thing)
    {
        things.Get(thing);
        groups.Get(group);
        records.GroupMemberships.Remove(group, thing);
    }

    /// <summary>Takes a thing out of some groups, then puts it into others: all or nothing.</summary>
    public void Update(string thing, IReadOnlyList<string> add, IReadOnlyList<string> remove)
    {
        things.Get(thing);
        foreach (var group in add.Concat(remove)) groups.Get(group);
        if (add.Intersect(remove, StringComparer.Ordinal).FirstOrDefault() is { } both)
            throw ApiException.InvalidRequest($"{both} must not be in thingGroupsToAdd and thingGroupsToRemove at once");
        CheckAll(thing, add, remove);
        context.Documents.InOne(() =>
        {
            foreach (var group in remove) Remove(group, thing);
            foreach (var group in add) Add(group, thing);
        });
    }

    // What InOne has begun it finishes; so everything is known to be right before.
    private void CheckAll(string thing, IReadOnlyList<string> add, IReadOnlyList<string> remove)
    {
        var then = records.GroupMemberships.LeftsOf(thing).Keys.Except(remove, StringComparer.Ordinal).Union(add, StringComparer.Ordinal).ToList();
        if (then.Count > MostGroups) throw ApiException.InvalidRequest($"a thing must be in at most {MostGroups} thing groups; {thing} would be in {then.Count}");
        var roots = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var group in then)
        {
            if (!roots.TryAdd(RootOf(groups.Get(group)), group))
            {
                var other = roots[RootOf(groups.Get(group))];
                throw ApiException.InvalidRequest($"a thing must not be in two groups of one hierarchy: {thing} would be in {other} and {group}");
            }
        }
    }

    private string RootOf(ThingGroup group) => groups.AncestorsOf(group) is [var root, ..] ? root.Name : group.Name;
}
