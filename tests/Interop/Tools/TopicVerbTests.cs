using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary>topic, bench shadow and bench send against a running hub.</summary>
public sealed class TopicVerbTests(CliHub hub) : IClassFixture<CliHub>
{
    private string[] Connection => ["-p", $"{hub.Hub.Mqtt.Port}", "-h", "127.0.0.1"];

    [Fact]
    public async Task Topics_are_listed_with_what_is_retained_and_what_comes()
    {
        await PublishAsync("ls/kept", "of long ago", "-r");
        var list = hub.Cli.RunAsync("topic", "ls", "ls/#", "--for", "3", "--json");
        while (!list.IsCompleted)
            await PublishAsync("ls/live", """{"n":1}""");
        var lines = Lines((await list).Output);
        var kept = lines.Single(static line => Text(line, "topic") == "ls/kept");
        (kept.GetProperty("retained").GetBoolean(), kept.GetProperty("count").GetInt64(), Text(kept, "value")).ShouldBe((true, 0, "of long ago"));
        var live = lines.Single(static line => Text(line, "topic") == "ls/live");
        live.GetProperty("count").GetInt64().ShouldBeGreaterThan(0);
        live.GetProperty("rate").GetDouble().ShouldBeGreaterThan(0);
        Text(live, "value").ShouldBe("""{"n":1}""");
        var summary = lines[^1].GetProperty("summary");
        summary.GetProperty("messages").GetInt64().ShouldBe(live.GetProperty("count").GetInt64());
        (summary.GetProperty("skipped").GetInt64(), summary.GetProperty("full").GetBoolean()).ShouldBe((0, false));

        var table = await hub.Cli.RunAsync("topic", "ls", "--for", "0", "--search", "KEPT", "--curl");
        table.Output.ShouldContain("\nls/kept\t0\t0\t0\t");
        table.Output.ShouldEndWith("\t11\tyes\tof long ago\n");
        table.Errors.ShouldContain("curl -H \"Authorization: Bearer $FAIRLEAD_TOKEN\" -g ");
        table.Errors.ShouldContain("DELETE");
        table.Errors.ShouldContain(" topics, 0 messages in 0.0 s");
    }

    [Fact]
    public async Task The_busiest_come_first_and_a_watch_ends_with_its_count()
    {
        await using var publisher = await RawMqttClient.OpenAsync(hub.Hub.Mqtt);
        await publisher.SendAsync(RawPackets.Connect(5, "publisher"));
        await publisher.ReadAsync();
        var top = hub.Cli.RunAsync("topic", "top", "top/#", "--watch", "--interval", "2", "--count", "2", "--json");
        while (!top.IsCompleted)
        {
            foreach (string topic in new[] { "top/busy", "top/busy", "top/busy", "top/quiet" })
            {
                await publisher.SendAsync(RawPackets.Publish(5, topic, "x", qos: 1, id: 1));
                await publisher.ReadAsync();
            }
        }

        var lines = Lines((await top).Output);
        lines.Where(static line => line.TryGetProperty("topic", out _)).Select(static line => Text(line, "topic")).ShouldBe(["top/busy", "top/quiet", "top/busy", "top/quiet"]);
        lines[0].GetProperty("rate").GetDouble().ShouldBeGreaterThan(lines[1].GetProperty("rate").GetDouble());
        lines[^1].GetProperty("summary").GetProperty("seconds").GetDouble().ShouldBeGreaterThanOrEqualTo(4);
        (await hub.Cli.RunAsync("topic", "top", "--count", "2")).ExitCode.ShouldBe(2);
        (await hub.Cli.RunAsync("topic", "top", "--for", "61")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task Top_tells_its_summary_after_Ctrl_C()
    {
        using var top = hub.Cli.Start(ProgramPath.Find(), null, "topic", "top", "ctrl/#", "--watch", "--interval", "1");
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        string line = (await top.StandardOutput.ReadLineAsync(deadline.Token))!;
        line.ShouldStartWith("topic\trate\t");
        await InterruptAsync(top);
        (await top.StandardError.ReadToEndAsync(deadline.Token)).ShouldContain(" topics, 0 messages in ");
        await top.WaitForExitAsync(deadline.Token);
        top.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Diff_marks_just_the_changed_fields()
    {
        await PublishAsync("diff/state", """{"temp":21,"on":true}""", "-r");
        using var diff = hub.Cli.Start(ProgramPath.Find(), null, "topic", "diff", "diff/+", "--count", "4");
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        (await diff.StandardError.ReadLineAsync(deadline.Token)).ShouldBe("watching diff/+; Ctrl-C ends");
        await PublishAsync("diff/state", """{"temp":22,"on":true}""");
        await PublishAsync("diff/state", """{"temp":22,"on":true}""");
        await PublishAsync("diff/word", "one");
        await PublishAsync("diff/word", "two");
        string[] lines = (await diff.StandardOutput.ReadToEndAsync(deadline.Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Select(static line => line[10..]).ShouldBe(["diff/state  temp: 21 -> 22", "diff/state  (nothing changed)", "diff/word  (the first, 3 bytes)", "diff/word  \"one\" -> \"two\""]);
        (await diff.StandardError.ReadToEndAsync(deadline.Token)).ShouldBe("4 messages on 2 topics, 2 changed something\n");
        await diff.WaitForExitAsync(deadline.Token);
        diff.ExitCode.ShouldBe(0);
        var late = await hub.Cli.RunAsync("topic", "diff", "diff/none", "--count", "1", "--for", "1", "--json");
        late.ExitCode.ShouldBe(5);
        late.Output.ShouldStartWith("""{"summary":{"messages":0,""");
    }

    [Fact]
    public async Task Bench_shadow_counts_answers_and_refusals()
    {
        var outcome = await hub.Cli.RunAsync(["bench", "shadow", .. Connection, "--count", "200", "--clients", "4", "--json"]);
        outcome.ShouldBeDone();
        var summary = JsonDocument.Parse(outcome.Output).RootElement;
        (summary.GetProperty("updates").GetInt64(), summary.GetProperty("failed").GetInt64(), summary.GetProperty("rejected").GetInt64()).ShouldBe((200, 0, 0));
        summary.GetProperty("p99Ms").GetDouble().ShouldBeGreaterThan(0);
        TestContext.Current.TestOutputHelper?.WriteLine(outcome.Output);
        (await hub.Cli.RunAsync("shadow", "get", "bench-4", "reported.text")).Output.ShouldBe(new string('x', 16) + "\n");

        var refused = await hub.Cli.RunAsync(["bench", "shadow", .. Connection, "--count", "3", "--size", "9000"]);
        refused.ExitCode.ShouldBe(1, refused.Errors);
        refused.Output.ShouldStartWith("0 updates, 0 failed, 3 rejected, ");
        refused.Errors.ShouldContain("(413)");
        var unanswered = await hub.Cli.RunAsync(["bench", "shadow", .. Connection, "--count", "1", "--thing", "a/b", "--timeout", "1"]);
        unanswered.ExitCode.ShouldNotBe(0);
        unanswered.Output.ShouldStartWith("0 updates, 1 failed, 0 rejected, ");
        var timed = await hub.Cli.RunAsync(["bench", "shadow", .. Connection, "--for", "3", "--rate", "20", "--json"]);
        timed.ShouldBeDone();
        JsonDocument.Parse(timed.Output).RootElement.GetProperty("updates").GetInt64().ShouldBeInRange(1, 61);
    }

    [Fact]
    public async Task Bench_send_counts_what_receivers_confirm()
    {
        var outcome = await hub.Cli.RunAsync("bench", "send", "--count", "100", "--clients", "2", "--window", "2", "--json");
        outcome.ShouldBeDone();
        var summary = JsonDocument.Parse(outcome.Output).RootElement;
        (summary.GetProperty("messages").GetInt64(), summary.GetProperty("failed").GetInt64(), summary.GetProperty("rejected").GetInt64()).ShouldBe((100, 0, 0));
        TestContext.Current.TestOutputHelper?.WriteLine(outcome.Output);
        var nobody = await hub.Cli.RunAsync("bench", "send", "--to", "nobody", "--count", "3");
        nobody.ExitCode.ShouldBe(4);
        nobody.Output.ShouldStartWith("0 messages, 0 failed, 3 rejected, ");
        nobody.Errors.ShouldContain("0 messages failed and 3 were rejected, the first: ");
        (await hub.Cli.RunAsync("bench", "send", "--to", "a", "--clients", "2")).ExitCode.ShouldBe(2);

        using var stopped = hub.Cli.Start(ProgramPath.Find(), null, "bench", "send", "--for", "3000", "--json", "--curl");
        using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
        while (!(await stopped.StandardError.ReadLineAsync(deadline.Token))!.Contains("/connections/", StringComparison.Ordinal))
        {
            // It has not begun to send.
        }

        var rest = stopped.StandardError.ReadToEndAsync(deadline.Token);
        await InterruptAsync(stopped);
        JsonDocument.Parse(await stopped.StandardOutput.ReadToEndAsync(deadline.Token)).RootElement.GetProperty("failed").GetInt64().ShouldBe(0);
        await rest;
        await stopped.WaitForExitAsync(deadline.Token);
        stopped.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_trace_gives_a_client_its_level_back()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = hub.Hub.Http };
        string token = (await File.ReadAllTextAsync(Path.Combine(hub.Hub.DataDirectory, "admin.token"), TestContext.Current.CancellationToken)).Trim();
        http.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", token);
        await PostAsync("/v2LoggingOptions", """{"defaultLogLevel":"ERROR"}""");
        await PostAsync("/v2LoggingLevel", """{"logTarget":{"targetType":"CLIENT_ID","targetName":"levelled"},"logLevel":"INFO"}""");
        foreach (var (client, before, after) in new[] { ("levelled", "INFO", "INFO"), ("plain", "", "") })
        {
            (await LevelAsync(client)).ShouldBe(before);
            using var trace = hub.Cli.Start(ProgramPath.Find(), null, "client", "trace", client);
            using var deadline = new CancellationTokenSource(DriverProcess.Deadline);
            (await trace.StandardError.ReadLineAsync(deadline.Token)).ShouldBe($"tracing {client}; Ctrl-C ends");
            (await LevelAsync(client)).ShouldBe("DEBUG");
            await InterruptAsync(trace);
            await trace.WaitForExitAsync(deadline.Token);
            trace.ExitCode.ShouldBe(0);
            (await LevelAsync(client)).ShouldBe(after);
        }

        await PostAsync("/v1/console/traces", """{"clientId":"levelled","seconds":600}""");
        await PostAsync("/v1/console/traces", """{"clientId":"levelled","seconds":500}""");
        (await LevelAsync("levelled")).ShouldBe("DEBUG");
        using (await http.DeleteAsync("/v1/console/traces/levelled", TestContext.Current.CancellationToken)) (await LevelAsync("levelled")).ShouldBe("INFO");

        async Task PostAsync(string path, string body)
        {
            using var answer = await http.PostAsync(path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
            answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        async Task<string> LevelAsync(string client)
        {
            using var levels = JsonDocument.Parse(await http.GetStringAsync("/v2LoggingLevel", TestContext.Current.CancellationToken));
            return levels.RootElement.GetProperty("logTargetConfigurations").EnumerateArray()
                .Where(one => one.GetProperty("logTarget").TryGetProperty("targetName", out var name) && name.GetString() == client).Select(static one => Text(one, "logLevel")).SingleOrDefault() ?? "";
        }
    }

    private static JsonElement[] Lines(string output) => [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];

    private static string Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.GetString()! : "";

    private async Task PublishAsync(string topic, string payload, params string[] further) =>
        (await ToolProcess.RunAsync("pub", Connection, ["-t", topic, "-m", payload, "-q", "1", .. further])).ShouldBeDone();

    private async Task InterruptAsync(Process process) =>
        (await hub.Cli.RunProgramAsync("sh", null, "-c", string.Create(CultureInfo.InvariantCulture, $"kill -INT {process.Id}"))).ShouldBeDone();
}
