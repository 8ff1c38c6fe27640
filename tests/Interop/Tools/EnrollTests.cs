using System.Text.Json;
using Fairlead.Interop.Drivers;
using Fairlead.Interop.Edge;
using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary><c>fairlead edge enroll</c> and <c>edge ls</c>: what is written is what a connector starts from, at a real mosquitto.</summary>
public sealed class EnrollTests(CliHub hub) : IClassFixture<CliHub>
{
    [Fact]
    public async Task A_connector_starts_from_what_was_written_and_a_message_passes()
    {
        await using var local = await LocalBroker.Create().StartAsync();
        var enrolled = await hub.Cli.RunAsync("edge", "enroll", "site1", "--out", "site1", "--local", local.Url.OriginalString, "--device", "plant:site1");
        enrolled.ShouldBeDone();
        enrolled.Errors.ShouldContain("  next: fairlead edge --config site1/edge.json\n");
        foreach (string name in new[] { "edge.json", "site1.private.key", "site1.cert.pem", "root-CA.crt", "site1-policy.json" })
            (OperatingSystem.IsWindows() || File.GetUnixFileMode(hub.InHome("site1", name)) == (UnixFileMode.UserRead | UnixFileMode.UserWrite)).ShouldBeTrue(name);
        var check = await hub.Cli.RunAsync("edge", "check-config", "--config", "site1/edge.json", "--json");
        check.ExitCode.ShouldBe(0, check.Output + check.Errors);

        await using var cloud = await ToolProcess.SubscribeAsync(["-p", $"{hub.Hub.Mqtt.Port}", "-h", "127.0.0.1"], "-t", "event/#", "-t", "telemetry/#", "-t", "site1/#", "-v", "-C", "3");
        using var edge = hub.Cli.Start(ProgramPath.Find(), null, "edge", "--config", "site1/edge.json", "-metrics.listen", $"127.0.0.1:{FreePort.Take()}");
        _ = edge.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var log = edge.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await using var app = await Listener.ConnectAsync(local.Url, "edge/#", "command/#");
            await app.NextAsync(static message => message.Topic == "edge/connection/remote/status" && message.Text.StartsWith("""{"connected":true""", StringComparison.Ordinal));
            await app.PublishAsync("e", "one");
            await app.PublishAsync("t//plant:site1:child/x", "two");
            (await hub.Cli.RunAsync("pub", "-p", $"{hub.Hub.Mqtt.Port}", "-h", "127.0.0.1", "-q", "1", "-t", "command//plant:site1/req/1/go", "-m", "now")).ShouldBeDone();
            (await app.NextAsync(static message => message.Topic.StartsWith("command/", StringComparison.Ordinal))).Text.ShouldBe("now");
            (await hub.Cli.RunAsync("pub", "-p", $"{hub.Hub.Mqtt.Port}", "-h", "127.0.0.1", "-q", "1", "-t", "site1/end", "-m", "three")).ShouldBeDone();
            string seen = (await cloud.EndAsync()).Output;
            seen.ShouldContain("event/default-tenant-id/plant:site1 one\n");
            seen.ShouldContain("telemetry/default-tenant-id/plant:site1:child/x two\n");
            await ListedAsync();
        }
        finally
        {
            edge.Kill();
            await edge.WaitForExitAsync(TestContext.Current.CancellationToken);
            TestContext.Current.TestOutputHelper?.WriteLine(await log);
        }

        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while ((await hub.Cli.RunAsync("edge", "ls", "--down")).ExitCode != 1) await timer.WaitForNextTickAsync(deadline.Token);
    }

    [Fact]
    public async Task Nothing_is_replaced_without_force_and_a_thing_that_goes_takes_its_policy_along()
    {
        (await hub.Cli.RunAsync("edge", "enroll", "site2", "--local", "embedded")).ShouldBeDone();
        var again = await hub.Cli.RunAsync("edge", "enroll", "site2");
        again.ExitCode.ShouldBe(1);
        again.Errors.ShouldContain("exists");
        var elsewhere = await hub.Cli.RunAsync("edge", "enroll", "site2", "--out", "other");
        elsewhere.ExitCode.ShouldBe(1);
        elsewhere.Errors.ShouldContain("there is a thing of that name");
        Directory.Exists(hub.InHome("other")).ShouldBeFalse();
        var forced = await hub.Cli.RunAsync("edge", "enroll", "site2", "--force", "--site", "/etc/fairlead-edge", "--data-dir", "/var/lib/fairlead-edge", "--json");
        forced.ShouldBeDone();
        using (var answer = JsonDocument.Parse(forced.Output)) answer.RootElement.GetProperty("deviceId").GetString().ShouldBe("edge:site2");
        using (var settings = JsonDocument.Parse(await File.ReadAllBytesAsync(hub.InHome("site2", "edge.json"), TestContext.Current.CancellationToken)))
        {
            settings.RootElement.GetProperty("cert").GetString().ShouldBe("/etc/fairlead-edge/site2.cert.pem");
            settings.RootElement.GetProperty("dataDir").GetString().ShouldBe("/var/lib/fairlead-edge");
            settings.RootElement.GetProperty("localAddress").GetString().ShouldBe("tcp://localhost:1883");
        }

        (await hub.Cli.RunAsync("policy", "get", "site2-edge")).ShouldBeDone();
        (await hub.Cli.RunAsync("thing", "rm", "site2", "--yes")).Errors.ShouldContain("and the policy site2-edge");
        (await hub.Cli.RunAsync("policy", "get", "site2-edge")).ExitCode.ShouldBe(4);
        foreach (string[] wrong in (string[][])[["a b"], ["x", "--local", "nowhere"], ["x", "--device", "no-namespace"], ["x", "--device", "a:*"], ["x", "--tenant", "a/b"]])
            (await hub.Cli.RunAsync(["edge", "enroll", .. wrong])).ExitCode.ShouldBe(2, string.Join(' ', wrong));
    }

    private async Task ListedAsync()
    {
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        string output;
        do
        {
            await timer.WaitForNextTickAsync(deadline.Token);
            output = (await hub.Cli.RunAsync("edge", "ls")).Output;
        }
        while (!output.Contains("\nsite1\tup\t", StringComparison.Ordinal));
    }
}
