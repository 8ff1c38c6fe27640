using System.Text;
using Fairlead.Verbs;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

/// <summary>What scripts rely on: output, error lines and exit codes of pub, sub and rr.</summary>
public sealed class Verb_Tests
{
    [Fact]
    public async Task Every_wrong_command_line_is_told_with_exit_code_2()
    {
        string[] lines =
        [
            "pub", "pub -t a", "pub -t a -m x -n", "pub -t a/+ -m x", "pub -t a -m x -q 3", "pub -t a -m x -V 4", "pub -t a -m x -p 70000",
            "pub -t a -m x -c", "pub -t a -m x -i a -I b", "pub -t a -m x -P secret -V 311", "pub -t a -m x -x soon", "pub -t a -m x -k 70000",
            "pub -t a -m x -L mqtt://h/b", "pub -m x -L mqtt://h/b -h other", "pub -m x -L http://h/b", "pub -t a -f no-such-file",
            "pub -t a -m x -D publish", "pub -t a -m x -D publish colour red", "pub -t a -m x -D publish message-expiry-interval soon",
            "pub -t a -m x -D connect receive-maximum 0", "pub -t a -m x --will-payload x", "pub -t a -l --repeat 2",
            "pub -t a -m x --timeout 0", "pub -t a -m x --key k.pem -L mqtts://h",
            "sub", "sub -t a/#/b", "sub -t a -C 0", "sub -t a -F %Z", "sub -t a -F %", "sub -t a -F \\q", "sub -t a -F @E", "sub -t a -F %t --json",
            "sub -t a -R --retained-only", "sub -t a --cafile x --tls-use-os-certs", "rr -m x", "rr -t a",
            "client ls --url ftp://x", "client ls --data no-such-folder", "bench pub --size -1", "bench conn --count 0", "check --what",
        ];
        var report = new StringBuilder();
        foreach (string line in lines)
        {
            var outcome = await Cli.RunAsync(line.Split(' '));
            outcome.ExitCode.ShouldBe(ExitCode.Usage, line);
            outcome.Output.ShouldBeEmpty();
            report.Append("$ fairlead ").Append(line).Append('\n').Append(outcome.Error).Append('\n');
        }

        report.ToString().ShouldBeGolden("usage-errors");
    }

    [Fact]
    public async Task Pub_is_silent_and_done()
    {
        await using var server = new LoopbackServer();
        (await Cli.RunAsync("pub", "-h", "127.0.0.1", "-p", server.Port, "-t", "a", "-m", "@x", "-q", "2")).ShouldBe(new Cli.Outcome(0, "", ""));
        server.Packets[1].ShouldBe("34080001610001004078");
        server.Packets[^1].ShouldBe("E000");
    }

    [Fact]
    public async Task Pub_sends_each_line_and_tells_as_JSON()
    {
        await using var server = new LoopbackServer();
        var cli = new Cli { Input = "one\r\ntwo\n\nlast"u8.ToArray() };
        var outcome = await cli.InvokeAsync("pub", "-L", $"mqtt://127.0.0.1:{server.Port}/a/b", "-l", "-q", "1", "--json");
        outcome.ExitCode.ShouldBe(0);
        outcome.Output.ShouldBe(
            """
            {"topic":"a/b","qos":1,"retain":false,"payloadlen":3,"mid":1,"reasonCode":0}
            {"topic":"a/b","qos":1,"retain":false,"payloadlen":3,"mid":2,"reasonCode":0}
            {"topic":"a/b","qos":1,"retain":false,"payloadlen":0,"mid":3,"reasonCode":0}
            {"topic":"a/b","qos":1,"retain":false,"payloadlen":4,"mid":4,"reasonCode":0}

            """);
    }

    [Theory]
    [InlineData("87", 3, "not authorized (0x87)")]
    [InlineData("86", 3, "user name or password is wrong (0x86)")]
    [InlineData("88", 4, "the server is not available (0x88)")]
    [InlineData("97", 1, "a limit of the server is exceeded (0x97)")]
    public async Task A_refused_connect_is_never_done(string code, int exitCode, string why)
    {
        await using var server = new LoopbackServer(new() { [1] = _ => $"20 03 00 {code} 00" });
        var outcome = await Cli.RunAsync("pub", "-h", "127.0.0.1", "-p", server.Port, "-t", "a", "-m", "x");
        outcome.ExitCode.ShouldBe(exitCode);
        outcome.Error.ShouldStartWith($"fairlead pub: cannot connect to mqtt://127.0.0.1:{server.Port}\n  why: {why}\n  do:  ");
    }

    [Fact]
    public async Task A_refused_publish_is_never_done()
    {
        await using var server = new LoopbackServer(new() { [3] = packet => $"40 0B {LoopbackServer.Id(packet)} 87 07 1F 0004 6E6F7065" });
        string[] arguments = ["pub", "-h", "127.0.0.1", "-p", server.Port, "-t", "a", "-m", "x", "-q", "1"];
        (await Cli.RunAsync(arguments)).ShouldBe(new Cli.Outcome(
            3,
            "",
            """
            fairlead pub: cannot publish to a
              why: not authorized (0x87): nope
              do:  Ask for the right, or connect with another user, certificate or Client Identifier

            """));
        (await Cli.RunAsync([.. arguments, "--quiet"])).ShouldBe(new Cli.Outcome(3, "", ""));
        (await Cli.RunAsync([.. arguments, "--json"])).Error.ShouldBe(
            """
            {"error":"cannot publish to a","why":"not authorized (0x87): nope","do":"Ask for the right, or connect with another user, certificate or Client Identifier","reasonCode":135,"exitCode":3}

            """);
    }

    [Fact]
    public async Task A_QoS_0_publish_for_which_the_server_closes_is_never_done()
    {
        await using var server = new LoopbackServer(new() { [3] = _ => "E0 02 87 00", [14] = _ => null });
        var outcome = await Cli.RunAsync("pub", "-h", "127.0.0.1", "-p", server.Port, "-t", "a", "-m", "x");
        outcome.ExitCode.ShouldBe(ExitCode.Denied);
        outcome.Error.ShouldContain("not authorized (0x87)");
    }

    [Fact]
    public async Task A_publish_that_is_not_acknowledged_ends_with_5()
    {
        await using var server = new LoopbackServer(new() { [3] = _ => "" });
        var outcome = await Cli.RunAsync("pub", "-h", "127.0.0.1", "-p", server.Port, "-t", "a", "-m", "x", "-q", "1", "--timeout", "0.2");
        outcome.ExitCode.ShouldBe(ExitCode.Timeout);
        outcome.Error.ShouldContain("the server did not acknowledge the message within 0.2 s; it may have it all the same");
    }

    [Fact]
    public async Task Nobody_there_ends_with_4()
    {
        string port;
        await using (var server = new LoopbackServer())
            port = server.Port;
        (await Cli.RunAsync("pub", "-h", "127.0.0.1", "-p", port, "-t", "a", "-m", "x")).ExitCode.ShouldBe(ExitCode.NotFound);
        (await Cli.RunAsync("sub", "-h", "127.0.0.1", "-p", port, "-t", "a")).ExitCode.ShouldBe(ExitCode.NotFound);
        (await Cli.RunAsync("rr", "-h", "127.0.0.1", "-p", port, "-t", "a", "-n")).ExitCode.ShouldBe(ExitCode.NotFound);
        (await Cli.RunAsync("check", "--url", $"http://127.0.0.1:{port}")).ExitCode.ShouldBe(ExitCode.NotFound);
        (await Cli.RunAsync("client", "ls", "--url", $"http://127.0.0.1:{port}")).ExitCode.ShouldBe(ExitCode.NotFound);
        var bench = await Cli.RunAsync("bench", "conn", "-h", "127.0.0.1", "-p", port, "--count", "3");
        bench.ExitCode.ShouldBe(ExitCode.NotFound);
        bench.Output.ShouldStartWith("0 connections, 3 failed, ");
        bench.Error.ShouldStartWith("fairlead bench conn: 3 connections failed, the first: cannot connect to ");
    }

    [Fact]
    public async Task Sub_prints_until_its_count()
    {
        await using var server = Sending("30 04 0001 61 00 30 06 0003 612F62 00 30 05 0001 63 00 78");
        var outcome = await Cli.RunAsync("sub", "-h", "127.0.0.1", "-p", server.Port, "-t", "#", "-v", "-C", "3");
        outcome.ShouldBe(new Cli.Outcome(0, "a \na/b \nc x\n", ""));
    }

    [Fact]
    public async Task Sub_acknowledges_what_it_printed_also_the_last()
    {
        await using var server = Sending("32 07 0001 61 0001 00 78 32 07 0001 61 0002 00 79");
        var outcome = await Cli.RunAsync("sub", "-h", "127.0.0.1", "-p", server.Port, "-t", "#", "-q", "1", "-C", "2", "-N");
        outcome.ShouldBe(new Cli.Outcome(0, "xy", ""));
        server.Packets.ShouldContain("40020001");
        server.Packets.ShouldContain("40020002");
    }

    [Fact]
    public async Task Sub_leaves_out_what_is_not_wanted()
    {
        await using var server = Sending("31 04 0001 61 00 30 06 0003 622F63 00 30 04 0001 64 00");
        var outcome = await Cli.RunAsync("sub", "-h", "127.0.0.1", "-p", server.Port, "-t", "#", "-R", "-T", "b/#", "-F", "%t", "-C", "1");
        outcome.ShouldBe(new Cli.Outcome(0, "d\n", ""));
    }

    [Fact]
    public async Task Sub_removes_retained_messages_and_stops_at_the_first_other_one()
    {
        await using var server = Sending("31 05 0001 61 00 78 31 05 0001 62 00 78 30 04 0001 63 00");
        var outcome = await Cli.RunAsync(
            "sub", "-h", "127.0.0.1", "-p", server.Port, "-t", "#", "-T", "b", "--remove-retained", "--retained-only", "-F", "%t");
        outcome.ShouldBe(new Cli.Outcome(0, "a\n", ""));
        server.Packets.Where(packet => packet.StartsWith('3')).ShouldBe(["3306000161000200"]);
    }

    [Fact]
    public async Task Sub_ends_with_5_when_the_time_is_over()
    {
        await using var server = Sending("30 04 0001 61 00");
        var outcome = await Cli.RunAsync("sub", "-h", "127.0.0.1", "-p", server.Port, "-t", "#", "-v", "-C", "2", "-W", "0.3");
        outcome.ShouldBe(new Cli.Outcome(
            5,
            "a \n",
            """
            fairlead sub: stopped waiting
              why: 1 of 2 messages came in 0.3 s
              do:  Wait longer with -W, or check the topic

            """));
    }

    [Fact]
    public async Task A_refused_subscription_is_never_done()
    {
        await using var server = new LoopbackServer(new() { [8] = packet => $"90 04 {Convert.ToHexString(packet, 2, 2)} 00 87" });
        var outcome = await Cli.RunAsync("sub", "-h", "127.0.0.1", "-p", server.Port, "-t", "a/#");
        outcome.ExitCode.ShouldBe(ExitCode.Denied);
        outcome.Error.ShouldStartWith("fairlead sub: cannot subscribe to a/#\n  why: not authorized (0x87)\n");
    }

    [Fact]
    public async Task Sub_can_just_make_its_subscriptions_or_end_them()
    {
        await using var server = new LoopbackServer();
        (await Cli.RunAsync("sub", "-h", "127.0.0.1", "-p", server.Port, "-t", "a", "-c", "-i", "me", "-E")).ShouldBe(new Cli.Outcome(0, "", ""));
        (await Cli.RunAsync("sub", "-h", "127.0.0.1", "-p", server.Port, "-U", "a", "-c", "-i", "me", "-E")).ShouldBe(new Cli.Outcome(0, "", ""));
        server.Packets.ShouldContain("A20600010000" + "0161");
    }

    [Fact]
    public async Task Rr_prints_the_response_with_its_own_Correlation_Data()
    {
        string? correlation = null;
        await using var server = new LoopbackServer(new()
        {
            [3] = packet =>
            {
                string text = Encoding.Latin1.GetString(packet);
                correlation = text[(text.IndexOf('\t', StringComparison.Ordinal) + 3)..][..32];
                string mine = $"09 0020 {Convert.ToHexString(Encoding.ASCII.GetBytes(correlation))}";
                return $"30 0A 0001 72 04 09 0001 78 6E6F 30 2A 0001 72 23 {mine} 796573";
            },
        });
        var outcome = await Cli.RunAsync("rr", "-h", "127.0.0.1", "-p", server.Port, "-t", "q", "-e", "r", "-m", "hi");
        outcome.ShouldBe(new Cli.Outcome(0, "yes\n", ""));
        correlation!.Length.ShouldBe(32);
    }

    [Fact]
    public async Task Rr_without_a_response_ends_with_5()
    {
        await using var server = new LoopbackServer();
        var outcome = await Cli.RunAsync("rr", "-h", "127.0.0.1", "-p", server.Port, "-t", "q", "-e", "r", "-n", "-W", "0.2");
        outcome.ExitCode.ShouldBe(ExitCode.Timeout);
        outcome.Error.ShouldContain("no response came on r within 0.2 s");
    }

    [Fact]
    public async Task Bench_always_ends_with_a_summary()
    {
        await using var server = new LoopbackServer();
        var pub = await Cli.RunAsync("bench", "pub", "-h", "127.0.0.1", "-p", server.Port, "--count", "50", "-q", "1", "--size", "3", "--json");
        pub.ExitCode.ShouldBe(0);
        pub.Output.ShouldStartWith("""{"bench":"pub","messages":50,"failed":0,"bytes":150,"seconds":""");
        pub.Output.ShouldContain("\"p99Ms\":");
        var forATime = await Cli.RunAsync("bench", "pub", "-h", "127.0.0.1", "-p", server.Port, "--for", "0.2", "-q", "1", "--json");
        forATime.ExitCode.ShouldBe(0);
        System.Text.Json.JsonDocument.Parse(forATime.Output).RootElement.GetProperty("seconds").GetDouble().ShouldBeGreaterThan(0);
        await using var sending = Sending("30 04 0001 61 00 30 05 0001 61 00 78");
        var sub = await Cli.RunAsync("bench", "sub", "-h", "127.0.0.1", "-p", sending.Port, "--count", "2", "--quiet");
        sub.ExitCode.ShouldBe(0);
        sub.Output.ShouldStartWith("2 messages, 0 failed, ");
        await using var silent = new LoopbackServer();
        var timed = await Cli.RunAsync("bench", "sub", "-h", "127.0.0.1", "-p", silent.Port, "--for", "0.2", "--quiet");
        timed.ExitCode.ShouldBe(0);
        timed.Output.ShouldStartWith("0 messages, 0 failed, ");
    }

    /// <summary>Sends messages right behind SUBACK.</summary>
    private static LoopbackServer Sending(string messages) =>
        new(new() { [8] = packet => $"90 04 {Convert.ToHexString(packet, 2, 2)} 00 00 {messages}", [4] = _ => "" });
}
