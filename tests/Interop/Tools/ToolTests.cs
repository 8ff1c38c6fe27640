using System.Globalization;
using System.Text.Json;
using Fairlead.Interop.Mosquitto;

namespace Fairlead.Interop.Tools;

/// <summary>fairlead pub, sub, rr and bench against a foreign broker, and beside the tools whose option letters they use.</summary>
public sealed class ToolTests(MosquittoBroker broker) : IClassFixture<MosquittoBroker>
{
    public static TheoryData<string, string, int> EveryWay()
    {
        var data = new TheoryData<string, string, int>();
        foreach (string route in new[] { "tcp", "ws", "tls" })
        {
            foreach (string version in new[] { "5", "311", "31" })
                data.Add(route, version, data.Count % 3);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task A_message_goes_round(string route, string version, int qos)
    {
        broker.Need();
        var connection = broker.Connection(route);
        string topic = $"round/{route}/{version}";
        string q = qos.ToString(CultureInfo.InvariantCulture);
        await using var sub = await ToolProcess.SubscribeAsync(connection, "-t", topic, "-q", q, "-C", "2", "-V", version, "-F", "%t %q %p");
        (await ToolProcess.RunAsync("pub", connection, ["-t", topic, "-q", q, "-V", version, "-l"], "ä\n€\n")).ShouldBeDone();
        var outcome = await sub.EndAsync();
        outcome.ShouldBeDone();
        outcome.Output.ShouldBe($"{topic} {q} ä\n{topic} {q} €\n");
    }

    [Fact]
    public async Task Formats_print_what_mosquitto_sub_prints()
    {
        broker.Need();
        await MosquittoTool.PublishAsync(
            broker.Plain,
            ["-t", "format/x", "-m", "{\"t\": 1}", "-r", "-q", "1", "-V", "5", "-D", "publish", "content-type", "text/plain", "-D", "publish", "user-property", "k", "v", "-D", "publish", "user-property", "k", "w", "-D", "publish", "response-topic", "r/t", "-D", "publish", "correlation-data", "abc", "-D", "publish", "payload-format-indicator", "1"]);
        foreach (string format in new[]
        {
            "%t|%p|%l|%q|%r|%m|", "%x|%X|", "%-12t|%12t|%12.3t|%.4t|", "%05l|%5l|%-5l|%05m|%-05l|", "%C|%12C|%R|%-6R|%D|%P|%F|%3F|%03F|%E|%S|%A|",
            "%%|@@|\\\\|\\t|\\n|\\r|\\a|\\v|\\0|\\e|", "@Y-@m-@d @j @u @w @V @U @W @G @y @C @B @b @A @a @e @D @F|",
        })
        {
            byte[] theirs = await MosquittoTool.ReceiveBytesAsync([.. broker.Plain, "-V", "5", "-F", format], "format/x");
            var ours = await ToolProcess.RunAsync("sub", broker.Plain, ["-t", "format/x", "-q", "1", "-C", "1", "-N", "-F", format]);
            ours.ShouldBeDone();
            ours.Output.ShouldBe(System.Text.Encoding.UTF8.GetString(theirs), format);
        }
    }

    [Fact]
    public async Task JSON_has_the_members_of_mosquitto_sub()
    {
        broker.Need();
        await using var theirs = await MosquittoTool.SubscribeAsync(broker.Plain, "-t", "json/x", "-q", "1", "-V", "5");
        await using var ours = await ToolProcess.SubscribeAsync(broker.Plain, "-t", "json/x", "-q", "1", "-C", "1", "--json");
        string[] properties =
        [
            "-D", "publish", "content-type", "text/plain", "-D", "publish", "user-property", "k", "ä", "-D", "publish", "response-topic", "r/t",
            "-D", "publish", "correlation-data", "abc", "-D", "publish", "message-expiry-interval", "60", "-D", "publish", "payload-format-indicator", "1",
        ];
        (await ToolProcess.RunAsync("pub", broker.Plain, ["-t", "json/x", "-m", "a\"b\n", "-q", "1", .. properties])).ShouldBeDone();
        var expected = await theirs.MessageAsync();
        var outcome = await ours.EndAsync();
        outcome.ShouldBeDone();
        var actual = JsonDocument.Parse(outcome.Output).RootElement;
        actual.EnumerateObject().Select(member => member.Name).ShouldBe(expected.EnumerateObject().Select(member => member.Name));
        foreach (var member in expected.EnumerateObject().Where(member => member.Name != "tst"))
            JsonElement.DeepEquals(actual.GetProperty(member.Name), member.Value).ShouldBeTrue($"{member.Name}: {actual} and {expected}");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task A_denied_publish_ends_with_3(string qos)
    {
        broker.Need();
        var outcome = await ToolProcess.RunAsync("pub", broker.Plain, ["-t", "denied/x", "-m", "x", "-q", qos]);
        outcome.ExitCode.ShouldBe(3);
        outcome.Errors.ShouldStartWith("fairlead pub: cannot publish to denied/x\n  why: not authorized (0x87)\n  do:  ");
    }

    [Fact]
    public async Task A_missing_client_certificate_is_told()
    {
        broker.Need();
        string port = broker.TlsPort.ToString(CultureInfo.InvariantCulture);
        var outcome = await ToolProcess.RunAsync("pub", ["-h", "localhost", "-p", port, "--cafile", broker.CaFile], ["-t", "a", "-m", "x"]);
        outcome.ExitCode.ShouldBeOneOf(1, 4);
        outcome.Errors.ShouldContain("client certificate");
    }

    [Fact]
    public async Task A_kept_Session_misses_nothing()
    {
        broker.Need();
        string[] session = ["-t", "kept/#", "-q", "2", "-c", "-i", "keeper"];
        (await ToolProcess.RunAsync("sub", broker.Plain, [.. session, "-E"])).ShouldBeDone();
        for (int qos = 1; qos <= 2; qos++)
            await MosquittoTool.PublishAsync(broker.Plain, ["-t", $"kept/{qos}", "-m", $"m{qos}", "-q", qos.ToString(CultureInfo.InvariantCulture)]);
        var outcome = await ToolProcess.RunAsync("sub", broker.Plain, [.. session, "-C", "2", "-v"]);
        outcome.ShouldBeDone();
        outcome.Output.ShouldBe("kept/1 m1\nkept/2 m2\n");
    }

    [Fact]
    public async Task Retained_messages_are_removed()
    {
        broker.Need();
        foreach (string topic in new[] { "old/a", "old/b", "old/keep" })
            (await ToolProcess.RunAsync("pub", broker.Plain, ["-t", topic, "-m", "x", "-r", "-q", "1"])).ShouldBeDone();
        var removal = await ToolProcess.RunAsync("sub", broker.Plain, ["-t", "old/#", "-T", "old/keep", "--remove-retained", "-F", "%t", "-C", "2"]);
        removal.ShouldBeDone();
        removal.Output.ShouldBe("old/a\nold/b\n");
        var left = await ToolProcess.RunAsync("sub", broker.Plain, ["-t", "old/#", "-F", "%t", "-W", "1"]);
        left.ExitCode.ShouldBe(5);
        left.Output.ShouldBe("old/keep\n");
    }

    [Fact]
    public async Task Rr_gets_the_response_of_a_foreign_server()
    {
        broker.Need();
        await using var server = await MosquittoTool.SubscribeAsync(broker.Plain, "-t", "ask", "-V", "5");
        await using var response = await ToolProcess.SubscribeAsync(broker.Plain, "-t", "never", "-C", "1");
        var asking = ToolProcess.RunAsync("rr", broker.Plain, ["-t", "ask", "-m", "how much?"]);
        var request = await server.MessageAsync();
        var properties = request.GetProperty("properties");
        await MosquittoTool.PublishAsync(
            broker.Plain,
            ["-V", "5", "-t", properties.GetProperty("response-topic").GetString()!, "-m", "42", "-D", "publish", "correlation-data", properties.GetProperty("correlation-data").GetString()!]);
        var outcome = await asking;
        outcome.ShouldBeDone();
        outcome.Output.ShouldBe("42\n");
    }

    [Fact]
    public async Task Bench_counts_every_message()
    {
        broker.Need();
        await using var sub = await ToolProcess.SubscribeAsync(broker.Plain, "-t", "load/#", "-q", "1", "-C", "500", "-F", "%l");
        var outcome = await ToolProcess.RunAsync("bench pub", broker.Plain, ["--count", "500", "-q", "1", "--clients", "3", "--size", "7", "-t", "load/%", "--json"]);
        outcome.ShouldBeDone();
        JsonDocument.Parse(outcome.Output).RootElement.GetProperty("messages").GetInt32().ShouldBe(500);
        (await sub.EndAsync()).Output.ShouldBe(string.Concat(Enumerable.Repeat("7\n", 500)));
    }
}
