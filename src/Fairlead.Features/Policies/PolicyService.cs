using System.Collections.Immutable;
using Fairlead.Features.Api;
using Fairlead.Features.Documents;
using Fairlead.Features.Policies.Language;

namespace Fairlead.Features.Policies;

/// <summary>
/// The rules of policies, their versions and attachments (section 9). Every method that changes something is called under
/// <see cref="DocumentStore.Gate"/>, throws <see cref="ApiException"/>, and leaves the commit to its caller.
/// </summary>
internal sealed class PolicyService(FeatureContext context, HubRecords records, PolicyParser parser)
{
    private const int MostVersions = 5;
    private const int MostPolicies = 1_000_000;

    /// <summary>What policies can be attached to.</summary>
    public PolicyTargets Targets { get; } = new(context.Scope, records);

    /// <summary>What is wrong with a document, and where; null when nothing is.</summary>
    public string? Check(string document)
    {
        try
        {
            parser.Parse(document);
            return null;
        }
        catch (MalformedPolicyException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>A policy.</summary>
    /// <exception cref="ApiException">404: there is none of that name.</exception>
    public Policy Get(string name) => records.Policies.Find(name) ?? throw ApiException.NotFound($"Policy not found (name={name})");

    /// <summary>A version of a policy.</summary>
    /// <exception cref="ApiException">404: there is no such policy or version.</exception>
    public PolicyVersion GetVersion(Policy policy, string version)
    {
        if (!int.TryParse(version, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number))
            throw ApiException.InvalidRequest($"'{version}' is not the id of a policy version");
        return policy.Versions.FirstOrDefault(candidate => candidate.Number == number)
            ?? throw ApiException.NotFound($"Policy version not found (name={policy.Name}, version={version})");
    }

    /// <summary>ARN of a policy.</summary>
    public string ArnOf(string name) => context.Scope.Arn("policy", name);

    /// <summary>Makes a policy, its first version being the default.</summary>
    public Policy Create(string name, string? document)
    {
        if (name.Length is 0 or > 128 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || "_+=,.@-".Contains(c, StringComparison.Ordinal)))
            throw ApiException.InvalidRequest("the name of a policy has 1 to 128 of the characters A-Z a-z 0-9 _ + = , . @ -");
        var text = Checked(document);
        if (records.Policies.Find(name) is not null)
            throw ApiException.AlreadyExists($"Policy cannot be created - name already exists (name={name})", name, ArnOf(name));
        if (records.Policies.Count >= MostPolicies) throw ApiException.LimitExceeded($"there are {MostPolicies} policies already");
        var now = context.Now;
        var policy = new Policy(name, 1, 1, [new PolicyVersion(1, text, now)], now, now);
        records.Policies.Save(name, policy);
        return policy;
    }

    /// <summary>Adds a version. Its number has never been used before.</summary>
    public PolicyVersion CreateVersion(string name, string? document, bool asDefault)
    {
        var policy = Get(name);
        var text = Checked(document);
        if (policy.Versions.Length >= MostVersions)
            throw new ApiException(409, "VersionsLimitExceededException", $"The policy {name} already has the maximum number of versions ({MostVersions})");
        var version = new PolicyVersion(policy.LastVersion + 1, text, context.Now);
        records.Policies.Save(name, policy with
        {
            LastVersion = version.Number,
            Versions = policy.Versions.Add(version),
            DefaultVersion = asDefault ? version.Number : policy.DefaultVersion,
            ModifiedAt = version.CreatedAt,
        });
        return version;
    }

    /// <summary>Puts a version in force.</summary>
    public void SetDefaultVersion(string name, string version)
    {
        var policy = Get(name);
        var number = GetVersion(policy, version).Number;
        if (number == policy.DefaultVersion) return;
        records.Policies.Save(name, policy with { DefaultVersion = number, ModifiedAt = context.Now });
    }

    /// <summary>Removes a version that is not in force.</summary>
    public void DeleteVersion(string name, string version)
    {
        var policy = Get(name);
        var found = GetVersion(policy, version);
        if (found.Number == policy.DefaultVersion) throw ApiException.InvalidRequest("Cannot delete the default version of a policy");
        records.Policies.Save(name, policy with { Versions = policy.Versions.Remove(found), ModifiedAt = context.Now });
    }

    /// <summary>Removes a policy that is attached to nothing and has no version but the one in force.</summary>
    public void Delete(string name)
    {
        var policy = Get(name);
        if (!records.PolicyAttachments.RightsOf(name).IsEmpty)
            throw ApiException.DeleteConflict($"The policy cannot be deleted as the policy is attached to one or more principals (name={name})");
        if (policy.Versions.Length > 1)
            throw ApiException.DeleteConflict($"Cannot delete the policy because it has one or more policy versions attached to it (name={name})");
        records.Policies.Remove(name);
    }

    /// <summary>Attaches a policy; attaching it again changes nothing.</summary>
    /// <param name="name">Policy.</param>
    /// <param name="target">ARN of a certificate or thing group, or an identity.</param>
    public void Attach(string name, string? target)
    {
        Get(name);
        var found = Targets.Find(target);
        if (records.PolicyAttachments.Find(name, found) is not null) return;
        var most = Targets.LimitOf(found);
        if (records.PolicyAttachments.LeftsOf(found).Count >= most) throw ApiException.LimitExceeded($"{found} has {most} policies already, which is the most");
        records.PolicyAttachments.Save(name, found, new PolicyAttachment(context.Now));
    }

    /// <summary>Detaches a policy; one that is not attached is no error (section 9).</summary>
    public void Detach(string name, string? target)
    {
        string found;
        try
        {
            found = Targets.Find(target);
        }
        catch (ApiException)
        {
            throw PolicyTargets.Invalid();
        }

        records.PolicyAttachments.Remove(name, found);
    }

    /// <summary>Detaches every policy of something that is being deleted.</summary>
    /// <param name="target">ARN of this hub.</param>
    public void DetachAll(string target)
    {
        foreach (var name in records.PolicyAttachments.LeftsOf(target).Keys) records.PolicyAttachments.Remove(name, target);
    }

    /// <summary>Policies attached to a target itself, in the order in which they were made.</summary>
    /// <param name="target">ARN of this hub, or an identity.</param>
    public ImmutableArray<Policy> AttachedTo(string target) =>
    [
        .. records.PolicyAttachments.LeftsOf(target).Keys
            .Select(records.Policies.Find).OfType<Policy>()
            .OrderBy(static policy => policy.CreatedAt).ThenBy(static policy => policy.Name, StringComparer.Ordinal),
    ];

    private string Checked(string? document)
    {
        if (document is null) throw ApiException.InvalidRequest("policyDocument is missing");
        return Check(document) is { } problem ? throw new ApiException(400, "MalformedPolicyException", problem) : document;
    }
}
