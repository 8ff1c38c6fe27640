using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary>Exit codes 0 to 5 and the three lines of an error, of the built program against a hub that is there, is not, or is another one.</summary>
public sealed class OutcomeTests(CliHub hub) : IClassFixture<CliHub>
{
    [Fact]
    public async Task Each_way_to_end_has_its_exit_code()
    {
        (await hub.Cli.RunAsync("thing", "ls")).ExitCode.ShouldBe(0);
        (await hub.Cli.RunAsync("thing", "create", "a b")).ExitCode.ShouldBe(1);
        (await hub.Cli.RunAsync("thing", "ls", "--what")).ExitCode.ShouldBe(2);
        (await hub.Cli.RunInAsync(new Dictionary<string, string> { ["FAIRLEAD_TOKEN"] = "wrong" }, "thing", "ls")).ExitCode.ShouldBe(3);
        (await hub.Cli.RunAsync("thing", "get", "no-such-thing")).ExitCode.ShouldBe(4);
        (await hub.Cli.RunAsync("shadow", "watch", "x", "-C", "1", "--timeout", "0.5")).ExitCode.ShouldBe(5);
    }

    [Fact]
    public async Task A_wrong_token_is_told()
    {
        var outcome = await hub.Cli.RunInAsync(new Dictionary<string, string> { ["FAIRLEAD_TOKEN"] = "wrong" }, "thing", "create", "x");
        outcome.Errors.ShouldStartWith("fairlead thing create: cannot make the thing x\n  why: ");
        outcome.Errors.ShouldContain("\n  do:  Give the ");
        var json = await hub.Cli.RunInAsync(new Dictionary<string, string> { ["FAIRLEAD_TOKEN"] = "wrong" }, "thing", "ls", "--json");
        JsonDocument.Parse(json.Errors).RootElement.GetProperty("exitCode").GetInt32().ShouldBe(3);
        (await hub.Cli.RunInAsync(new Dictionary<string, string> { ["FAIRLEAD_TOKEN"] = "wrong" }, "thing", "ls", "--quiet")).ShouldBe(new ToolOutcome(3, "", ""));
    }

    [Fact]
    public async Task A_hub_that_is_down_is_told()
    {
        int port = FreePort.Take();
        var outcome = await hub.Cli.RunAsync("thing", "ls", "--url", $"http://127.0.0.1:{port}");
        outcome.ShouldBe(new ToolOutcome(
            4, "",
            $"fairlead thing ls: cannot reach the hub at http://127.0.0.1:{port}/\n  why: nothing answers on port {port} there\n  do:  Start one with fairlead dev (or fairlead hub --listen http://127.0.0.1:8080), or name its address with --url or FAIRLEAD_URL\n"));
        (await hub.Cli.RunAsync("thing", "ls", "--url", "http://no-such-name.invalid")).ExitCode.ShouldBe(4);
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_or_is_for_another_name_is_told()
    {
        var untrusted = await hub.Cli.RunAsync("thing", "ls", "--url", hub.Https);
        untrusted.ExitCode.ShouldBe(1);
        untrusted.Errors.ShouldContain("  why: the server's certificate is signed by ");
        untrusted.Errors.ShouldContain(", which is not trusted\n  do:  Trust the hub's authority with --cafile FILE");
        (await hub.Cli.RunAsync("thing", "ls", "--url", hub.Https, "--cafile", hub.Ca)).ShouldBeDone();
        (await hub.Cli.RunInAsync(new Dictionary<string, string> { ["FAIRLEAD_CAFILE"] = hub.Ca, ["FAIRLEAD_URL"] = hub.Https }, "thing", "ls")).ShouldBeDone();
        var missing = await hub.Cli.RunAsync("thing", "ls", "--url", hub.Https, "--cafile", "no-such.pem");
        missing.ExitCode.ShouldBe(2);
        missing.Errors.ShouldContain("why: the file does not exist\n");
        var wrongPort = await hub.Cli.RunAsync("thing", "ls", "--url", hub.Hub.Http.ToString().Replace("http:", "https:", StringComparison.Ordinal), "--cafile", hub.Ca);
        wrongPort.ExitCode.ShouldBeOneOf(1, 4);
    }

    [Fact]
    public async Task A_request_is_shown_as_a_curl_command_that_works_and_hides_the_token()
    {
        var outcome = await hub.Cli.RunAsync("thing", "create", "by-curl", "--attr", "quote=it's", "--curl");
        outcome.ExitCode.ShouldBeOneOf(0, 1);
        var shown = await hub.Cli.RunAsync("key", "ls", "--curl", "--json");
        shown.ShouldBeDone();
        string line = shown.Errors.Split('\n')[0];
        line.ShouldBe($"curl -H \"Authorization: Bearer $FAIRLEAD_TOKEN\" -g '{hub.Hub.Http}v1/keys?maxResults=250'");
        var ran = await hub.Cli.RunProgramAsync("bash", null, "-c", line.Replace("curl", "curl -s", StringComparison.Ordinal));
        ran.ShouldBeDone();
        ran.Output.ShouldContain("\"keys\":");
    }

    [Fact]
    public async Task Help_is_given_by_every_noun_and_verb()
    {
        var root = await HubProcess.RunAsync(["--help"]);
        root.ExitCode.ShouldBe(0);
        foreach (string noun in new[] { "thing", "cert", "ca", "policy", "key", "iothub", "shadow", "send", "retained", "client", "log", "context", "env" })
        {
            root.Output.ShouldContain($"\n  {noun} ");
            (await HubProcess.RunAsync([noun, "--help"])).ExitCode.ShouldBe(0, noun);
        }
    }
}
