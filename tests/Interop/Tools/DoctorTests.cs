using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary>hub doctor: everything in order, and each of its checks with something broken.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-doctor-");

    private string Data => Path.Combine(_folder.FullName, "data");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_hub_in_order_has_nothing_that_fails_running_or_not()
    {
        await using var hub = await StartAsync("mqtt://127.0.0.1:0", "mqtts://127.0.0.1:0", "http://127.0.0.1:0");
        string[] listeners = [.. hub.Listeners.SelectMany(static url => new[] { "--listen", url.OriginalString })];
        var running = await ExamineAsync(listeners);
        running.ExitCode.ShouldBe(0, string.Join('\n', running.Findings));
        running.Findings.ShouldContain(static one => one.Contains("ok listeners http") && one.Contains("says that the hub is ready"));
        running.Findings.ShouldContain(static one => one.Contains("ok data a hub runs on"));
        running.Findings.ShouldContain(static one => one.Contains("ok certificates CN="));
        running.Findings.ShouldContain(static one => one.Contains("ok system libsqlite3 3."));
        (await hub.StopAsync()).ShouldBe(0);
        var stopped = await ExamineAsync(listeners);
        stopped.ExitCode.ShouldBe(0, string.Join('\n', stopped.Findings));
        stopped.Findings.ShouldContain(static one => one.Contains("ok data fairlead.db is whole"));
        stopped.Findings.Count(static one => one.Contains("is free")).ShouldBe(3);
        (await HubProcess.RunAsync(["hub", "doctor", "--data", Data, .. listeners])).Output.ShouldContain("ok    data           fairlead.db is whole\n");
    }

    [Fact]
    public async Task An_unknown_key_is_named_with_the_nearest_and_the_system_is_looked_at_all_the_same()
    {
        var (code, findings) = await ExamineAsync("--set", "Broker:MaximumPacketSizes=1M");
        code.ShouldBe(1);
        findings.ShouldContain(static one => one.StartsWith("fail configuration") && one.Contains("Broker:MaximumPacketSize"));
        findings.ShouldContain(static one => one.Contains("libsqlite3"));
    }

    [Fact]
    public async Task Files_that_are_missing_keys_that_everybody_reads_and_certificates_that_end_are_found()
    {
        if (OperatingSystem.IsWindows()) return;
        Requirements.NeedProgram("openssl");
        var cli = new Cli(_folder.FullName, new Dictionary<string, string>());
        (await cli.RunProgramAsync("openssl", null, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "k.pem", "-out", "c.pem", "-days", "5", "-subj", "/CN=soon")).ShouldBeDone();
        File.SetUnixFileMode(Path.Combine(_folder.FullName, "k.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        string[] tls = ["--set", $"Tls:CertificateFile={Path.Combine(_folder.FullName, "c.pem")}", "--set", $"Tls:KeyFile={Path.Combine(_folder.FullName, "k.pem")}", "--listen", "mqtts://127.0.0.1:0"];
        var wide = await ExamineAsync(tls);
        wide.ExitCode.ShouldBe(1);
        wide.Findings.ShouldContain(static one => one.StartsWith("fail files everybody on this machine may read") && one.Contains("chmod 600"));
        wide.Findings.ShouldContain(static one => one.StartsWith("warn certificates CN=soon"));
        File.Delete(Path.Combine(_folder.FullName, "k.pem"));
        (await ExamineAsync(tls)).Findings.ShouldContain(static one => one.StartsWith("fail files") && one.Contains("k.pem"));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_who_has_it()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var (code, findings) = await ExamineAsync("--listen", $"mqtt://127.0.0.1:{port}");
        code.ShouldBe(1);
        findings.ShouldContain(one => one.StartsWith("fail listeners", StringComparison.Ordinal) && one.Contains($"port {port} is in use by", StringComparison.Ordinal));
        if (OperatingSystem.IsLinux()) findings.ShouldContain(static one => one.Contains($"(process {Environment.ProcessId})", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_database_a_newer_one_and_a_restore_that_did_not_end_are_found()
    {
        await using (var hub = await StartAsync("mqtt://127.0.0.1:0")) (await hub.StopAsync()).ShouldBe(0);
        string database = Path.Combine(Data, "fairlead.db");
        byte[] whole = await File.ReadAllBytesAsync(database, TestContext.Current.CancellationToken);
        byte[] broken = [.. whole];
        broken.AsSpan(4096, 4096).Fill(0x5A);
        await File.WriteAllBytesAsync(database, broken, TestContext.Current.CancellationToken);
        (await FailsAsync()).ShouldContain("damaged");
        byte[] newer = [.. whole];
        newer[62] = 9;
        await File.WriteAllBytesAsync(database, newer, TestContext.Current.CancellationToken);
        (await FailsAsync()).ShouldContain("this program knows versions up to");
        await File.WriteAllBytesAsync(database, whole, TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(Data, ".restoring"));
        (await FailsAsync()).ShouldContain("a restore that did not end");
        var start = await HubProcess.RunAsync(["hub", "--data", Data, "--listen", "mqtt://127.0.0.1:0"]);
        start.ExitCode.ShouldBe(1);
        start.Errors.ShouldContain("a restore that did not end");
    }

    [Fact]
    public async Task A_listener_that_a_running_hub_does_not_have_and_a_clock_that_went_back_are_found()
    {
        await using var hub = await StartAsync("mqtt://127.0.0.1:0");
        File.SetLastWriteTimeUtc(Path.Combine(Data, "admin.token"), DateTime.UtcNow.AddDays(1));
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // nobody listens there
        var (code, findings) = await ExamineAsync("--listen", $"mqtt://127.0.0.1:{((IPEndPoint)reserved.LocalEndPoint!).Port}");
        code.ShouldBe(1);
        findings.ShouldContain(static one => one.StartsWith("fail listeners") && one.Contains("cannot be reached"));
        findings.ShouldContain(static one => one.StartsWith("warn system the clock says"));
    }

    private async Task<string> FailsAsync()
    {
        var (code, findings) = await ExamineAsync("--listen", "mqtt://127.0.0.1:0");
        code.ShouldBe(1);
        return findings.Where(static one => one.StartsWith("fail data", StringComparison.Ordinal)).ShouldHaveSingleItem();
    }

    private Task<HubProcess> StartAsync(params string[] listen) => HubProcess.StartAsync(new HubSettings { Listen = listen, DataDirectory = Data });

    private async Task<(int ExitCode, string[] Findings)> ExamineAsync(params string[] arguments)
    {
        var outcome = await HubProcess.RunAsync(["hub", "doctor", "--json", "--data", Data, .. arguments]);
        return (outcome.ExitCode, [.. outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Line)]);
    }

    private static string Line(string json)
    {
        using var finding = JsonDocument.Parse(json);
        string Text(string name) => finding.RootElement.TryGetProperty(name, out var value) ? value.GetString()! : "";
        return $"{Text("severity")} {Text("area")} {Text("text")} | {Text("do")}";
    }
}
