using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop.Gateway;

/// <summary>Streams over a WebSocket and the listener for HTTPS, with the package ws and with curl (spec section 9.2).</summary>
public sealed class SocketTests
{
    private static readonly string[] Curl = ["--silent", "--noproxy", "*", "--max-time", "60"];
    private static readonly string[] Frames = ["{\"no\":\"json", "[1]", "{}", "{\"complete\":\"nothing\"}", "{\"rid\":\"nothing\",\"status\":200}"];

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task A_device_takes_settles_and_answers_by_frames(string scheme)
    {
        using var certificate = new TestCertificate();
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await StartAsync(hub, scheme, certificate);
        await using var sockets = Sockets(certificate);
        var refused = await AskAsync(sockets, "open", new { client = "nobody", url = StreamOf(gateway, "dev1") + "&kinds=nothing", headers = new { sas_token = RheaHub.Token("dev1") } });
        Assert.Equal("status 400", (string?)refused["error"]);
        await DoAsync(sockets, "open", new { client = "d", url = StreamOf(gateway, "dev1"), headers = new { sas_token = RheaHub.Token("dev1") } });
        foreach (string nonsense in Frames) await DoAsync(sockets, "say", new { client = "d", text = nonsense });

        // Abandoned, comes again, completed.
        hub.Tell(new { op = "c2d", device = "dev1", id = "m1", body = """{"on":true}""", contentType = "application/json" });
        var first = await DataAsync(sockets, "d", "message");
        Assert.Equal(("m1", true), ((string?)first["messageId"], (bool)first["body"]!["on"]!));
        await SayAsync(sockets, "d", new { abandon = (string?)first["lock"] });
        var again = await DataAsync(sockets, "d", "message");
        Assert.Equal(1, (int)again["deliveryCount"]!);
        await SayAsync(sockets, "d", new { complete = (string?)again["lock"] });
        await hub.WaitAsync("settled", told => (string?)told["outcome"] == "accepted");

        // A method, and a change of desired properties.
        await hub.WaitAsync("callable");
        hub.Tell(new { op = "method", device = "dev1", id = "3f1b5c1e-7a2d-4b8e-9c3f-0123456789ab", name = "reboot", body = """{"in":5}""" });
        var call = await DataAsync(sockets, "d", "method");
        Assert.Equal(("reboot", 5), ((string?)call["name"], (int)call["payload"]!["in"]!));
        await SayAsync(sockets, "d", new { rid = (string?)call["rid"], status = 201, payload = new { @out = 6 } });
        var answer = await hub.WaitAsync("answer");
        Assert.Equal((201, """{"out":6}"""), ((int)answer["status"]!, (string?)answer["body"]));
        await hub.WaitAsync("twin", told => (string?)told["operation"] == "PUT");
        hub.Tell(new { op = "desired", device = "dev1", patch = new { fan = 3 } });
        Assert.Equal(3, (int)(await DataAsync(sockets, "d", "desired"))["desired"]!["fan"]!);

        // What it holds when it leaves without a word goes back.
        hub.Tell(new { op = "c2d", device = "dev1", id = "m2", body = "2" });
        await DataAsync(sockets, "d", "message");
        await DoAsync(sockets, "drop", new { client = "d" });
        await hub.WaitAsync("settled", told => (string?)told["id"] == "m2" && (string?)told["outcome"] == "released");

        // The end of the gateway is told, and the socket closed in order.
        await DoAsync(sockets, "open", new { client = "e", url = StreamOf(gateway, "dev2") + "&kinds=desired", headers = new { sas_token = RheaHub.Token("dev2") } });
        gateway.Signal(15);
        Assert.Equal("stopping", (string?)(await DataAsync(sockets, "e", "end"))["reason"]);
        Assert.Equal(1000, (int)(await sockets.NextAsync("e", "closed"))["code"]!);
        Assert.Equal(0, await gateway.EndAsync());
    }

    [Fact]
    public async Task Curl_posts_and_listens_over_HTTPS_and_a_stranger_is_not_trusted()
    {
        Requirements.NeedProgram("curl");
        using var certificate = new TestCertificate();
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await StartAsync(hub, "https", certificate);
        var sent = await CurlAsync("--cacert", certificate.ChainFile, "-d", """{"t":21}""", "-H", $"sas_token: {RheaHub.Token("dev1")}", "-w", "%{http_code} %{ssl_verify_result}", new Uri(gateway.Url, "/api/dev1").ToString());
        Assert.Equal((0, "200 0"), sent);
        Assert.Equal("""{"t":21}""", (string?)(await hub.WaitAsync("d2c"))["text"]);
        hub.Tell(new { op = "c2d", device = "dev1", id = "m1", body = "hello" });
        var polled = await CurlAsync("--cacert", certificate.ChainFile, "-H", $"sas_token: {RheaHub.Token("dev1")}", new Uri(gateway.Url, "/api/dev1/messages/devicebound?wait=30").ToString());
        Assert.Equal((0, "hello"), polled);
        Assert.Equal(60, (await CurlAsync(new Uri(gateway.Url, "/health/live").ToString())).Code); // its code for a certificate of nobody it knows
        Assert.NotEqual(0, (await CurlAsync(new UriBuilder(gateway.Url) { Scheme = "http" }.Uri.ToString())).Code);
    }

    [Theory]
    [InlineData("https", "--http2")]
    [InlineData("h2c", "--http2-prior-knowledge")]
    public async Task Curl_and_node_speak_HTTP_2_and_several_devices_share_a_connection(string scheme, string flag)
    {
        Requirements.NeedProgram("curl");
        Requirements.NeedProgram("node");
        using var certificate = new TestCertificate();
        await using var hub = await RheaHub.StartAsync();
        await using var gateway = await StartAsync(hub, scheme, certificate);
        Assert.Equal(scheme, gateway.Url.Scheme);
        string root = $"{(scheme == "https" ? "https" : "http")}://127.0.0.1:{gateway.Url.Port}";
        Assert.Equal((0, "2 200"), await RunAsync("curl", [
            .. Curl, flag, "--cacert", certificate.ChainFile, "-w", "%{http_version} %{http_code}", "-d", "1", "-H", $"sas_token: {RheaHub.Token("dev1")}", $"{root}/api/dev1"]));
        hub.Tell(new { op = "c2d", device = "dev3", id = "m1", body = "hello" });
        Assert.Equal((0, "200 200 hello"), await RunAsync("node", [
            "node/gateway_http2.js", root, certificate.ChainFile, "dev1", RheaHub.Token("dev1"), "dev2", RheaHub.Token("dev2"), "dev3", RheaHub.Token("dev3")]));
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

    private static Task<GatewayRun> StartAsync(RheaHub hub, string scheme, TestCertificate certificate) => GatewayRun.StartAsync(
        hub.Address, ("CloudMessagesEnabled", "true"), ("DirectMethodEnabled", "true"), ("Listen", $"{scheme}://127.0.0.1:0"), ("CertificateFile", certificate.ChainFile), ("KeyFile", certificate.KeyFile));

    private static string StreamOf(GatewayRun gateway, string device) => $"{(gateway.Url.Scheme == "https" ? "wss" : "ws")}://127.0.0.1:{gateway.Url.Port}/api/{device}/stream?ack=call";

    private static ScriptProcess Sockets(TestCertificate certificate)
    {
        Requirements.NeedNodePackage("ws");
        return ScriptProcess.Start("node/gateway_socket.js", RheaHub.Patience, certificate.ChainFile);
    }

    private static Task<JsonObject> AskAsync(ScriptProcess sockets, string operation, object request) =>
        sockets.AskAsync(operation, JsonSerializer.SerializeToNode(request)!.AsObject());

    private static async Task DoAsync(ScriptProcess sockets, string operation, object request)
    {
        var answer = await AskAsync(sockets, operation, request);
        Assert.True((bool)answer["ok"]!, $"{operation}: {answer["error"]}");
    }

    private static Task SayAsync(ScriptProcess sockets, string client, object frame) => DoAsync(sockets, "say", new { client, text = JsonSerializer.Serialize(frame) });

    /// <summary>The data of the next frame, which must be of a kind.</summary>
    private static async Task<JsonNode> DataAsync(ScriptProcess sockets, string client, string kind)
    {
        var frame = (await sockets.NextAsync(client, "frame"))["frame"]!;
        Assert.Equal(kind, (string?)frame["event"]);
        return frame["data"]!;
    }

    private static Task<(int Code, string Output)> CurlAsync(params string[] arguments) => RunAsync("curl", [.. Curl, .. arguments]);

    private static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Path.Combine(ProgramPath.Root, "tests", "Interop"),
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
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
