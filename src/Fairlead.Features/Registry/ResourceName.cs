using Fairlead.Features.Api;

namespace Fairlead.Features.Registry;

/// <summary>Requests name some resources by their name, their ARN or both.</summary>
internal static class ResourceName
{
    /// <summary>The name that a request means.</summary>
    /// <param name="scope">This hub's account.</param>
    /// <param name="name">Name; null when not given.</param>
    /// <param name="arn">ARN; null when not given.</param>
    /// <param name="type">Type in the ARN.</param>
    /// <param name="member">Member of the name; that of the ARN is called alike.</param>
    /// <exception cref="ApiException">400: neither is given, one is malformed, or they differ.</exception>
    public static string Resolve(HubScope scope, string? name, string? arn, string type, string member)
    {
        var arnMember = string.Concat(member.AsSpan(0, member.Length - "Name".Length), "Arn");
        if (arn is null) return name is null ? throw ApiException.InvalidRequest($"{member} or {arnMember} must be given") : RegistryValues.Name(name, member);
        if (!scope.TryParseArn(arn, type, out var named))
            throw ApiException.InvalidRequest($"{arnMember} must be the ARN of a {type} of this account, which {RegistryValues.Show(arn)} is not");
        RegistryValues.Name(named, arnMember);
        return name is null || name == named
            ? named
            : throw ApiException.InvalidRequest($"{member} and {arnMember} must name the same, and {RegistryValues.Show(name)} is not {RegistryValues.Show(arn)}");
    }
}
