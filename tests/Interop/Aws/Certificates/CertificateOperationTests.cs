using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Fairlead.Interop.Aws.Certificates;

/// <summary>Operations on device certificates, by boto3 and the JavaScript SDK.</summary>
public sealed class CertificateOperationTests(AwsHub hub) : IClassFixture<AwsHub>, IDisposable
{
    private readonly OpenSsl _openssl = new();

    private AwsApi[] Both => [hub.Boto3, hub.JavaScript];

    public void Dispose() => _openssl.Dispose();

    [Fact]
    public async Task Registry_15_keys_and_certificate_belong_together_and_are_inactive_unless_asked()
    {
        foreach (var api in Both)
        {
            foreach (var active in new bool?[] { null, false, true })
            {
                var made = await api.IotAsync("CreateKeysAndCertificate", active is null ? new { } : new { setAsActive = active });
                using var certificate = X509Certificate2.CreateFromPem(Text(made, "certificatePem"));
                var keys = made.GetProperty("keyPair");
                Text(keys, "PrivateKey").ShouldStartWith("-----BEGIN RSA PRIVATE KEY-----");
                Text(keys, "PublicKey").ShouldStartWith("-----BEGIN PUBLIC KEY-----");
                using var privateKey = RSA.Create();
                privateKey.ImportFromPem(Text(keys, "PrivateKey"));
                privateKey.KeySize.ShouldBe(2048);
                privateKey.ExportSubjectPublicKeyInfoPem().ShouldBe(Text(keys, "PublicKey").Trim());
                certificate.GetRSAPublicKey()!.ExportSubjectPublicKeyInfoPem().ShouldBe(Text(keys, "PublicKey").Trim());
                certificate.Subject.ShouldBe("CN=AWS IoT Certificate");
                certificate.NotAfter.ToUniversalTime().ShouldBe(new DateTime(2049, 12, 31, 23, 59, 59, DateTimeKind.Utc));
                var id = Text(made, "certificateId");
                id.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)));
                Text(made, "certificateArn").ShouldBe($"arn:aws:iot:us-east-1:123456789012:cert/{id}");

                var described = await DescribeAsync(api, id);
                Text(described, "status").ShouldBe(active == true ? "ACTIVE" : "INACTIVE");
                Text(described, "certificatePem").Trim().ShouldBe(Text(made, "certificatePem").Trim());
                Text(described, "ownedBy").ShouldBe("123456789012");
                Text(described, "certificateMode").ShouldBe("DEFAULT");
                described.GetProperty("customerVersion").GetInt32().ShouldBe(1);
                Guid.TryParse(Text(described, "generationId"), out _).ShouldBeTrue();
                described.GetProperty("validity").GetProperty("notAfter").GetDouble().ShouldBe(2524607999);
                // Registry_04: what is not there is absent, not null.
                foreach (var absent in new[] { "caCertificateId", "previousOwnedBy", "transferData" }) described.TryGetProperty(absent, out _).ShouldBeFalse();
            }
        }
    }

    [Fact]
    public async Task Registry_17_the_same_request_twice_gives_two_certificates_with_its_subject()
    {
        await _openssl.RequestAsync("lamp", "/CN=lamp1/O=Lamps");
        var ids = new HashSet<string>();
        foreach (var api in Both)
        {
            for (var i = 0; i < 2; i++)
            {
                var made = await api.IotAsync("CreateCertificateFromCsr", new { certificateSigningRequest = _openssl.Read("lamp.csr"), setAsActive = i == 1 });
                made.TryGetProperty("keyPair", out _).ShouldBeFalse();
                ids.Add(Text(made, "certificateId")).ShouldBeTrue();
                using var certificate = X509Certificate2.CreateFromPem(Text(made, "certificatePem"), _openssl.Read("lamp.key"));
                certificate.Subject.ShouldBe("O=Lamps, CN=lamp1");
                // Clients trust this authority for the hub's name: no device may pass for a server.
                certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Single().Value.ShouldBe("1.3.6.1.5.5.7.3.2");
                Text(await DescribeAsync(api, Text(made, "certificateId")), "status").ShouldBe(i == 1 ? "ACTIVE" : "INACTIVE");
            }
        }
    }

    [Fact]
    public async Task Unusable_signing_requests_are_refused()
    {
        await _openssl.RunAsync("req", "-new", "-newkey", "rsa:1024", "-nodes", "-keyout", "weak.key", "-subj", "/CN=weak", "-out", "weak.csr");
        await _openssl.KeyAsync("odd", "secp256k1");
        await _openssl.RunAsync("req", "-new", "-key", "odd.key", "-subj", "/CN=odd", "-out", "odd.csr");
        await _openssl.RunAsync("genpkey", "-algorithm", "ed25519", "-out", "ed.key");
        await _openssl.RunAsync("req", "-new", "-key", "ed.key", "-subj", "/CN=ed", "-out", "ed.csr");
        await _openssl.RequestAsync("good", "/CN=good");
        await _openssl.RunAsync("req", "-new", "-sha1", "-key", "good.key", "-subj", "/CN=good", "-out", "sha1.csr");
        var good = _openssl.Read("good.csr");
        var der = PemOf(good);
        der[^1] ^= 1;
        var forged = new string(PemEncoding.Write("CERTIFICATE REQUEST", der));
        var unusable = new Dictionary<string, string>
        {
            ["1024 bits"] = _openssl.Read("weak.csr"),
            ["another curve"] = _openssl.Read("odd.csr"),
            ["must be signed with SHA-256"] = _openssl.Read("ed.csr"),
            ["SHA-256, SHA-384 or SHA-512"] = _openssl.Read("sha1.csr"),
            ["not signed by its own key"] = forged,
            ["no certificate signing request in PEM form"] = "garbage",
            ["more than one PEM block"] = good + good,
            ["keep that key to the device"] = _openssl.Read("good.key").Replace("EC PRIVATE", "PRIVATE", StringComparison.Ordinal),
            ["longer than 4096"] = good + new string('x', 4096),
            ["no PKCS #10"] = new string(PemEncoding.Write("CERTIFICATE REQUEST", [1, 2, 3])),
            ["block 'CERTIFICATE'"] = new string(PemEncoding.Write("CERTIFICATE", der)),
        };
        foreach (var (problem, request) in unusable)
        {
            // boto3 looks at the length itself and does not send what is too long.
            if (problem != "longer than 4096") (await hub.Boto3.RefusedAsync("InvalidRequestException", 400, "CreateCertificateFromCsr", new { certificateSigningRequest = request })).Message!.ShouldContain(problem);
            (await hub.JavaScript.RefusedAsync("InvalidRequestException", 400, "CreateCertificateFromCsr", new { certificateSigningRequest = request })).Message!.ShouldContain(problem);
        }

        await hub.JavaScript.IotAsync("CreateCertificateFromCsr", new { certificateSigningRequest = "made by openssl\n" + good + "\n" });
    }

    [Fact]
    public async Task Registry_16_the_id_is_the_hash_and_comes_back_after_deletion_and_18_twice_is_a_conflict()
    {
        await _openssl.AuthorityAsync("self", "/CN=own device");
        foreach (var api in Both)
        {
            for (var i = 0; i < 2; i++)
            {
                var registered = await api.IotAsync("RegisterCertificateWithoutCA", new { certificatePem = _openssl.Read("self.pem"), status = i == 0 ? "ACTIVE" : "REVOKED" });
                var id = Text(registered, "certificateId");
                id.ShouldBe(_openssl.IdOf("self.pem"));
                var conflict = await api.RefusedAsync("ResourceAlreadyExistsException", 409, "RegisterCertificateWithoutCA", new { certificatePem = _openssl.Read("self.pem") });
                conflict.Typed.ShouldBe("ResourceAlreadyExistsException");
                conflict.Message.ShouldBe("The certificate is already provisioned or registered");
                Text(conflict.Members, "resourceId").ShouldBe(id);
                Text(conflict.Members, "resourceArn").ShouldEndWith($":cert/{id}");
                var described = await DescribeAsync(api, id);
                Text(described, "certificateMode").ShouldBe("SNI_ONLY");
                Text(described, "status").ShouldBe(i == 0 ? "ACTIVE" : "REVOKED");
                if (i == 0) await api.IotAsync("UpdateCertificate", new { certificateId = id, newStatus = "INACTIVE" });
                await api.IotAsync("DeleteCertificate", new { certificateId = id });
            }
        }
    }

    [Fact]
    public async Task What_cannot_be_registered_is_refused()
    {
        await _openssl.AuthorityAsync("ca", "/CN=refusing");
        await _openssl.IssueAsync("ca", "expired", "/CN=expired", days: -1);
        await _openssl.IssueForLaterAsync("ca", "later", "/CN=later");
        await _openssl.IssueAsync("ca", "good", "/CN=good");
        await _openssl.RunAsync("req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", "weak.key", "-subj", "/CN=weak", "-out", "weak.pem");
        var good = _openssl.Read("good.pem");
        var unusable = new Dictionary<string, string>
        {
            ["ended at"] = _openssl.Read("expired.pem"),
            ["not valid before"] = _openssl.Read("later.pem"),
            ["1024 bits"] = _openssl.Read("weak.pem"),
            ["no certificate in PEM form"] = "garbage",
            ["more than one PEM block"] = good + good,
            ["no X.509 certificate"] = new string(PemEncoding.Write("CERTIFICATE", [0x30, 0x00])),
        };
        foreach (var api in Both)
        {
            foreach (var (problem, pem) in unusable)
                (await api.RefusedAsync("CertificateValidationException", 400, "RegisterCertificateWithoutCA", new { certificatePem = pem })).Message!.ShouldContain(problem);
            foreach (var status in new[] { "PENDING_TRANSFER", "PENDING_ACTIVATION", "REGISTER_INACTIVE", "NONE" })
                await api.RefusedAsync("InvalidRequestException", 400, "RegisterCertificateWithoutCA", new { certificatePem = good, status });
            (await api.RefusedAsync("CertificateValidationException", 400, "RegisterCertificate", new { certificatePem = good })).Message!.ShouldContain("no registered CA certificate");
            await api.RefusedAsync("CertificateValidationException", 400, "RegisterCertificate", new { certificatePem = good, caCertificatePem = _openssl.Read("ca.pem") });
        }
    }

    [Fact]
    public async Task Status_changes_follow_the_table()
    {
        foreach (var api in Both)
        {
            var id = Text(await api.IotAsync("CreateKeysAndCertificate"), "certificateId");
            foreach (var status in new[] { "ACTIVE", "ACTIVE", "INACTIVE", "REVOKED", "REVOKED" })
            {
                await api.IotAsync("UpdateCertificate", new { certificateId = id, newStatus = status });
                Text(await DescribeAsync(api, id), "status").ShouldBe(status);
            }

            (await DescribeAsync(api, id)).GetProperty("customerVersion").GetInt32().ShouldBe(4);
            foreach (var status in new[] { "ACTIVE", "INACTIVE" })
                (await api.RefusedAsync("CertificateStateException", 406, "UpdateCertificate", new { certificateId = id, newStatus = status })).Typed.ShouldBe("CertificateStateException");
            foreach (var status in new[] { "PENDING_TRANSFER", "PENDING_ACTIVATION", "REGISTER_INACTIVE" })
                await api.RefusedAsync("InvalidRequestException", 400, "UpdateCertificate", new { certificateId = id, newStatus = status });
            var unknown = new string('0', 64);
            await api.RefusedAsync("ResourceNotFoundException", 404, "UpdateCertificate", new { certificateId = unknown, newStatus = "ACTIVE" });
            await api.RefusedAsync("ResourceNotFoundException", 404, "DescribeCertificate", new { certificateId = unknown });
            await api.RefusedAsync("ResourceNotFoundException", 404, "DeleteCertificate", new { certificateId = unknown });
            await api.RefusedAsync("InvalidRequestException", 400, "DescribeCertificate", new { certificateId = new string('x', 64) });
        }
    }

    [Fact]
    public async Task Registry_19_an_active_certificate_is_not_deleted_even_by_force()
    {
        foreach (var api in Both)
        {
            var id = Text(await api.IotAsync("CreateKeysAndCertificate", new { setAsActive = true }), "certificateId");
            foreach (var force in new[] { false, true })
            {
                var error = await api.RefusedAsync("CertificateStateException", 406, "DeleteCertificate", new { certificateId = id, forceDelete = force });
                error.Message.ShouldBe($"Certificate must be deactivated (not ACTIVE) before deletion. Id: {id}");
            }

            await api.IotAsync("UpdateCertificate", new { certificateId = id, newStatus = "INACTIVE" });
            await api.IotAsync("DeleteCertificate", new { certificateId = id });
            await api.RefusedAsync("ResourceNotFoundException", 404, "DescribeCertificate", new { certificateId = id });
        }
    }

    [Fact]
    public async Task Registry_05_lists_page_by_creation_date_in_both_directions()
    {
        await _openssl.RequestAsync("many", "/CN=many");
        var made = new List<string>();
        for (var i = 0; i < 7; i++)
            made.Add(Text(await hub.Boto3.IotAsync("CreateCertificateFromCsr", new { certificateSigningRequest = _openssl.Read("many.csr") }), "certificateId"));
        foreach (var ascending in new[] { false, true })
        {
            var listed = await hub.Boto3.PagesAsync("ListCertificates", "certificates", 3, new { ascendingOrder = ascending });
            var mine = listed.Select(entry => Text(entry, "certificateId")).Where(made.Contains).ToList();
            mine.ShouldBe(ascending ? made : Enumerable.Reverse(made));
            listed.Select(entry => entry.GetProperty("creationDate").GetDouble()).ShouldBe(
                ascending ? listed.Select(entry => entry.GetProperty("creationDate").GetDouble()).Order() : listed.Select(entry => entry.GetProperty("creationDate").GetDouble()).OrderDescending());
            listed.Select(entry => Text(entry, "certificateId")).ShouldBeUnique();
        }

        string? marker = null;
        var seen = new List<string>();
        do
        {
            var page = await hub.JavaScript.IotAsync("ListCertificates", marker is null ? new { pageSize = 2 } : new { pageSize = 2, marker });
            var entries = page.GetProperty("certificates").EnumerateArray().ToList();
            entries.Count.ShouldBeLessThanOrEqualTo(2);
            seen.AddRange(entries.Select(entry => Text(entry, "certificateId")));
            marker = page.TryGetProperty("nextMarker", out var next) ? next.GetString() : null;
        }
        while (marker is not null);
        seen.Where(made.Contains).Count().ShouldBe(made.Count);
        seen.ShouldBeUnique();
        foreach (var api in Both)
        {
            await api.RefusedAsync("InvalidRequestException", 400, "ListCertificates", new { marker = "bm9uc2Vuc2U=" });
            await api.RefusedAsync("InvalidRequestException", 400, "ListCertificates", new { pageSize = 251 });
        }
    }

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString()!;

    private static byte[] PemOf(string text) => Convert.FromBase64String(text[PemEncoding.Find(text).Base64Data]);

    private static async Task<JsonElement> DescribeAsync(AwsApi api, string id) =>
        (await api.IotAsync("DescribeCertificate", new { certificateId = id })).GetProperty("certificateDescription");
}
