using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Shared;

namespace Fairlead.Interop.Gateway;

/// <summary>The listener for HTTPS, with curl (spec section 9.2).</summary>
public sealed class HttpsTests
{
    [Fact]
    public async Task Curl_posts_and_listens_over_HTTPS_and_a_stranger_is_not_trusted()
    {
        Requirements.NeedProgram("curl");
        using var certificate = new TestCertificate();
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await StartAsync(hub, certificate);
        var sent = await CurlAsync("--cacert", certificate.ChainFile, "-d", """{"t":21}""", "-H", $"sas_token: {RheaHub.Token("dev1")}", "-w", "%{http_code} %{ssl_verify_result}", new Uri(gateway.Url, "/api/dev1").ToString());
        Assert.Equal((0, "200 0"), sent);
        Assert.Equal("""{"t":21}""", (string?)(await hub.WaitAsync("d2c"))["text"]);
        hub.Tell(new { op = "c2d", device = "dev1", id = "m1", body = "hello" });
        var polled = await CurlAsync("--cacert", certificate.ChainFile, "-H", $"sas_token: {RheaHub.Token("dev1")}", new Uri(gateway.Url, "/api/dev1/messages/devicebound?wait=30").ToString());
        Assert.Equal((0, "hello"), polled);
        Assert.Equal(60, (await CurlAsync(new Uri(gateway.Url, "/health/live").ToString())).Code); // its code for a certificate of nobody it knows
        Assert.NotEqual(0, (await CurlAsync(new UriBuilder(gateway.Url) { Scheme = "http" }.Uri.ToString())).Code);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_stops_the_start_with_a_sentence()
    {
        using var certificate = new TestCertificate();
        await File.WriteAllTextAsync(certificate.KeyFile, "no key", TestContext.Current.CancellationToken);
        var ended = await HubProcess.RunAsync([
            "gateway", "run", "--hub", RheaHub.Host, "--listen", "https://127.0.0.1:0", "--set", $"CertificateFile={certificate.ChainFile}", "--set", $"KeyFile={certificate.KeyFile}"]);
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains("cannot be used", ended.Errors + ended.Output, StringComparison.Ordinal);
    }

    private static Task<GatewayRun> StartAsync(RheaHub hub, TestCertificate certificate) => GatewayRun.StartAsync(
        hub.Address, ("CloudMessagesEnabled", "true"), ("Listen", "https://127.0.0.1:0"), ("CertificateFile", certificate.ChainFile), ("KeyFile", certificate.KeyFile));

    private static async Task<(int Code, string Output)> CurlAsync(params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("curl", ["--silent", "--noproxy", "*", "--max-time", "60", .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    /// <summary>A certificate for 127.0.0.1 that vouches for itself, with its key, as PEM files.</summary>
    private sealed class TestCertificate : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-tls-");

        public TestCertificate()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=gateway", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            File.WriteAllText(ChainFile, certificate.ExportCertificatePem());
            File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        }

        public string ChainFile => Path.Combine(_folder.FullName, "chain.pem");

        public string KeyFile => Path.Combine(_folder.FullName, "key.pem");

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
