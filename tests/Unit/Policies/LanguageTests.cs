using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Broker.Security;
using Fairlead.Features;
using Fairlead.Features.Api;
using Shouldly;
using Xunit;
using static Fairlead.Unit.Policies.PolicyFixture;

namespace Fairlead.Unit.Policies;

/// <summary>Patterns, operators, certificates, callers of the HTTP API and foreign accounts.</summary>
public sealed class LanguageTests
{
    private readonly PolicyFixture _hub = new();

    [Theory]
    [InlineData("NotAction", "iot:Connect", "Resource", "*", true)]
    [InlineData("NotAction", "iot:Pub*", "Resource", "*", false)]
    [InlineData("Action", "iot:*", "NotResource", Scope + "topic/b", true)]
    [InlineData("Action", "iot:*", "NotResource", Scope + "topic/a*", false)]
    [InlineData("Action", "iot:*", "NotResource", Scope + "topic/${iot:Connection.Thing.ThingName}", false)]
    [InlineData("Action", "IOT:PUBLISH", "Resource", Scope + "topic/${*}", false)]
    [InlineData("Action", "s3:*", "Resource", "*", false)]
    [InlineData("Action", "*", "Resource", "arn:*:topic/a", true)]
    public void Not_action_not_resource_and_patterns(string actionMember, string action, string resourceMember, string resource, bool allowed)
    {
        _hub.AddCertificate();
        _hub.AddPolicy("p", $$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","{{actionMember}}":"{{action}}","{{resourceMember}}":["{{resource}}"]} }""");
        _hub.Ask(Connect("T"), AccessAction.Publish, "a").Allowed.ShouldBe(allowed);
    }

    [Fact]
    public void Documents_of_2008_know_no_variables_and_escapes_stand_for_the_character()
    {
        _hub.AddCertificate();
        _hub.AddPolicy("old", Document("Allow", "Publish", "topic/${iot:ClientId}").Replace("2012", "2008", StringComparison.Ordinal));
        _hub.AddPolicy("escapes", Document("Allow", "Publish", "topic/x${*}${?}${$}"));
        Allowed("T").ShouldBeFalse();
        Allowed("${iot:ClientId}").ShouldBeTrue();
        Allowed("x*?$").ShouldBeTrue();
        Allowed("xab$").ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"StringEqualsIgnoreCase":{"iot:ClientId":"t"}}""", true)]
    [InlineData("""{"StringNotEqualsIgnoreCase":{"iot:ClientId":"t"}}""", false)]
    [InlineData("""{"StringEquals":{"iot:ClientId":"t"}}""", false)]
    [InlineData("""{"StringEquals":{"iot:clientid":["x","T"]}}""", true)]
    [InlineData("""{"StringNotEquals":{"iot:ClientId":["x","T"]}}""", false)]
    [InlineData("""{"StringNotEquals":{"iot:ClientId":["x","y"]}}""", true)]
    [InlineData("""{"StringLike":{"iot:ClientId":"?"}}""", true)]
    [InlineData("""{"StringNotLike":{"iot:ClientId":"T*"}}""", false)]
    [InlineData("""{"StringEquals":{"iot:Nothing":"x"}}""", false)]
    [InlineData("""{"StringEqualsIfExists":{"iot:Nothing":"x"}}""", true)]
    [InlineData("""{"StringEqualsIfExists":{"iot:ClientId":"x"}}""", false)]
    [InlineData("""{"StringNotEquals":{"iot:Nothing":"x"}}""", true)]
    [InlineData("""{"Null":{"iot:Nothing":true}}""", true)]
    [InlineData("""{"Null":{"iot:Nothing":"false"}}""", false)]
    [InlineData("""{"Null":{"iot:ClientId":"false"}}""", true)]
    [InlineData("""{"ForAllValues:StringLike":{"iot:Nothing":"x"}}""", true)]
    [InlineData("""{"ForAnyValue:StringLike":{"iot:Nothing":"x"}}""", false)]
    [InlineData("""{"Bool":{"aws:SecureTransport":true}}""", true)]
    [InlineData("""{"Bool":{"aws:SecureTransport":"false"}}""", false)]
    [InlineData("""{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","192.0.2.0/24"]}}""", false)]
    [InlineData("""{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]}}""", true)]
    [InlineData("""{"IpAddress":{"aws:SourceIp":"192.0.2.1"}}""", true)]
    [InlineData("""{"NumericGreaterThan":{"aws:EpochTime":"1893455999"}}""", true)]
    [InlineData("""{"NumericGreaterThan":{"aws:EpochTime":1893456000}}""", false)]
    [InlineData("""{"NumericGreaterThanEquals":{"aws:EpochTime":1893456000}}""", true)]
    [InlineData("""{"NumericNotEquals":{"aws:EpochTime":1893456000}}""", false)]
    [InlineData("""{"DateGreaterThan":{"aws:CurrentTime":"2029-12-31T23:59:59Z"}}""", true)]
    [InlineData("""{"DateLessThanEquals":{"aws:CurrentTime":1893456000}}""", true)]
    [InlineData("""{"DateLessThan":{"aws:CurrentTime":"2030-01-01T01:00:00+01:00"}}""", false)]
    [InlineData("""{"StringEquals":{"iot:ClientId":"${iot:ClientId}"}}""", true)]
    [InlineData("""{"StringEquals":{"iot:ClientId":"${iot:Connection.Thing.ThingName}"}}""", false)]
    [InlineData("""{"StringNotEquals":{"iot:ClientId":"${iot:Connection.Thing.ThingName}"}}""", false)]
    [InlineData("""{"StringEquals":{"iot:ClientId":"T"},"Bool":{"iot:Connection.Thing.IsAttached":"true"}}""", false)]
    public void Conditions(string condition, bool allowed)
    {
        _hub.AddCertificate();
        _hub.AddPolicy("p", Document("Allow", "Publish", "topic/a", condition));
        Allowed("a").ShouldBe(allowed);
    }

    [Theory]
    [InlineData("${iot:Certificate.Subject.Organization}", "Example Corp", true)]
    [InlineData("${iot:Certificate.Subject.Organization.1}", "AnyCompany", true)]
    [InlineData("${iot:Certificate.Subject.Organization.2}", "AnyCompany", false)]
    [InlineData("${iot:Certificate.Subject.CommonName}", "lamp#1", false)]
    [InlineData("${iot:Certificate.Subject.OrganizationalUnit}", "too long", false)]
    [InlineData("${iot:Certificate.Subject.Country}", "CH", true)]
    [InlineData("${iot:Certificate.Issuer.State}", "Bern", true)]
    [InlineData("${iot:Certificate.Subject.AlternativeName.DNSName}", "lamp.example", true)]
    [InlineData("${iot:Certificate.Subject.AlternativeName.RFC822Name}", "a@example.org", true)]
    [InlineData("${iot:Certificate.Subject.AlternativeName.UniformResourceIdentifier}", "urn:lamp:1", true)]
    [InlineData("${iot:Certificate.Subject.AlternativeName.IPAddress}", "192.0.2.7", true)]
    [InlineData("${iot:Certificate.Subject.Organization.List}", "Example Corp", false)]
    [InlineData("${iot:CertificateId}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    public void Registry_39_certificate_variables(string variable, string value, bool allowed)
    {
        _hub.AddCertificate(Certificate());
        _hub.AddPolicy("p", Document("Allow", "Publish", $"topic/{variable}"));
        Allowed(value).ShouldBe(allowed);
        // Once more from the other side: the whole variable as text matches nothing.
        Allowed(variable).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"ForAllValues:StringEquals":{"iot:Certificate.Subject.Organization.List":["Example Corp","AnyCompany"]}}""", true)]
    [InlineData("""{"ForAllValues:StringEquals":{"iot:Certificate.Subject.Organization.List":["Example Corp"]}}""", false)]
    [InlineData("""{"ForAllValues:StringEquals":{"iot:Certificate.Subject.Title.List":["Example Corp"]}}""", true)]
    [InlineData("""{"ForAnyValue:StringEquals":{"iot:Certificate.Subject.Organization.List":["AnyCompany"]}}""", true)]
    [InlineData("""{"StringNotEquals":{"iot:Certificate.Subject.Title":"Evil"}}""", true)]
    [InlineData("""{"StringNotEquals":{"iot:Certificate.Subject.Organization":"Example Corp"}}""", false)]
    [InlineData("""{"StringEquals":{"iot:Certificate.Subject.Surname":"Doe\\, Jane \\+ Co"}}""", true)]
    [InlineData("""{"ForAnyValue:StringEquals":{"iot:Certificate.AvailableKeys":"iot:Certificate.Subject.CommonName"}}""", true)]
    [InlineData("""{"ForAnyValue:StringEquals":{"iot:Certificate.AvailableKeys":"iot:Certificate.Subject.Title"}}""", false)]
    public void Registry_32_vectors_16_and_17_conditions_on_certificates(string condition, bool allowed)
    {
        _hub.AddCertificate(Certificate());
        _hub.AddPolicy("p", Document("Allow", "Publish", "*", condition));
        Allowed("a").ShouldBe(allowed);
    }

    [Fact]
    public void Registry_50_documents_of_another_account_work_in_lenient_mode()
    {
        var hub = new PolicyFixture(new HubScope { IgnoreArnScope = true });
        hub.AddCertificate();
        hub.AddPolicy("foreign", """
            {"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Action":"iot:Connect","Resource":"arn:aws-cn:iot:cn-north-1:999999999999:client/${iot:ClientId}",
               "Condition":{"ArnLikeIfExists":{"iot:LastWillTopic":"arn:aws-cn:iot:cn-north-1:999999999999:topic/will/*"}}},
              {"Effect":"Allow","Action":"iot:Publish","Resource":["arn:aws:iot:eu-west-1:000000000000:topic/a","arn:aws:iot:*"]}]}
            """);
        hub.Judge(Connect("T"), AccessAction.Connect, "T").ShouldBe("ALLOWED");
        hub.Judge(Connect("T", will: "will/x"), AccessAction.Connect, "T").ShouldBe("ALLOWED");
        hub.Judge(Connect("T", will: "x"), AccessAction.Connect, "T").ShouldBe("IMPLICIT_DENY");
        hub.Judge(Connect("T"), AccessAction.Publish, "b").ShouldBe("ALLOWED");
        hub.Judge(Connect("T"), AccessAction.Subscribe, "b").ShouldBe("IMPLICIT_DENY");
        _hub.AddCertificate();
        _hub.AddPolicy("foreign", """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:Publish","Resource":"arn:aws:iot:eu-west-1:000000000000:topic/a"}}""");
        Allowed("a").ShouldBeFalse();
    }

    [Fact]
    public void Registry_32_vectors_20_and_22_callers_over_HTTP_have_no_client_and_no_thing()
    {
        _hub.AddCertificate();
        _hub.AddThing("T", exclusive: true);
        _hub.AddPolicy("p", DocumentOf(
            Statement("Allow", "SendDirectMessage", "client/*", """{"StringLike":{"iot:Topic":"commands/*"}}"""), Statement("Allow", "GetThingShadow", "thing/T"),
            Statement("Allow", "Publish", "topic/${iot:Connection.Thing.ThingName}"), Statement("Allow", "GetConnection", "client/${iot:ClientId}")));
        Caller("iot:SendDirectMessage", "client/x", ("iot:Topic", "commands/reboot")).ShouldBeTrue();
        Caller("iot:SendDirectMessage", "client/x", ("iot:Topic", "x")).ShouldBeFalse();
        Caller("iot:SendDirectMessage", "client/x").ShouldBeFalse();
        Caller("iot:GetThingShadow", "thing/T").ShouldBeTrue();
        Caller("iot:GetThingShadow", "thing/T/cfg").ShouldBeFalse();
        Caller("iot:Publish", "topic/T").ShouldBeFalse();
        Caller("iot:GetConnection", "client/T").ShouldBeFalse();
        _hub.AddPolicy("jobs", Document("Allow", "DescribeJobExecution", "thing/T"));
        Caller("iotjobsdata:DescribeJobExecution", "thing/T").ShouldBeTrue();
    }

    private static byte[] Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        // Written back to front.
        name.AddOrganizationName("AnyCompany");
        name.AddOrganizationName("Example Corp");
        name.AddCommonName("lamp#1");
        name.AddOrganizationalUnitName(new string('x', 1025));
        name.AddCountryOrRegion("CH");
        name.AddStateOrProvinceName("Bern");
        name.Add("2.5.4.4", "Doe, Jane + Co");
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        alternatives.AddDnsName("lamp.example");
        alternatives.AddEmailAddress("a@example.org");
        alternatives.AddUri(new Uri("urn:lamp:1"));
        alternatives.AddIpAddress(System.Net.IPAddress.Parse("192.0.2.7"));
        request.CertificateExtensions.Add(alternatives.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return certificate.RawData;
    }

    private bool Allowed(string topic) => _hub.Ask(Connect("T"), AccessAction.Publish, topic).Allowed;

    private bool Caller(string action, string resource, params (string Key, string Value)[] keys) => _hub.Callers.Authorize(
        new Caller(CallerKind.Certificate, CertificateId), action, Scope + resource,
        keys.ToDictionary(static key => key.Key, static key => key.Value, StringComparer.Ordinal)).Allowed;
}
