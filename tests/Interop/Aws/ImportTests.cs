using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fairlead.Interop.Aws;

/// <summary>POST /v1/import: things with certificates by the thousand, seen afterwards by boto3.</summary>
public sealed class ImportTests(AwsHub hub) : IClassFixture<AwsHub>
{
    private const string Open = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";

    [Fact]
    public async Task Every_line_becomes_a_thing_with_its_certificate_groups_and_policies_and_again_says_exists()
    {
        await hub.Boto3.IotAsync("CreatePolicy", new { policyName = "imported", policyDocument = Open });
        await hub.Boto3.IotAsync("CreateThingGroup", new { thingGroupName = "site" });
        var lines = Enumerable.Range(0, 300).Select(i => new JsonObject
        {
            ["thing"] = $"imp-{i:D3}",
            ["attributes"] = new JsonObject { ["n"] = $"{i}" },
            ["groups"] = new JsonArray("site"),
            ["csr"] = Request($"imp-{i:D3}"),
            ["policies"] = new JsonArray("imported"),
        }).ToList();

        var first = await ImportAsync(lines);
        first.Count.ShouldBe(300);
        first.ShouldAllBe(static line => line.GetProperty("result").GetString() == "created");
        using (var certificate = X509Certificate2.CreateFromPem(first[7].GetProperty("certificatePem").GetString()!))
        {
            Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)).ShouldBe(first[7].GetProperty("certificateId").GetString());
            certificate.Subject.ShouldBe("CN=imp-007");
        }

        var again = await ImportAsync(lines);
        again.ShouldAllBe(static line => line.GetProperty("result").GetString() == "exists");
        again.Select(static line => line.GetProperty("certificateId").GetString()).ShouldBe(first.Select(static line => line.GetProperty("certificateId").GetString()));

        (await hub.Boto3.PagesAsync("ListThingsInThingGroup", "things", 100, new { thingGroupName = "site" })).Count.ShouldBe(300);
        (await hub.Boto3.PagesAsync("ListTargetsForPolicy", "targets", 100, new { policyName = "imported" })).Count.ShouldBe(300);
        var principals = await hub.Boto3.IotAsync("ListThingPrincipals", new { thingName = "imp-007" });
        principals.GetProperty("principals").EnumerateArray().Select(static arn => arn.GetString()!.Split('/')[1])
            .ShouldBe([first[7].GetProperty("certificateId").GetString()!]);
        (await hub.Boto3.IotAsync("DescribeThing", new { thingName = "imp-007" })).GetProperty("attributes").GetProperty("n").GetString().ShouldBe("7");
    }

    [Fact]
    public async Task A_line_that_fails_says_why_leaves_nothing_and_does_not_stop_the_others()
    {
        var own = SelfSigned("ok-2");
        var results = await ImportAsync(
        [
            new JsonObject { ["thing"] = "ok-1" },
            new JsonObject { ["thing"] = "bad name" },
            new JsonObject { ["thing"] = "no-policy", ["csr"] = Request("x"), ["policies"] = new JsonArray("absent") },
            new JsonObject { ["thing"] = "no-group", ["csr"] = Request("x"), ["groups"] = new JsonArray("absent") },
            new JsonObject { ["thing"] = "bad-csr", ["csr"] = "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n" },
            new JsonObject { ["name"] = "nameless" },
            new JsonObject { ["thing"] = "ok-2", ["certificate"] = own },
            new JsonObject { ["thing"] = 7 },
        ]);
        results.Select(static line => line.GetProperty("result").GetString())
            .ShouldBe(["created", "failed", "failed", "failed", "failed", "failed", "created", "failed"]);
        foreach (var failed in results.Where(static line => line.GetProperty("result").GetString() == "failed"))
        {
            failed.GetProperty("code").GetString().ShouldNotBeNullOrEmpty();
            failed.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        }

        foreach (var absent in new[] { "no-policy", "no-group", "bad-csr" })
            await hub.Boto3.RefusedAsync("ResourceNotFoundException", 404, "DescribeThing", new { thingName = absent });
        await hub.Boto3.IotAsync("DescribeCertificate", new { certificateId = results[6].GetProperty("certificateId").GetString() });
        results[6].TryGetProperty("certificatePem", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Too_many_lines_are_refused_as_a_whole()
    {
        using var answer = await SendAsync(string.Concat(Enumerable.Range(0, 1001).Select(static i => $"{{\"thing\":\"many-{i}\"}}\n")));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await hub.Boto3.RefusedAsync("ResourceNotFoundException", 404, "DescribeThing", new { thingName = "many-0" });
    }

    [Fact]
    public async Task A_request_of_more_than_a_megabyte_is_taken_and_one_of_more_than_eight_is_not()
    {
        var filler = new string(' ', 2000);
        using var large = await SendAsync(string.Concat(Enumerable.Range(0, 700).Select(i => $"{{\"thing\":\"large-{i}\"{filler}}}\n")));
        large.StatusCode.ShouldBe(HttpStatusCode.OK, await large.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/import")
        {
            Content = new StringContent(string.Concat(Enumerable.Repeat($"{{\"thing\":\"too-large\"{new string(' ', 10_000)}}}\n", 900))),
            // Refused before it is sent: the answer to what is under way already could be cut off with it.
            Headers = { ExpectContinue = true },
        };
        using var tooLarge = await hub.Administrator.SendAsync(request, TestContext.Current.CancellationToken);
        tooLarge.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private static string Request(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
    }

    private static string SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        return certificate.ExportCertificatePem();
    }

    private async Task<List<JsonElement>> ImportAsync(IReadOnlyList<JsonObject> lines)
    {
        using var answer = await SendAsync(string.Join('\n', lines.Select(static line => line.ToJsonString())));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var text = await answer.Content.ReadAsStringAsync();
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];
    }

    private async Task<HttpResponseMessage> SendAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/x-ndjson");
        return await hub.Administrator.PostAsync("/v1/import", content);
    }
}
