using System.Text.Json;
using Fairlead.Interop.Aws.Registry;

namespace Fairlead.Interop.Aws.Certificates;

/// <summary>Operations on CA certificates and the registration code, with authorities that openssl made.</summary>
public sealed class CaCertificateTests(AwsHub hub) : IClassFixture<AwsHub>, IAsyncDisposable
{
    private readonly Devices _devices = new(hub);

    private OpenSsl OpenSsl => _devices.OpenSsl;

    private AwsApi[] Tools => [hub.Boto3, hub.JavaScript];

    public ValueTask DisposeAsync() => _devices.DisposeAsync();

    [Fact]
    public async Task Registry_21_the_mode_DEFAULT_needs_proof_and_SNI_ONLY_none()
    {
        foreach (var api in Tools)
        {
            var name = $"ca-{Guid.NewGuid():N}";
            await OpenSsl.AuthorityAsync("ca", $"/CN={name}");
            await OpenSsl.AuthorityAsync("other", $"/CN={name}"); // the same name with another key
            var code = (await api.IotAsync("GetRegistrationCode")).Text("registrationCode");
            code.Length.ShouldBe(64);
            (await api.IotAsync("GetRegistrationCode")).Text("registrationCode").ShouldBe(code);
            await OpenSsl.IssueAsync("ca", "wrong", "/CN=another code");
            await OpenSsl.IssueAsync("other", "forged", $"/CN={code}");
            await OpenSsl.IssueAsync("ca", "ended", $"/CN={code}", days: -1);
            await OpenSsl.IssueAsync("ca", "right", $"/CN={code}");

            foreach (var proof in new[] { null, "wrong.pem", "forged.pem", "ended.pem" })
            {
                var error = await RefusedAsync(api, "RegistrationCodeValidationException", 400, "ca.pem", proof);
                error.Typed.ShouldBe("RegistrationCodeValidationException");
            }

            await RefusedAsync(api, "InvalidRequestException", 400, "ca.pem", "right.pem", "SNI_ONLY");
            var registered = await RegisterAsync(api, "ca.pem", "right.pem");
            var id = registered.Text("certificateId");
            id.ShouldBe(OpenSsl.IdOf("ca.pem"));
            registered.Text("certificateArn").ShouldBe($"arn:aws:iot:us-east-1:123456789012:cacert/{id}");
            var again = await RefusedAsync(api, "ResourceAlreadyExistsException", 409, "ca.pem", "right.pem");
            again.Members.Text("resourceId").ShouldBe(id);
            var sniOnly = await RegisterAsync(api, "other.pem", proof: null, "SNI_ONLY");
            (await DescribeAsync(api, sniOnly.Text("certificateId"))).GetProperty("certificateDescription").Text("certificateMode").ShouldBe("SNI_ONLY");

            var described = await DescribeAsync(api, id);
            described.TryGetProperty("registrationConfig", out _).ShouldBeFalse();
            var description = described.GetProperty("certificateDescription");
            description.Text("status").ShouldBe("INACTIVE");
            description.Text("autoRegistrationStatus").ShouldBe("DISABLE");
            description.Text("certificateMode").ShouldBe("DEFAULT");
            description.Text("ownedBy").ShouldBe("123456789012");
            description.GetProperty("customerVersion").GetInt32().ShouldBe(1);
            description.GetProperty("validity").GetProperty("notAfter").GetDouble().ShouldBeGreaterThan(description.GetProperty("creationDate").GetDouble());
        }
    }

    [Fact]
    public async Task The_registration_code_can_be_deleted()
    {
        foreach (var api in Tools)
        {
            var before = (await api.IotAsync("GetRegistrationCode")).Text("registrationCode");
            await api.IotAsync("DeleteRegistrationCode");
            await api.RefusedAsync("ResourceNotFoundException", 404, "DeleteRegistrationCode");
            (await api.IotAsync("GetRegistrationCode")).Text("registrationCode").ShouldNotBe(before);
        }
    }

    [Fact]
    public async Task What_is_no_authority_is_refused()
    {
        await OpenSsl.AuthorityAsync("ca", "/CN=strict");
        await OpenSsl.IssueAsync("ca", "leaf", "/CN=leaf");
        await OpenSsl.RunAsync("req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", "weak.key", "-subj", "/CN=weak", "-out", "weak.pem");
        await OpenSsl.RunAsync("req", "-x509", "-new", "-sha1", "-key", "ca.key", "-subj", "/CN=sha1", "-out", "sha1.pem");
        OpenSsl.Write("garbage.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        OpenSsl.Write("both.pem", OpenSsl.Read("ca.pem") + OpenSsl.Read("leaf.pem"));
        foreach (var api in Tools)
        {
            foreach (var file in new[] { "leaf.pem", "weak.pem", "garbage.pem", "both.pem" })
                await RefusedAsync(api, "CertificateValidationException", 400, file, proof: null, "SNI_ONLY");
            await api.RefusedAsync("InvalidRequestException", 400, "RegisterCACertificate", new { caCertificate = OpenSsl.Read("ca.pem"), certificateMode = "BOTH" });
            var unknown = new string('0', 64);
            await api.RefusedAsync("ResourceNotFoundException", 404, "DescribeCACertificate", new { certificateId = unknown });
            await api.RefusedAsync("ResourceNotFoundException", 404, "UpdateCACertificate", new { certificateId = unknown, newStatus = "ACTIVE" });
            await api.RefusedAsync("ResourceNotFoundException", 404, "DeleteCACertificate", new { certificateId = unknown });
        }
    }

    [Fact]
    public async Task Ten_authorities_may_share_a_subject()
    {
        var subject = $"/CN=shared-{Guid.NewGuid():N}";
        for (var i = 0; i < 11; i++)
        {
            await OpenSsl.AuthorityAsync("ca", subject);
            if (i < 10) await RegisterAsync(hub.Boto3, "ca.pem", proof: null, "SNI_ONLY");
            else await RefusedAsync(hub.Boto3, "LimitExceededException", 410, "ca.pem", proof: null, "SNI_ONLY");
        }
    }

    [Fact]
    public async Task Status_changes_and_deletion_follow_the_rules()
    {
        foreach (var api in Tools)
        {
            await OpenSsl.AuthorityAsync("ca", $"/CN=life-{Guid.NewGuid():N}");
            var id = (await api.IotAsync("RegisterCACertificate", new
            {
                caCertificate = OpenSsl.Read("ca.pem"),
                certificateMode = "SNI_ONLY",
                setAsActive = true,
                allowAutoRegistration = true,
                tags = new[] { new { Key = "plant", Value = "north" } },
            })).Text("certificateId");
            var arn = $"arn:aws:iot:us-east-1:123456789012:cacert/{id}";
            var tag = (await api.IotAsync("ListTagsForResource", new { resourceArn = arn })).GetProperty("tags").EnumerateArray().Single();
            (tag.Text("Key"), tag.Text("Value")).ShouldBe(("plant", "north"));
            await StateIsAsync(api, id, "ACTIVE", "ENABLE", version: 1);
            await api.RefusedAsync("CertificateStateException", 406, "DeleteCACertificate", new { certificateId = id });
            await api.IotAsync("UpdateCACertificate", new { certificateId = id, newStatus = "INACTIVE" });
            await StateIsAsync(api, id, "INACTIVE", "ENABLE", version: 2);
            await api.IotAsync("UpdateCACertificate", new { certificateId = id, newStatus = "INACTIVE" });
            await StateIsAsync(api, id, "INACTIVE", "ENABLE", version: 2);
            await api.IotAsync("UpdateCACertificate", new { certificateId = id, removeAutoRegistration = true });
            await StateIsAsync(api, id, "INACTIVE", "DISABLE", version: 3);
            await api.IotAsync("UpdateCACertificate", new { certificateId = id, newStatus = "ACTIVE", newAutoRegistrationStatus = "ENABLE" });
            await StateIsAsync(api, id, "ACTIVE", "ENABLE", version: 4);
            await api.RefusedAsync("InvalidRequestException", 400, "UpdateCACertificate", new { certificateId = id, newStatus = "REVOKED" });
            await api.RefusedAsync("InvalidRequestException", 400, "UpdateCACertificate", new { certificateId = id, newAutoRegistrationStatus = "MAYBE" });
            await api.IotAsync("UpdateCACertificate", new { certificateId = id, newStatus = "INACTIVE" });
            await api.IotAsync("DeleteCACertificate", new { certificateId = id });
            await api.RefusedAsync("ResourceNotFoundException", 404, "DescribeCACertificate", new { certificateId = id });
        }
    }

    [Fact]
    public async Task Registry_05_authorities_are_listed_in_pages()
    {
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            await OpenSsl.AuthorityAsync("ca", $"/CN=listed-{Guid.NewGuid():N}");
            ids.Add((await RegisterAsync(hub.Boto3, "ca.pem", proof: null, "SNI_ONLY")).Text("certificateId"));
        }

        var listed = await hub.Boto3.PagesAsync("ListCACertificates", "certificates", 2, new { ascendingOrder = true });
        listed.Select(entry => entry.Text("certificateId")).Where(ids.Contains).ShouldBe(ids);
        listed.ShouldAllBe(entry => entry.Text("status") == "INACTIVE" || entry.Text("status") == "ACTIVE");
        var descending = await hub.JavaScript.IotAsync("ListCACertificates", new { pageSize = 250 });
        descending.Texts("certificates", "certificateId").Where(ids.Contains).ShouldBe(Enumerable.Reverse(ids));
    }

    [Fact]
    public async Task Certificates_are_registered_under_the_authority_that_issued_them()
    {
        foreach (var api in Tools)
        {
            var name = $"issuer-{Guid.NewGuid():N}";
            await OpenSsl.AuthorityAsync("ca", $"/CN={name}");
            var ca = (await RegisterAsync(api, "ca.pem", proof: null, "SNI_ONLY")).Text("certificateId");
            await OpenSsl.IssueAsync("ca", "one", "/CN=one");
            await api.RefusedAsync("CertificateStateException", 406, "RegisterCertificate", new { certificatePem = OpenSsl.Read("one.pem") });
            await api.IotAsync("UpdateCACertificate", new { certificateId = ca, newStatus = "ACTIVE" });
            var one = (await api.IotAsync("RegisterCertificate", new { certificatePem = OpenSsl.Read("one.pem"), setAsActive = true })).Text("certificateId");
            var described = (await api.IotAsync("DescribeCertificate", new { certificateId = one })).GetProperty("certificateDescription");
            (described.Text("caCertificateId"), described.Text("status"), described.Text("certificateMode")).ShouldBe((ca, "ACTIVE", "SNI_ONLY"));
            (await api.RefusedAsync("ResourceAlreadyExistsException", 409, "RegisterCertificate", new { certificatePem = OpenSsl.Read("one.pem") })).Members.Text("resourceId").ShouldBe(one);

            // Signed by a stranger that bears the same name.
            await OpenSsl.AuthorityAsync("thief", $"/CN={name}");
            await OpenSsl.IssueAsync("thief", "stolen", "/CN=stolen");
            await api.RefusedAsync("CertificateValidationException", 400, "RegisterCertificate", new { certificatePem = OpenSsl.Read("stolen.pem") });
            await OpenSsl.IssueAsync("ca", "ended", "/CN=ended", days: -1);
            await api.RefusedAsync("CertificateValidationException", 400, "RegisterCertificate", new { certificatePem = OpenSsl.Read("ended.pem") });

            // Now two authorities of one name are registered: the caller has to say which.
            var second = (await RegisterAsync(api, "thief.pem", proof: null, "SNI_ONLY")).Text("certificateId");
            await api.IotAsync("UpdateCACertificate", new { certificateId = second, newStatus = "ACTIVE" });
            await api.RefusedAsync("CertificateConflictException", 409, "RegisterCertificate", new { certificatePem = OpenSsl.Read("stolen.pem") });
            await api.RefusedAsync("CertificateValidationException", 400, "RegisterCertificate", new { certificatePem = OpenSsl.Read("stolen.pem"), caCertificatePem = OpenSsl.Read("ca.pem") });
            await api.IotAsync("RegisterCertificate", new { certificatePem = OpenSsl.Read("stolen.pem"), caCertificatePem = OpenSsl.Read("thief.pem"), status = "INACTIVE" });

            await OpenSsl.IssueAsync("ca", "two", "/CN=two");
            var two = (await api.IotAsync("RegisterCertificate", new { certificatePem = OpenSsl.Read("two.pem"), caCertificatePem = OpenSsl.Read("ca.pem") })).Text("certificateId");
            (await hub.Boto3.PagesAsync("ListCertificatesByCA", "certificates", 1, new { caCertificateId = ca })).Select(entry => entry.Text("certificateId")).ShouldBe([two, one]);
            (await hub.JavaScript.IotAsync("ListCertificatesByCA", new { caCertificateId = ca, ascendingOrder = true })).Texts("certificates", "certificateId").ShouldBe([one, two]);
            (await api.IotAsync("ListCertificatesByCA", new { caCertificateId = new string('0', 64) })).GetProperty("certificates").GetArrayLength().ShouldBe(0);

            // An authority that is switched off, or gone, has no say in what is registered already.
            await api.IotAsync("UpdateCACertificate", new { certificateId = ca, newStatus = "INACTIVE" });
            await _devices.AllowAsync(one);
            await (await _devices.ConnectAsync(_devices.Made("one"))).DisconnectAsync();
            await api.IotAsync("DeleteCACertificate", new { certificateId = ca });
            await (await _devices.ConnectAsync(_devices.Made("one"))).DisconnectAsync();
        }
    }

    [Fact]
    public async Task A_registration_configuration_is_checked_when_it_is_given()
    {
        await OpenSsl.AuthorityAsync("ca", $"/CN=config-{Guid.NewGuid():N}");
        var caCertificate = OpenSsl.Read("ca.pem");
        foreach (var api in Tools)
        {
            foreach (var registrationConfig in new object[] { new { }, new { templateBody = "{}", templateName = "both" }, new { templateBody = "no json" } })
                await api.RefusedAsync("InvalidRequestException", 400, "RegisterCACertificate", new { caCertificate, certificateMode = "SNI_ONLY", registrationConfig });
        }
    }

    private static async Task<JsonElement> DescribeAsync(AwsApi api, string id) => await api.IotAsync("DescribeCACertificate", new { certificateId = id });

    private static async Task StateIsAsync(AwsApi api, string id, string status, string autoRegistration, int version)
    {
        var description = (await DescribeAsync(api, id)).GetProperty("certificateDescription");
        (description.Text("status"), description.Text("autoRegistrationStatus"), description.GetProperty("customerVersion").GetInt32()).ShouldBe((status, autoRegistration, version));
    }

    private Task<JsonElement> RegisterAsync(AwsApi api, string file, string? proof, string? mode = null) => api.IotAsync("RegisterCACertificate", Parameters(file, proof, mode));

    private Task<AwsError> RefusedAsync(AwsApi api, string code, int status, string file, string? proof, string? mode = null) =>
        api.RefusedAsync(code, status, "RegisterCACertificate", Parameters(file, proof, mode));

    private Dictionary<string, string> Parameters(string file, string? proof, string? mode)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["caCertificate"] = OpenSsl.Read(file) };
        if (proof is not null) parameters["verificationCertificate"] = OpenSsl.Read(proof);
        if (mode is not null) parameters["certificateMode"] = mode;
        return parameters;
    }
}
