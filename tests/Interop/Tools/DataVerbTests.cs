using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary>shadow, send, retained, client and log against a running hub, with a device that is mosquitto_sub or the tool itself.</summary>
public sealed class DataVerbTests(CliHub hub) : IClassFixture<CliHub>
{
    [Fact]
    public async Task A_shadow_is_set_by_paths_and_files_read_and_deleted()
    {
        (await hub.Cli.RunAsync("shadow", "set", "s1", "desired.on=true", "desired.color.hue=30", "reported.big=123456789012345678901234567890.10")).Errors.ShouldBe("the shadow of s1 has version 1\n");
        (await hub.Cli.RunAsync("shadow", "get", "s1", "reported.big")).Output.ShouldBe("123456789012345678901234567890.10\n");
        (await hub.Cli.RunAsync("shadow", "get", "s1", "delta")).Output.ShouldContain("\"hue\": 30");
        (await hub.Cli.RunAsync("shadow", "set", "s1", "desired.on=null", "desired.text=hello world", "--version", "1")).ShouldBeDone();
        (await hub.Cli.RunAsync("shadow", "get", "s1", "desired.text")).Output.ShouldBe("hello world\n");
        (await hub.Cli.RunAsync("shadow", "get", "s1", "desired.on")).ExitCode.ShouldBe(4);
        var conflict = await hub.Cli.RunAsync("shadow", "set", "s1", "desired.on=1", "--version", "1");
        conflict.ExitCode.ShouldBe(1);
        conflict.Errors.ShouldContain("  do:  Read it again and repeat the change with its present version\n");
        (await hub.Cli.RunWithInputAsync("""{"reported":{"a":1}}""", "shadow", "set", "s1", "--file", "-", "--name", "n1", "--json")).Output.ShouldContain("\"version\":1");
        (await hub.Cli.RunAsync("shadow", "ls", "s1")).Output.ShouldBe("(classic)\nn1\n");
        (await hub.Cli.RunAsync("shadow", "rm", "s1", "--name", "n1", "--yes")).ShouldBeDone();
        (await hub.Cli.RunAsync("shadow", "get", "s1", "--name", "n1")).ExitCode.ShouldBe(4);
        (await hub.Cli.RunWithInputAsync("{\n  \"a\": }", "shadow", "set", "s1", "--file", "-")).Errors.ShouldContain("why: the document is not JSON in line 2, byte 8\n");
        foreach (string wrong in new[] { "on=1", "desired", "wanted.a=1", "desired.=1" })
            (await hub.Cli.RunAsync("shadow", "set", "s1", wrong)).ExitCode.ShouldBe(2, wrong);
    }

    [Fact]
    public async Task Watch_shows_changes_and_what_the_device_is_told()
    {
        (await hub.Cli.RunAsync("shadow", "set", "s2", "desired.on=false", "reported.on=false")).ShouldBeDone();
        using var watch = hub.Cli.Start(ProgramPath.Find(), null, "shadow", "watch", "s2", "-C", "2", "--timeout", "60");
        (await watch.StandardError.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("watching the shadow of s2; Ctrl-C ends");
        (await hub.Cli.RunAsync("shadow", "set", "s2", "desired.on=true")).ShouldBeDone();
        string seen = await watch.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await watch.WaitForExitAsync(TestContext.Current.CancellationToken);
        watch.ExitCode.ShouldBe(0);
        seen.ShouldContain("changed   version 2  desired.on: false -> true\n");
        seen.ShouldContain("delta     version 2  the device shall: on=true\n");
        (await hub.Cli.RunAsync("shadow", "watch", "s2", "-C", "1", "--timeout", "0.5")).ExitCode.ShouldBe(5);
    }

    [Fact]
    public async Task A_direct_message_tells_whether_it_came()
    {
        await using var device = await ToolProcess.SubscribeAsync(["-p", $"{hub.Hub.Mqtt.Port}", "-h", "127.0.0.1"], "-i", "d1", "-t", "nothing", "-C", "2", "-F", "%t %q %p %C %R %P");
        var confirmed = await hub.Cli.RunAsync("send", "d1", "d1/cmd", "-m", "now", "--confirm", "--response-topic", "answers", "--content-type", "text/plain", "--property", "source=cli");
        confirmed.ShouldBeDone();
        confirmed.Errors.ShouldStartWith("confirmed by d1 in ");
        var sent = JsonDocument.Parse((await hub.Cli.RunAsync("send", "d1", "d1/cmd", "-n", "--json")).Output).RootElement;
        sent.GetProperty("status").GetString().ShouldBe("sent");
        sent.GetProperty("traceId").GetString()!.Length.ShouldBe(36);
        (await device.EndAsync()).Output.ShouldBe("d1/cmd 1 now text/plain answers source:cli\nd1/cmd 0    \n");

        var offline = await hub.Cli.RunAsync("send", "nobody", "d1/cmd", "-m", "now", "--confirm");
        offline.ExitCode.ShouldBe(4);
        offline.Errors.ShouldContain("  do:  Look at who is connected with fairlead client ls\n");
        (await hub.Cli.RunAsync("send", "d1", "d1/cmd", "-m", "x", "--confirm", "--timeout", "16")).ExitCode.ShouldBe(2);
        (await hub.Cli.RunAsync("send", "d1", "a/+", "-m", "x")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task A_device_that_does_not_acknowledge_ends_with_5()
    {
        await using var silent = await RawMqttClient.OpenAsync(hub.Hub.Mqtt);
        await silent.SendAsync(RawPackets.Connect(5, "silent"));
        await silent.ReadAsync();
        var outcome = await hub.Cli.RunAsync("send", "silent", "silent/cmd", "-m", "now", "--confirm", "--timeout", "1");
        outcome.ExitCode.ShouldBe(5);
        outcome.Errors.ShouldContain("(GatewayTimeoutException)");
    }

    [Fact]
    public async Task Retained_messages_are_listed_read_and_removed()
    {
        string[] connection = ["-p", $"{hub.Hub.Mqtt.Port}", "-h", "127.0.0.1"];
        foreach (string topic in new[] { "r/a", "r/b", "r/c/d" })
            (await ToolProcess.RunAsync("pub", connection, ["-t", topic, "-m", $"of {topic}", "-r", "-q", "1"])).ShouldBeDone();
        var list = (await hub.Cli.RunAsync("retained", "ls", "r/+", "--json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement);
        list.Select(static message => message.GetProperty("topic").GetString()).ShouldBe(["r/a", "r/b"]);
        (await hub.Cli.RunAsync("retained", "ls")).Output.ShouldNotContain("$SYS");
        (await hub.Cli.RunAsync("retained", "get", "r/c/d")).Output.ShouldBe("of r/c/d\n");
        (await hub.Cli.RunAsync("retained", "rm", "r/#")).ExitCode.ShouldBe(2);
        (await hub.Cli.RunAsync("retained", "rm", "r/#", "--yes")).Errors.ShouldBe("removed r/a\nremoved r/b\nremoved r/c/d\n");
        (await hub.Cli.RunAsync("retained", "get", "r/a")).ExitCode.ShouldBe(4);
        (await hub.Cli.RunAsync("retained", "rm", "r/#", "--yes")).ExitCode.ShouldBe(4);
    }

    [Fact]
    public async Task A_client_is_shown_with_its_events_and_kicked()
    {
        await using var device = await ToolProcess.SubscribeAsync(["-p", $"{hub.Hub.Mqtt.Port}", "-h", "127.0.0.1"], "-i", "c1", "-t", "c1/#");
        (await hub.Cli.RunAsync("client", "ls", "--prefix", "c1")).Output.ShouldContain("c1\tyes\t");
        (await hub.Cli.RunAsync("client", "get", "c1")).Output.ShouldContain("connected:       yes\n");
        (await hub.Cli.RunAsync("client", "kick", "c1")).Errors.ShouldBe("disconnected c1\n");
        await device.TalkAsync("connected again");
        string events = (await hub.Cli.RunAsync("client", "events", "c1")).Output;
        events.ShouldContain("\tsubscribed\tc1/#\n");
        events.ShouldContain("disconnected by an administrator");
        (await hub.Cli.RunAsync("client", "get", "no-such")).ExitCode.ShouldBe(4);
    }

    [Fact]
    public async Task The_log_is_shown_and_a_client_traced()
    {
        (await hub.Cli.RunAsync("send", "logged", "a", "-m", "x")).ExitCode.ShouldBe(4);
        string last = (await hub.Cli.RunAsync("log", "tail", "--client", "logged", "--level", "error", "--no-follow")).Output;
        last.ShouldContain("ERROR SendDirectMessage logged a FAILED TARGET_CLIENT_ID_NOT_FOUND");
        using var trace = hub.Cli.Start(ProgramPath.Find(), null, "client", "trace", "traced", "--json");
        using var deadline = new CancellationTokenSource(Drivers.DriverProcess.Deadline);
        string[] connection = ["-p", $"{hub.Hub.Mqtt.Port}", "-h", "127.0.0.1"];
        var line = trace.StandardOutput.ReadLineAsync(deadline.Token).AsTask();
        while (!line.IsCompleted)
            (await ToolProcess.RunAsync("pub", connection, ["-i", "traced", "-t", "traced/a", "-m", "x", "-q", "1"])).ShouldBeDone();
        JsonDocument.Parse((await line)!).RootElement.GetProperty("clientId").GetString().ShouldBe("traced");
        trace.Kill();
        await trace.WaitForExitAsync(deadline.Token);
    }

    [Fact]
    public async Task The_level_of_the_log_is_shown_and_set_and_who_waits_for_what_is_not_written_is_told()
    {
        await using var own = new CliHub();
        await own.InitializeAsync();
        (await own.Cli.RunAsync("log", "level")).Output.ShouldBe("ERROR\n");
        using var tail = own.Cli.Start(ProgramPath.Find(), null, "log", "tail");
        using var deadline = new CancellationTokenSource(Drivers.DriverProcess.Deadline);
        (await tail.StandardError.ReadLineAsync(deadline.Token)).ShouldBe(
            "this hub logs failures alone: fairlead log level info has it log connections and messages too, fairlead client trace ID all that one client does");
        (await own.Cli.RunAsync("log", "level", "info")).ShouldBeDone();
        (await own.Cli.RunAsync("log", "level", "--json")).Output.ShouldBe("{\"defaultLogLevel\":\"INFO\"}\n");
        string[] connection = ["-p", $"{own.Hub.Mqtt.Port}", "-h", "127.0.0.1"];
        var line = tail.StandardOutput.ReadLineAsync(deadline.Token).AsTask();
        while (!line.IsCompleted)
            (await ToolProcess.RunAsync("pub", connection, ["-i", "told", "-t", "told/a", "-m", "x", "-q", "1"])).ShouldBeDone();
        (await line)!.ShouldContain("told");
        tail.Kill();
        await tail.WaitForExitAsync(deadline.Token);
        (await own.Cli.RunAsync("log", "level", "off")).ShouldBeDone();
        (await own.Cli.RunAsync("log", "level")).Output.ShouldBe("DISABLED\n");
        (await own.Cli.RunAsync("log", "level", "loud")).ExitCode.ShouldBe(2);
    }
}
