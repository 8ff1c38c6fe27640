using System.Diagnostics;
using System.Text.Json;

namespace Fairlead.Interop.Aws.Certificates;

/// <summary>HTTP with a client certificate, as curl sends it, without ALPN (port 8443 at AWS) and with <c>http/1.1</c>; and by ALPN <c>x-amzn-http-ca</c>.</summary>
public sealed class CurlTests(AwsHub hub) : IClassFixture<AwsHub>, IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Devices _devices = new(hub);

    public ValueTask DisposeAsync() => _devices.DisposeAsync();

    [Fact]
    public async Task Messaging_04_the_data_plane_takes_a_registered_certificate()
    {
        var kit = await _devices.MakeAsync();
        var published = await CurlAsync(kit, "topics/curl%2Fhello?qos=1", "-d", "hello");
        published.Status.ShouldBe(200, published.Body);
        var missing = await CurlAsync(kit, "things/nothing/shadow");
        missing.Status.ShouldBe(404, missing.Body);
        missing.ErrorType.ShouldBe("ResourceNotFoundException");
        JsonDocument.Parse(missing.Body).RootElement.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Messaging_04_certificates_that_are_not_active_are_forbidden_with_a_cure()
    {
        await _devices.OpenSsl.AuthorityAsync("ca", "/CN=curl");
        await _devices.OpenSsl.IssueAsync("ca", "stranger", "/CN=stranger");
        await ForbiddenAsync(_devices.Made("stranger"), "is not registered");
        var kit = await _devices.MakeAsync();
        await hub.Boto3.IotAsync("UpdateCertificate", new { certificateId = kit.CertificateId, newStatus = "INACTIVE" });
        await ForbiddenAsync(kit, "is INACTIVE");
        await hub.Boto3.IotAsync("UpdateCertificate", new { certificateId = kit.CertificateId, newStatus = "REVOKED" });
        await ForbiddenAsync(kit, "is REVOKED");
    }

    [Fact]
    public async Task A_certificate_without_policies_is_forbidden_and_the_control_plane_is_closed_to_certificates()
    {
        var poor = await _devices.MakeAsync("poor", mayEverything: false);
        (await CurlAsync(poor, "topics/curl%2Fhello", "-d", "x")).ShouldSatisfyAllConditions(
            static answer => answer.Status.ShouldBe(403), static answer => answer.ErrorType.ShouldBe("ForbiddenException"));
        var rich = await _devices.MakeAsync("rich");
        (await CurlAsync(rich, "certificates")).ShouldSatisfyAllConditions(
            static answer => answer.Status.ShouldBe(403), static answer => answer.ErrorType.ShouldBe("AccessDeniedException"));
    }

    [Fact]
    public async Task Messaging_04_ALPN_x_amzn_http_ca_takes_http_with_a_certificate()
    {
        var kit = await _devices.MakeAsync();
        var request = "GET /things/nothing/shadow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        var answer = await _devices.OpenSsl.TalkAsync(
            request, "s_client", "-quiet", "-ign_eof", "-connect", $"localhost:{hub.Https.Port}", "-servername", "localhost", "-alpn", "x-amzn-http-ca",
            "-CAfile", kit.RootCa, "-verify_return_error", "-cert", kit.Certificate, "-key", kit.PrivateKey);
        answer.ShouldStartWith("HTTP/1.1 404 ");
        answer.ShouldContain("x-amzn-ErrorType: ResourceNotFoundException");
    }

    private async Task ForbiddenAsync(DeviceKit kit, string because)
    {
        var answer = await CurlAsync(kit, "topics/curl%2Fhello", "-d", "x");
        answer.Status.ShouldBe(403);
        answer.ErrorType.ShouldBe("ForbiddenException");
        answer.Body.ShouldContain(kit.CertificateId);
        answer.Body.ShouldContain(because);
    }

    private async Task<(int Status, string? ErrorType, string Body)> CurlAsync(DeviceKit kit, string path, params string[] further)
    {
        Requirements.NeedProgram("curl");
        (int, string?, string)? first = null;
        foreach (var alpn in new[] { "--no-alpn", "--alpn" })
        {
            using var process = Process.Start(new ProcessStartInfo(
                "curl",
                [
                    "-sS", "--noproxy", "*", alpn, "--http1.1", "--cacert", kit.RootCa, "--cert", kit.Certificate, "--key", kit.PrivateKey,
                    "-w", "\n%{http_code} %header{x-amzn-errortype}", .. further, new Uri(hub.Https, path).OriginalString,
                ])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(Deadline);
            process.ExitCode.ShouldBe(0, await errors);
            var text = await output;
            var end = text.LastIndexOf('\n');
            var words = text[(end + 1)..].Split(' ');
            var answer = (int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture), words[1].Length > 0 ? words[1] : null, text[..end]);
            first ??= answer;
            (answer.Item1, answer.Item2).ShouldBe((first.Value.Item1, first.Value.Item2), answer.Item3);
        }

        return first!.Value;
    }
}
