using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Fairlead.Verbs;
using Fairlead.Verbs.Environments;
using Fairlead.Verbs.Remote;
using Fairlead.Verbs.Shadows;
using Fairlead.Verbs.Things.Import;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

/// <summary>The verbs that administer a hub: help, wrong command lines, errors of the API, and the small parts they are made of.</summary>
public sealed class ToolVerb_Tests
{
    [Fact]
    public void Every_verb_speaks_JSON_is_quiet_and_waits_as_long_as_wished()
    {
        foreach (var verb in Leaves(Root()))
        {
            var names = verb.Options.Select(static option => option.Name).ToArray();
            foreach (string name in new[] { "--json", "--quiet", "--timeout", "--help" })
                names.ShouldContain(name, verb.Name);
        }
    }

    [Fact]
    public async Task Every_wrong_command_line_is_told_with_exit_code_2()
    {
        string[] lines =
        [
            "thing", "thing make x", "thing create", "thing create x --attr nonsense", "thing create x --days 3", "thing create x --out /dev/null/x --wait --no-wait",
            "thing create .. --out x", "thing create x --out x --csr no-such-file", "thing kit x", "thing set x", "thing rm x", "thing import", "thing import no-such-file.csv",
            "thing ls --limit 0", "thing ls --attr x", "thing ls --json --what", "cert create x", "cert create x --days 0 --out x", "cert attach 3f9a", "cert get zz", "cert get abc",
            "cert revoke 0000000000000000000000000000000000000000000000000000000000000000", "cert register no-such-file", "cert register a --ca b --no-ca", "cert rotate x",
            "ca register x", "ca register x --sni-only --key y", "policy create x", "policy create x no-such-file", "policy test publish a/b", "policy test fly a", "policy rm x",
            "shadow set x", "shadow set x desired.a", "shadow set x a=1", "shadow set x desired.a=1 --file f", "shadow set x desired.a=1 --version -1", "shadow watch x --all --name y",
            "send x", "send x t", "send x t -m a -n", "send x t -m a --confirm --timeout 16", "send x t -m a --property b", "retained ls a/#/b", "log tail --level loud", "log tail -n x",
            "client trace", "key import AKIA --secret-file no-such-file", "key rm x", "env --shell csh", "context add x --url ftp://y", "context add x --data a --token-file b",
            "topic ls a/#/b", "topic ls --sort name", "topic top --count 2", "topic top --for 61", "topic top --sort count", "topic diff a/#/b", "topic diff", "bench send --to a --clients 2",
            "bench send --timeout 16", "bench send --rate 0", "bench shadow --rate 0", "bench shadow --size -1", "bench shadow --count 0",
            "context use", "context add x --data no-such-folder", "thing ls --token-file a --data b", "thing ls --url https://h --cafile no-such-file", "pub --as x -t a -m b -h c", "sub --as no-such-kit -t a",
        ];
        var report = new StringBuilder();
        var others = new List<string>();
        foreach (string line in lines)
        {
            var outcome = await new Cli { Environment = { ["FAIRLEAD_URL"] = "http://127.0.0.1:1" } }.InvokeAsync(line.Split(' '));
            outcome.Output.ShouldBeEmpty(line);
            if (outcome.ExitCode != ExitCode.Usage)
                others.Add($"{line}: {outcome.ExitCode}");
            report.Append("$ fairlead ").Append(line).Append('\n').Append(outcome.Error).Append('\n');
        }

        others.ShouldBeEmpty();
        report.ToString().ShouldBeGolden("usage-errors-tools");
    }

    [Theory]
    [InlineData(400, "InvalidRequestException", "thingName is too long", 1)]
    [InlineData(400, "MalformedPolicyException", "Effect is missing at line 3", 1)]
    [InlineData(403, "AccessDeniedException", "AKIA1 may not iot:CreateThing on *", 3)]
    [InlineData(403, "MissingAuthenticationTokenException", "the request is not signed", 3)]
    [InlineData(403, "tls_needed", "the API is served over TLS", 3)]
    [InlineData(404, "ResourceNotFoundException", "there is no thing x", 4)]
    [InlineData(404, null, null, 4)]
    [InlineData(406, "CertificateStateException", "Certificate must be deactivated", 1)]
    [InlineData(409, "ResourceAlreadyExistsException", "the thing x exists", 1)]
    [InlineData(409, "VersionConflictException", "the version is 3", 1)]
    [InlineData(409, "DeleteConflictException", "Things must be detached before deletion", 1)]
    [InlineData(409, "VersionsLimitExceededException", "five versions", 1)]
    [InlineData(410, "LimitExceededException", "10 policies", 1)]
    [InlineData(413, "RequestEntityTooLargeException", "too large", 1)]
    [InlineData(429, "ThrottlingException", "slow down", 4)]
    [InlineData(500, "InternalFailureException", "the hub failed: see its log", 1)]
    [InlineData(503, "ServiceUnavailableException", "the store cannot write", 4)]
    [InlineData(504, "GatewayTimeoutException", "no PUBACK", 5)]
    public async Task Every_error_of_the_API_has_three_lines_and_an_exit_code(int status, string? code, string? message, int exitCode)
    {
        string body = message is null ? "" : JsonSerializer.Serialize(new Dictionary<string, string> { ["message"] = message });
        using var server = new OneAnswer(status, code, body);
        var outcome = await Cli.RunAsync("thing", "get", "x", "--url", server.Url);
        outcome.ExitCode.ShouldBe(exitCode);
        outcome.Error.ShouldBeGolden($"api-error-{status}-{code ?? "none"}");
    }

    [Theory]
    [InlineData("a,b\r\n1,2\n", "a|b", "1|2")]
    [InlineData("a\n\n\"x,\"\"y\"\"\nz\"\n", "a", "x,\"y\"\nz")]
    [InlineData("a,b\n,\n1,", "a|b", "|", "1|")]
    public void CSV_is_read_as_RFC_4180_has_it(string text, params string[] records)
    {
        var reader = new CsvReader(new StringReader(text));
        var read = new List<string>();
        while (reader.Read() is { } cells)
            read.Add(string.Join('|', cells));
        read.ShouldBe(records);
    }

    [Fact]
    public void A_profile_is_changed_and_nothing_else()
    {
        string[] before = ["# mine", "[default]", "region = a", "s3 =", "  endpoint_url = b", "", "[profile x]", "region=old", "mfa = keep", "", "[profile y]", "region = z"];
        IniFile.Change(before, "profile x", [("region", "new"), ("endpoint_url", "http://e"), ("mfa", null)]).ShouldBe(
            ["# mine", "[default]", "region = a", "s3 =", "  endpoint_url = b", "", "[profile x]", "region = new", "endpoint_url = http://e", "", "[profile y]", "region = z"]);
        IniFile.Change(before, "profile n", [("region", "r")]).TakeLast(3).ShouldBe(["", "[profile n]", "region = r"]);
        IniFile.Change([], "n", [("a", "b")]).ShouldBe(["[n]", "a = b"]);
    }

    [Fact]
    public void Paths_into_a_shadow_become_a_document()
    {
        ShadowPath.ToState(["desired.a.b=1.50", "desired.a.c=[1,2]", "reported.on=true", "desired.t=hello", "desired.x\\.y=null"]).ToJsonString().ShouldBe(
            """{"desired":{"a":{"b":1.50,"c":[1,2]},"t":"hello","x.y":null},"reported":{"on":true}}""");
        Should.Throw<VerbException>(() => ShadowPath.ToState(["desired.a=1", "desired.a.b=2"])).Why.ShouldBe("a has a value already and cannot have members too");
        using var document = JsonDocument.Parse("""{"a":{"b.c":{"d":1}},"e":[]}""");
        ShadowPath.Flatten(document.RootElement).Select(static entry => entry.Path).ShouldBe([@"a.b\.c.d", "e"]);
        ShadowPath.Find(document.RootElement, @"a.b\.c.d")!.Value.GetRawText().ShouldBe("1");
    }

    [Fact]
    public void A_curl_command_can_be_pasted_and_keeps_the_token_to_itself()
    {
        var curl = new CurlLine(new HubAddress(new Uri("https://hub:8443/"), "secret", "/ca file.pem"));
        string line = curl.Of(HubRequest.Post("/things/a%2Fb?x=1&y=2", new() { ["q"] = "it's" }) with { Headers = [("x-amzn-principal", "arn:aws:iot:r:1:cert/1")] });
        line.ShouldBe(
            """curl -X POST --cacert '/ca file.pem' -H "Authorization: Bearer $FAIRLEAD_TOKEN" -H 'x-amzn-principal: arn:aws:iot:r:1:cert/1' -H 'Content-Type: application/json' --data-binary '{"q":"it\u0027s"}' -g 'https://hub:8443/things/a%2Fb?x=1&y=2'""");
        line.ShouldNotContain("secret");
    }

    private static RootCommand Root()
    {
        var root = new RootCommand("test");
        ClientVerbs.AddTo(root, new Terminal { Output = Stream.Null, Error = TextWriter.Null, Input = Stream.Null, Environment = static _ => null });
        return root;
    }

    private static IEnumerable<Command> Leaves(Command command) => command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);

    /// <summary>An HTTP server that answers once.</summary>
    private sealed class OneAnswer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public OneAnswer(int status, string? code, string body)
        {
            _listener.Start();
            _ = ServeAsync($"HTTP/1.1 {status} X\r\n{(code is null ? "" : $"x-amzn-ErrorType: {code}\r\n")}Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        }

        public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync(string answer)
        {
            using var peer = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            byte[] bytes = new byte[8192];
            _ = await peer.GetStream().ReadAtLeastAsync(bytes, 1, cancellationToken: TestContext.Current.CancellationToken);
            await peer.GetStream().WriteAsync(Encoding.UTF8.GetBytes(answer), TestContext.Current.CancellationToken);
        }
    }
}
