using System.Text;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Security;
using Fairlead.Features.Api;
using Fairlead.Features.Certificates;
using Fairlead.Features.Policies;
using Fairlead.Features.Provisioning;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Unit.Policies;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Provisioning;

/// <summary>Ownership tokens and claims, on a clock that moves when told.</summary>
public sealed class OwnershipTokenTests
{
    private const string Principal = "certificate claim";
    private readonly PolicyFixture _fixture = new();
    private readonly ProvisioningRecords _records;
    private readonly OwnershipTokens _tokens;

    public OwnershipTokenTests()
    {
        _records = new ProvisioningRecords(_fixture.Context.Documents);
        _tokens = new OwnershipTokens(_fixture.Context, _fixture.Records, _records);
    }

    [Fact]
    public void Token_holds_for_an_hour_and_takes_its_certificate_along()
    {
        var id = Pending('b');
        var token = Under(() => _tokens.Open(id, Principal));
        _fixture.Time.Advance(TimeSpan.FromMinutes(59));
        Sweep();
        Under(() => _tokens.Find(token, Principal)).Id.ShouldBe(id);
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        Refused(token, Principal).ShouldContain("expired");
        Sweep();
        Refused(token, Principal).ShouldContain("not known");
        _fixture.Records.Certificates.Find(id).ShouldBeNull();
    }

    [Fact]
    public void Certificate_that_was_provisioned_stays()
    {
        var id = Pending('c');
        Under(() => _tokens.Open(id, Principal));
        _fixture.Change(records => records.Certificates.Save(id, records.Certificates.Find(id)! with { Status = CertificateStatus.Active }));
        _fixture.Time.Advance(TimeSpan.FromHours(2));
        Sweep();
        _fixture.Records.Certificates.Find(id).ShouldNotBeNull();
    }

    [Fact]
    public void Token_is_for_its_identity_its_certificate_and_once()
    {
        var id = Pending('d');
        var token = Under(() => _tokens.Open(id, Principal));
        Refused(token, "certificate other").ShouldContain("another identity");
        Refused(token[..^2] + (token[^2] == 'A' ? "BA" : "AA"), Principal).ShouldContain("not known");
        Refused("", Principal).ShouldContain("missing");
        Refused(null, Principal).ShouldContain("missing");
        Refused("no base64!", Principal).ShouldContain("not known");
        Refused(new string('A', 10_000), Principal).ShouldContain("not known");
        lock (_fixture.Context.Documents.Gate) _tokens.Close(id);
        Refused(token, Principal).ShouldContain("not known");
    }

    [Fact]
    public async Task Claim_lets_in_for_five_minutes_and_for_its_template_alone()
    {
        var id = new string('e', 64);
        lock (_fixture.Context.Documents.Gate) _records.Claims.Save(id, new ProvisioningClaim("lamps", _fixture.Context.Now + 300_000));
        var way = new ClaimConnect(_fixture.Context, _records);
        var transport = new TransportInfo { Listener = "test", Protocol = "mqtts", TlsVersion = "TLS 1.3", CertificateId = id, Abort = static _ => { } };
        var connect = new ConnectPacket { Version = ProtocolVersion.V5, ClientId = "new" };
        var principal = (await way.TryAuthenticateAsync(connect, transport, TestContext.Current.CancellationToken))!.Value.Principal.ShouldBeOfType<DocumentPrincipal>();
        var subject = new AccessSubject(principal, "new", transport);
        foreach (var (topic, allowed) in new[]
        {
            ("$aws/certificates/create/json", true), ("$aws/certificates/create-from-csr/cbor", true), ("$aws/provisioning-templates/lamps/provision/json", true),
            ("$aws/provisioning-templates/doors/provision/json", false), ("telemetry", false), ("$aws/things/lamp/shadow/update", false),
        })
        {
            _fixture.Authorizer.Authorize(new AccessRequest(subject, AccessAction.Publish, Encoding.UTF8.GetBytes(topic))).Allowed.ShouldBe(allowed, topic);
        }

        _fixture.Time.Advance(TimeSpan.FromMinutes(5));
        (await way.TryAuthenticateAsync(connect, transport, TestContext.Current.CancellationToken))!.Value.Principal.ShouldBeNull();
        (await way.TryAuthenticateAsync(connect, transport with { CertificateId = new string('f', 64) }, TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    private string Pending(char digit)
    {
        var id = new string(digit, 64);
        _fixture.Change(records => records.Certificates.Save(id, new DeviceCertificate(id, [], CertificateStatus.PendingActivation, 0, 0)));
        return id;
    }

    private void Sweep()
    {
        lock (_fixture.Context.Documents.Gate) _tokens.Sweep();
    }

    private T Under<T>(Func<T> act)
    {
        lock (_fixture.Context.Documents.Gate) return act();
    }

    private string Refused(string? token, string principal)
    {
        var refusal = Should.Throw<ApiException>(() => Under(() => _tokens.Find(token, principal)));
        refusal.Type.ShouldBe("InvalidCertificateOwnershipToken");
        refusal.Status.ShouldBe(400);
        return refusal.Message;
    }
}
