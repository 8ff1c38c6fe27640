using System.Text.Json;
using Fairlead.Features.Api;
using Fairlead.Features.Certificates;
using Fairlead.Features.Policies;
using Fairlead.Features.Registry;

namespace Fairlead.Features.Import;

/// <summary>One line of an import: what it asks for, what was made of it without the gate, or why it failed there.</summary>
internal readonly record struct ImportItem(ImportLine? Line, byte[]? Issued, RegistrableCertificate? Registrable, ImportResult? Failure);

/// <summary>Makes one thing with its certificate, policies and groups, by the same rules as the operations that do it singly.</summary>
internal sealed class ThingImport(
    FeatureContext context, HubRecords records, RegistryServices registry, CertificateServices certificates, PolicyService policies)
{
    private const int MostPolicies = 10;

    /// <summary>Reads a line and does what needs no gate: checks and signs. Never throws.</summary>
    public ImportItem Prepare(ReadOnlySpan<byte> text)
    {
        ImportLine? line = null;
        try
        {
            line = JsonSerializer.Deserialize(text, ImportJson.Default.ImportLine);
            if (line?.Thing is null) return Failed(null, "InvalidRequestException", "the line names no thing");
            if (line is { Csr: not null, Certificate: not null }) return Failed(line.Thing, "InvalidRequestException", "give csr or certificate, not both");
            if (line is { Csr: null, Certificate: null, Policies.Length: > 0 }) return Failed(line.Thing, "InvalidRequestException", "policies need a certificate to be attached to");
            // A thing that has its certificate gets no second one: the line was sent before.
            var issued = line.Csr is not null && CertificateOf(line.Thing) is null ? certificates.Issuer.Issue(line.Csr) : null;
            var registrable = line.Certificate is not null ? certificates.Certificates.CheckWithoutCa(line.Certificate) : null;
            return new ImportItem(line, issued, registrable, null);
        }
        catch (JsonException exception)
        {
            return Failed(null, "InvalidRequestException", $"the line is not the JSON of an import{(exception.Path is { Length: > 1 } path ? $" at {path}" : "")}");
        }
        catch (ApiException refusal)
        {
            return Failed(line?.Thing, refusal.Type, refusal.Message);
        }
    }

    /// <summary>Makes what the line asks for, or nothing. Under the gate; commits nothing. Never throws <see cref="ApiException"/>.</summary>
    public ImportResult Apply(ImportItem item)
    {
        if (item.Failure is { } failure) return failure;
        var line = item.Line!;
        try
        {
            if (line.Policies is { Length: > MostPolicies }) throw ApiException.LimitExceeded($"a certificate has at most {MostPolicies} policies");
            foreach (var policy in line.Policies ?? [])
            {
                if (records.Policies.Find(policy) is null) throw ApiException.NotFound($"there is no policy {policy}");
            }

            ImportResult? result = null;
            context.Documents.AllOrNone(() => result = Make(line, item));
            return result!;
        }
        catch (ApiException refusal)
        {
            return new ImportResult(line.Thing, "failed", Code: refusal.Type, Message: refusal.Message);
        }
    }

    private static ImportItem Failed(string? thing, string code, string message) =>
        new(null, null, null, new ImportResult(thing, "failed", Code: code, Message: message));

    private ImportResult Make(ImportLine line, ImportItem item)
    {
        var isNew = records.Things.Find(line.Thing!) is null;
        var thing = registry.Things.Create(new NewThing(line.Thing!, line.Type, line.BillingGroup, line.Attributes));
        if (line.Groups is { Length: > 0 }) registry.Memberships.Update(thing.Name, line.Groups, []);
        var certificate = MakeCertificate(thing.Name, item, out var isSigned);
        if (certificate is null) return new ImportResult(thing.Name, isNew ? "created" : "exists");
        var arn = certificates.Certificates.ArnOf(certificate.Id);
        var isAttached = records.ThingPrincipals.Find(thing.Name, arn) is not null;
        if (!isAttached) registry.Principals.Attach(thing.Name, arn);
        foreach (var policy in line.Policies ?? []) policies.Attach(policy, arn);
        return new ImportResult(
            thing.Name, isNew || !isAttached ? "created" : "exists", certificate.Id, isSigned ? PemText.Certificate(certificate.Der) : null);
    }

    private DeviceCertificate? MakeCertificate(string thing, ImportItem item, out bool isSigned)
    {
        isSigned = false;
        if (item.Registrable is { } registrable)
            return records.Certificates.Find(registrable.Certificate.Id) ?? certificates.Certificates.Register(registrable, CertificateStatus.Active);
        if (item.Line!.Csr is null) return null;
        if (CertificateOf(thing) is { } present) return present;
        isSigned = true;
        // Between the signing and now somebody took the thing's certificate away: the next attempt signs.
        return certificates.Certificates.Add(item.Issued ?? throw ApiException.ServiceUnavailable("the thing is being changed by somebody else: send the line again"), CertificateStatus.Active);
    }

    private DeviceCertificate? CertificateOf(string thing)
    {
        foreach (var arn in records.ThingPrincipals.RightsOf(thing).Keys)
        {
            if (context.Scope.TryParseArn(arn, "cert", out var id) && records.Certificates.Find(id) is { } certificate) return certificate;
        }

        return null;
    }
}
