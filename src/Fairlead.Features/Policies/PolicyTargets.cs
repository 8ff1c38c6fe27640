using System.Buffers;
using Fairlead.Features.Api;

namespace Fairlead.Features.Policies;

/// <summary>What a policy can be attached to: a certificate, a thing group, or an identity that is opaque to the hub (section 9).</summary>
internal sealed class PolicyTargets(HubScope scope, HubRecords records)
{
    private const int MostOfPrincipal = 10;
    private const int MostOfGroup = 2;
    private static readonly SearchValues<char> RegionCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>A target in the form in which it stands in the records: an ARN of this hub.</summary>
    /// <exception cref="ApiException">400: it is no target; 404: what it names does not exist.</exception>
    public string Find(string? target)
    {
        if (target is not null && scope.TryParseArn(target, "cert", out var certificate))
        {
            return records.Certificates.Find(certificate) is not null
                ? scope.Arn("cert", certificate)
                : throw ApiException.NotFound($"No certificate with ARN {target} exists");
        }

        if (target is not null && scope.TryParseArn(target, "thinggroup", out var group))
        {
            return records.ThingGroups.Find(group) is not null
                ? scope.Arn("thinggroup", group)
                : throw ApiException.NotFound($"No thing group with ARN {target} exists");
        }

        return target is not null && IsIdentity(target) ? target : throw Invalid();
    }

    /// <summary>A target that is a principal: a certificate or an identity.</summary>
    /// <exception cref="ApiException">400: it is none; 404: no such certificate.</exception>
    public string FindPrincipal(string? principal) =>
        principal is not null && scope.TryParseArn(principal, "thinggroup", out _) ? throw Invalid() : Find(principal);

    /// <summary>Whether a target is a thing group of this hub.</summary>
    public bool IsGroup(string target, out string name) => scope.TryParseArn(target, "thinggroup", out name);

    /// <summary>Most policies that may be attached to a target.</summary>
    public int LimitOf(string target) => IsGroup(target, out _) ? MostOfGroup : MostOfPrincipal;

    /// <summary>400: what SDKs and provisioning tools look for when a target cannot be one (section 9).</summary>
    public static ApiException Invalid() => ApiException.InvalidRequest("Invalid Target");

    // Amazon Cognito: region and UUID.
    private static bool IsIdentity(string target)
    {
        var colon = target.IndexOf(':', StringComparison.Ordinal);
        return colon is > 0 and <= 32 && target.AsSpan(0, colon).IndexOfAnyExcept(RegionCharacters) < 0
            && Guid.TryParseExact(target.AsSpan(colon + 1), "D", out _);
    }
}
