using System.Text.RegularExpressions;
using Fairlead.Features.Api;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Registry;

/// <summary>
/// Which principal belongs to which thing (spec/aws-registry-and-policies, section 8). Every method is called under
/// <see cref="DocumentStore.Gate"/> and commits nothing.
/// </summary>
internal sealed partial class ThingPrincipalService(FeatureContext context, HubRecords records, ThingService things)
{
    private const int MostOfPrincipal = 512;

    /// <summary>
    /// A principal as links name it: a certificate by its ARN of this hub, whatever account the caller's ARN names in lenient mode; an
    /// identity of another service as it came.
    /// </summary>
    /// <exception cref="ApiException">400 when it is no principal; 404 for a certificate that is not registered.</exception>
    public string Normalise(string? principal)
    {
        if (string.IsNullOrEmpty(principal)) throw ApiException.InvalidRequest("the header x-amzn-principal is missing");
        if (principal.Length > MostOfPrincipal) throw ApiException.InvalidRequest($"principal must have at most {MostOfPrincipal} characters");
        if (context.Scope.TryParseArn(principal, "cert", out var id))
        {
            return records.Certificates.Find(id) is null
                ? throw ApiException.NotFound($"there is no certificate {RegistryValues.Show(principal)}")
                : context.Scope.Arn("cert", id);
        }

        if (CertificateArn().IsMatch(principal)) throw ApiException.NotFound($"there is no certificate {RegistryValues.Show(principal)} in this account");
        return OtherPrincipal().IsMatch(principal)
            ? principal
            : throw ApiException.InvalidRequest(
                $"principal must be the ARN of a certificate, an identity of a user pool or another ARN, which {RegistryValues.Show(principal)} is not");
    }

    /// <summary>Attaches a principal to a thing; it may be attached in the same way already.</summary>
    /// <param name="thing">Name of the thing.</param>
    /// <param name="principal">As the caller named it.</param>
    /// <param name="isExclusive">Whether the thing shall be the principal's only one.</param>
    /// <exception cref="ApiException">404 without one of them; 400 against exclusiveness.</exception>
    public void Attach(string thing, string principal, bool isExclusive = false)
    {
        things.Get(thing);
        var arn = Normalise(principal);
        if (records.ThingPrincipals.Find(thing, arn) is { } present)
        {
            if (present.IsExclusive == isExclusive) return;
            throw ApiException.InvalidRequest($"{arn} is attached to {thing} as {NameOf(present.IsExclusive)}: detach it before it is attached as {NameOf(isExclusive)}");
        }

        foreach (var (other, link) in records.ThingPrincipals.LeftsOf(arn))
        {
            if (link.IsExclusive) throw ApiException.InvalidRequest($"{arn} is attached to {other} as {NameOf(true)}, and cannot be attached to another thing");
            if (isExclusive) throw ApiException.InvalidRequest($"{arn} is attached to {other}, and cannot be attached to {thing} as {NameOf(true)}");
        }

        records.ThingPrincipals.Save(thing, arn, new ThingPrincipal(isExclusive, context.Now));
    }

    /// <summary>Detaches a principal from a thing.</summary>
    /// <exception cref="ApiException">404 without one of them, and when it is not attached.</exception>
    public void Detach(string thing, string principal)
    {
        things.Get(thing);
        if (!records.ThingPrincipals.Remove(thing, Normalise(principal)))
            throw ApiException.NotFound($"{RegistryValues.Show(principal)} is not attached to the thing {thing}");
    }

    /// <summary>The service model's word for a kind of attachment.</summary>
    public static string NameOf(bool isExclusive) => isExclusive ? "EXCLUSIVE_THING" : "NON_EXCLUSIVE_THING";

    [GeneratedRegex("^arn:[^:]*:iot:[^:]*:[^:]*:cert/", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex CertificateArn();

    [GeneratedRegex(@"\A(arn:[\w-]+:(iam|sts|cognito-identity|cognito-idp):[\w-]*:[0-9]{0,12}:[!-~]+|[\w-]+:[0-9a-f-]{36})\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex OtherPrincipal();
}
