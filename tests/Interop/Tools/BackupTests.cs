using System.Diagnostics;
using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary>A hub backed up while it works and restored into an empty directory, with mosquitto's tools as its devices.</summary>
public sealed class BackupTests(CliHub hub) : IClassFixture<CliHub>
{
    [Fact]
    public async Task A_backup_made_under_load_holds_what_was_acknowledged_before_it()
    {
        Requirements.NeedMosquittoTools();
        foreach (string name in (string[])["b1", "b2", "b3"])
            (await hub.Cli.RunAsync("thing", "create", name, "--out", hub.InHome($"kit-{name}"), "--no-wait")).ShouldBeDone();
        (await hub.Cli.RunAsync("shadow", "set", "b1", "desired.on=true")).ShouldBeDone();
        await MosquittoAsync(hub.Hub, "mosquitto_sub", "-c", "-i", "sleeper", "-q", "1", "-t", "b/queue", "-E");
        await MosquittoAsync(hub.Hub, "mosquitto_pub", "-q", "1", "-t", "b/queue", "-m", "kept");
        await MosquittoAsync(hub.Hub, "mosquitto_pub", "-q", "1", "-r", "-t", "b/retained", "-m", "held");
        string before = (await hub.Cli.RunAsync("thing", "ls", "--json")).Output;

        string file = hub.InHome("hub.tar.gz");
        ToolOutcome outcome;
        await using (await Load.StartAsync(hub))
            outcome = await hub.Cli.RunAsync("hub", "backup", file, "--data", hub.Hub.DataDirectory, "--json");
        outcome.ShouldBeDone();
        using (var told = JsonDocument.Parse(outcome.Output))
            told.RootElement.GetProperty("bytes").GetInt64().ShouldBeGreaterThan(0);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.EnumerateDirectories(hub.Hub.DataDirectory, ".backup-*").ShouldBeEmpty();

        await using var second = await RestoreAsync(file, hub.InHome("restored"));
        var cli = ClientOf(second);
        (await cli.RunAsync("thing", "ls", "--json")).Output.ShouldBe(before);
        (await cli.RunAsync("shadow", "get", "b1", "desired.on")).Output.ShouldBe("true\n");
        (await MosquittoAsync(second, "mosquitto_sub", "-c", "-i", "sleeper", "-q", "1", "-t", "b/queue", "-C", "1")).ShouldBe("kept\n");
        (await MosquittoAsync(second, "mosquitto_sub", "-q", "1", "-t", "b/retained", "-C", "1")).ShouldBe("held\n");
        // The device of a kit is let in by the restored hub: same authority, same certificates.
        string kit = hub.InHome("kit-b1");
        await MosquittoAsync(
            second, second.Listener("mqtts").Port, "mosquitto_pub", "--cafile", Path.Combine(kit, "root-CA.crt"), "--cert", Path.Combine(kit, "b1.cert.pem"), "--key", Path.Combine(kit, "b1.private.key"),
            "-i", "b1", "-q", "1", "-t", "b1/temp", "-m", "21");
    }

    [Fact]
    public async Task A_hub_that_does_not_run_is_backed_up_from_its_files()
    {
        string data = hub.InHome("offline");
        await using (var stopped = await HubProcess.StartAsync(new HubSettings { Listen = ["mqtt://127.0.0.1:0"], DataDirectory = data }))
        {
            await MosquittoAsync(stopped, "mosquitto_pub", "-q", "1", "-r", "-t", "o/retained", "-m", "held");
            (await stopped.StopAsync()).ShouldBe(0);
        }

        string file = hub.InHome("offline.tar.gz");
        (await hub.Newcomer().RunAsync("hub", "backup", file, "--data", data)).ShouldBeDone();
        await using var second = await RestoreAsync(file, hub.InHome("offline-restored"));
        (await MosquittoAsync(second, "mosquitto_sub", "-q", "1", "-t", "o/retained", "-C", "1")).ShouldBe("held\n");
    }

    [Fact]
    public async Task What_cannot_be_done_is_said()
    {
        string file = hub.InHome("there.tar.gz");
        await File.WriteAllTextAsync(file, "mine", TestContext.Current.CancellationToken);
        var taken = await hub.Cli.RunAsync("hub", "backup", file);
        (taken.ExitCode, taken.Errors).ShouldBe((1, $"fairlead hub backup: cannot back up the hub\n  why: {file} is there already\n  do:  Name another file, or replace it with --yes\n"));
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe("mine");

        var stranger = await hub.Newcomer().RunAsync("hub", "backup", hub.InHome("s.tar.gz"), "--url", hub.Hub.Http.ToString());
        stranger.ExitCode.ShouldBe(3, stranger.Errors);
        File.Exists(hub.InHome("s.tar.gz")).ShouldBeFalse();

        var empty = await hub.Cli.RunAsync("hub", "backup", hub.InHome("e.tar.gz"), "--data", Directory.CreateDirectory(hub.InHome("empty")).FullName);
        empty.ExitCode.ShouldBe(1);
        empty.Errors.ShouldContain("holds no fairlead.db");

        // Another hub runs on that directory than the one whose address is known.
        await using var other = await HubProcess.StartAsync(new HubSettings { Listen = ["mqtt://127.0.0.1:0"] });
        var wrong = await hub.Cli.RunAsync("hub", "backup", hub.InHome("w.tar.gz"), "--data", other.DataDirectory);
        wrong.ExitCode.ShouldNotBe(0);

        (await hub.Cli.RunAsync("hub", "restore", file, "--data", hub.InHome("never"))).Errors.ShouldContain("no backup");
        (await hub.Cli.RunAsync("hub", "restore", hub.InHome("none"), "--data", hub.InHome("never"))).ExitCode.ShouldBe(2);
        var full = await hub.Cli.RunAsync("hub", "restore", file, "--data", other.DataDirectory);
        full.Errors.ShouldContain("is not empty");
        (await hub.Cli.RunAsync("hub", "restore", file, "--data", other.DataDirectory, "--yes")).Errors.ShouldContain("a hub runs on");
    }

    [Fact]
    public async Task A_data_directory_of_a_newer_version_is_refused_with_what_to_do()
    {
        string data = hub.InHome("newer");
        await using (var older = await HubProcess.StartAsync(new HubSettings { Listen = ["mqtt://127.0.0.1:0"], DataDirectory = data }))
            (await older.StopAsync()).ShouldBe(0);
        await using (var file = new FileStream(Path.Combine(data, "fairlead.db"), FileMode.Open, FileAccess.Write))
        {
            // PRAGMA user_version lies at byte 60 of an SQLite file, most significant byte first.
            file.Position = 60;
            file.Write([0, 0, 3, 231]);
        }

        var start = await HubProcess.RunAsync(["hub", "--data", data, "--listen", "mqtt://127.0.0.1:0"]);
        (start.ExitCode, start.Errors.Contains("has schema version 999, this program knows versions up to", StringComparison.Ordinal)).ShouldBe((1, true), start.Errors);
        start.Errors.ShouldContain("start the newer program that wrote it");
        (await hub.Newcomer().RunAsync("hub", "backup", hub.InHome("n.tar.gz"), "--data", data)).Errors.ShouldContain("schema version 999");
    }

    private static async Task<HubProcess> RestoreAsync(string file, string data)
    {
        var restored = await HubProcess.RunAsync(["hub", "restore", file, "--data", data]);
        restored.ExitCode.ShouldBe(0, restored.Errors);
        restored.Errors.ShouldStartWith("restored ");
        return await HubProcess.StartAsync(new HubSettings { Listen = ["mqtt://127.0.0.1:0", "mqtts://127.0.0.1:0", "http://127.0.0.1:0"], DataDirectory = data });
    }

    private Cli ClientOf(HubProcess second) => new(
        hub.Cli.Home,
        new Dictionary<string, string>
        {
            ["FAIRLEAD_URL"] = second.Http.ToString(),
            ["FAIRLEAD_TOKEN"] = File.ReadAllText(Path.Combine(second.DataDirectory, "admin.token")).Trim(),
        });

    private Task<string> MosquittoAsync(HubProcess target, string tool, params string[] arguments) => MosquittoAsync(target, target.Mqtt.Port, tool, arguments);

    private async Task<string> MosquittoAsync(HubProcess target, int port, string tool, params string[] arguments)
    {
        target.IsRunning.ShouldBeTrue();
        var outcome = await hub.Cli.RunProgramAsync(tool, null, ["-h", "localhost", "-p", $"{port}", .. arguments]);
        outcome.ShouldBeDone();
        return outcome.Output;
    }

    /// <summary>mosquitto_pub that publishes without a pause until it is disposed of.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly Process _process;
        private readonly Task _writing;

        private Load(Process process, TaskCompletionSource begun)
        {
            _process = process;
            _writing = Task.Run(async () =>
            {
                for (int i = 0; !_end.IsCancellationRequested; i++)
                {
                    await process.StandardInput.WriteLineAsync($"load {i}");
                    if (i == 1_000) begun.TrySetResult();
                }
            });
        }

        public static async Task<Load> StartAsync(CliHub hub)
        {
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var load = new Load(hub.Cli.Start("mosquitto_pub", null, "-h", "localhost", "-p", $"{hub.Hub.Mqtt.Port}", "-q", "1", "-t", "b/load", "-r", "-l"), begun);
            await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
            return load;
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _writing;
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
            _end.Dispose();
        }
    }
}
