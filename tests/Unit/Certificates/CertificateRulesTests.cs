using Fairlead.Features.Certificates;
using Fairlead.Features.Policies;
using Fairlead.Features.Registry;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Certificates;

/// <summary>The rules about device certificates, without a hub around them.</summary>
public sealed class CertificateRulesTests
{
    private readonly CertificateRecords _records = new();

    private CertificateService Service => _records.Services.Certificates;

    [Fact]
    public async Task Deletion_asks_for_the_status_then_things_then_policies()
    {
        var certificate = await _records.MakeAsync();
        var arn = Service.ArnOf(certificate.Id);
        lock (_records.Context.Documents.Gate)
        {
            _records.Records.ThingPrincipals.Save("lamp1", arn, new ThingPrincipal(IsExclusive: false, 0));
            _records.Records.PolicyAttachments.Save("all", arn, new PolicyAttachment(0));
            foreach (var force in new[] { false, true })
            {
                CertificateRecords.Refused(() => Service.Delete(certificate.Id, force), 406, "CertificateStateException").Message
                    .ShouldBe($"Certificate must be deactivated (not ACTIVE) before deletion. Id: {certificate.Id}");
            }

            Service.SetStatus(certificate.Id, CertificateStatus.Inactive);
            foreach (var force in new[] { false, true })
            {
                CertificateRecords.Refused(() => Service.Delete(certificate.Id, force), 409, "DeleteConflictException").Message
                    .ShouldBe($"Things must be detached before deletion (arn: {arn})");
            }

            _records.Records.ThingPrincipals.Remove("lamp1", arn);
            CertificateRecords.Refused(() => Service.Delete(certificate.Id, force: false), 409, "DeleteConflictException").Message
                .ShouldBe($"Certificate policies must be detached before deletion (arn: {arn})");
            Service.Delete(certificate.Id, force: true);
        }

        _records.Records.PolicyAttachments.LeftsOf(arn).ShouldBeEmpty();
        CertificateRecords.Refused(() => Service.Find(certificate.Id), 404, "ResourceNotFoundException");
    }

    [Fact]
    public async Task Only_what_is_registered_active_and_valid_is_let_in()
    {
        var judge = _records.Services.Judge;
        judge.RefusalOf(new string('0', 64)).ShouldNotBeNull().ShouldContain("is not registered");
        var certificate = await _records.MakeAsync(life: TimeSpan.FromDays(10));
        judge.RefusalOf(certificate.Id).ShouldBeNull();
        foreach (var (status, word) in new[] { (CertificateStatus.Inactive, "is INACTIVE"), (CertificateStatus.PendingActivation, "is PENDING_ACTIVATION"), (CertificateStatus.Revoked, "is REVOKED") })
        {
            lock (_records.Context.Documents.Gate) _records.Records.Certificates.Save(certificate.Id, certificate with { Status = status });
            judge.RefusalOf(certificate.Id).ShouldNotBeNull().ShouldContain(word);
        }

        lock (_records.Context.Documents.Gate) _records.Records.Certificates.Save(certificate.Id, certificate);
        _records.Time.Advance(TimeSpan.FromDays(11));
        judge.RefusalOf(certificate.Id).ShouldNotBeNull().ShouldContain("ended at");
        var later = certificate with { NotBefore = _records.Context.Now + 1000, NotAfter = _records.Context.Now + 100_000 };
        lock (_records.Context.Documents.Gate) _records.Records.Certificates.Save(certificate.Id, later);
        judge.RefusalOf(certificate.Id).ShouldNotBeNull().ShouldContain("is not valid before");
    }

    [Fact]
    public async Task Certificates_that_end_soon_are_counted_while_they_are_active()
    {
        var soon = await _records.MakeAsync(life: TimeSpan.FromDays(20));
        await _records.MakeAsync(life: TimeSpan.FromDays(200));
        await _records.MakeAsync();
        await _records.MakeAsync(CertificateStatus.Inactive, TimeSpan.FromDays(3));
        _records.Services.CountEnding(days: 30).ShouldBe(1);
        _records.Time.Advance(TimeSpan.FromDays(180));
        _records.Services.CountEnding(days: 30).ShouldBe(2); // one of them has ended
        lock (_records.Context.Documents.Gate) Service.SetStatus(soon.Id, CertificateStatus.Revoked);
        _records.Services.CountEnding(days: 30).ShouldBe(1);
    }

    [Fact]
    public async Task Claims_are_not_listed_and_go_when_they_have_ended()
    {
        var claim = await _records.MakeAsync(life: TimeSpan.FromMinutes(5), isTemporary: true);
        var lasting = await _records.MakeAsync();
        lock (_records.Context.Documents.Gate)
        {
            _records.Records.PolicyAttachments.Save("claims", Service.ArnOf(claim.Id), new PolicyAttachment(0));
            _records.Services.Index.Certificates.Page(CertificateRecords.Request("/certificates"), static id => id, out _).ShouldBe([lasting.Id]);
        }

        _records.Time.Advance(TimeSpan.FromMinutes(6));
        var second = await _records.MakeAsync(life: TimeSpan.FromMinutes(5), isTemporary: true);
        _records.Records.Certificates.Find(claim.Id).ShouldBeNull();
        _records.Records.PolicyAttachments.LeftsOf(Service.ArnOf(claim.Id)).ShouldBeEmpty();
        _records.Records.Certificates.Find(second.Id).ShouldNotBeNull();
    }

    [Fact]
    public void The_chain_decides_which_of_two_authorities_of_one_name_registers()
    {
        var (one, two) = (_records.Authority("plant"), _records.Authority("plant"));
        var ca = _records.Register(one.Der);
        var leaf = _records.Issue(one, "pump");
        Service.Check(CertificateRecords.Pem(leaf), null).CaId.ShouldBe(ca.Id);
        CertificateRecords.Refused(() => Service.Check(CertificateRecords.Pem(_records.Issue(two, "pump")), null), 400, "CertificateValidationException");
        var other = _records.Register(two.Der, isActive: false);
        CertificateRecords.Refused(() => Service.Check(CertificateRecords.Pem(leaf), null), 409, "CertificateConflictException");
        Service.Check(CertificateRecords.Pem(leaf), CertificateRecords.Pem(one.Der)).CaId.ShouldBe(ca.Id);
        lock (_records.Context.Documents.Gate)
        {
            _records.Services.CaCertificates.Delete(other.Id);
            var registered = Service.Register(Service.Check(CertificateRecords.Pem(leaf), null), CertificateStatus.Active);
            (registered.CaId, registered.IsSniOnly).ShouldBe((ca.Id, true));
            CertificateRecords.Refused(
                () => Service.Register(new RegistrableCertificate(ParsedCertificate.TryParse(leaf)!, ca.Id), CertificateStatus.Active), 409, "ResourceAlreadyExistsException");
            _records.Services.CaCertificates.Update(ca.Id, isActive: false, null, new CaChangeDocument(null, null));
            var second = Service.Check(CertificateRecords.Pem(_records.Issue(one, "valve")), null);
            CertificateRecords.Refused(() => Service.Register(second, CertificateStatus.Active), 406, "CertificateStateException");
        }
    }
}
