using System.Net;
using System.Net.Sockets;
using System.Text;
using Fairlead.Verbs;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

/// <summary>client ls, get and kick, and check, against an HTTP server of a few lines.</summary>
public sealed class Remote_Tests : IDisposable
{
    private const string Lamp =
        """{"clientId":"lamp\t1","principal":"anonymous","version":"5","connected":true,"listener":"mqtt://127.0.0.1:1883","since":"2030-01-02T03:04:05.678+00:00","subscriptions":2,"queued":0,"inflight":1}""";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<string> _requests = [];

    public Remote_Tests() => _listener.Start();

    private string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Ls_prints_all_pages_as_a_table()
    {
        var serving = ServeAsync((200, $$"""{"clients":[{{Lamp}}],"next":"a b"}"""), (200, $$"""{"clients":[{{Lamp}}]}"""));
        var cli = new Cli();
        cli.Environment["FAIRLEAD_URL"] = Url;
        cli.Environment["FAIRLEAD_TOKEN"] = "secret";
        var outcome = await cli.InvokeAsync("client", "ls", "--prefix", "la+m");
        await serving;
        outcome.ExitCode.ShouldBe(0);
        outcome.Output.ShouldBe(
            "clientId\tconnected\tprincipal\tversion\tlistener\tremoteAddress\tsince\tsubscriptions\tqueued\tinflight\n"
            + string.Concat(Enumerable.Repeat("lamp\\u00091\tyes\tanonymous\t5\tmqtt://127.0.0.1:1883\t-\t2030-01-02T03:04:05Z\t2\t0\t1\n", 2)));
        _requests[0].ShouldStartWith("GET /v1/clients?prefix=la%2Bm&limit=1000 HTTP/1.1\r\n");
        _requests[0].ShouldContain("Authorization: Bearer secret\r\n");
        _requests[1].ShouldStartWith("GET /v1/clients?prefix=la%2Bm&limit=1000&after=a%20b HTTP/1.1\r\n");
    }

    [Fact]
    public async Task Ls_as_JSON_is_one_object_a_line()
    {
        var serving = ServeAsync((200, $$"""{"clients":[{{Lamp}},{{Lamp}}]}"""));
        var outcome = await Cli.RunAsync("client", "ls", "--json", "--url", Url);
        await serving;
        outcome.Output.ShouldBe(Lamp + "\n" + Lamp + "\n");
    }

    [Theory]
    [InlineData("a/b c", "a%2Fb%20c")]
    [InlineData("..", "%2E%2E")]
    [InlineData("ä%2F", "%C3%A4%252F")]
    public async Task Get_asks_for_exactly_that_client(string id, string path)
    {
        var serving = ServeAsync((200, Lamp));
        var outcome = await Cli.RunAsync("client", "get", id, "--url", Url);
        await serving;
        _requests[0].ShouldStartWith($"GET /v1/clients/{path} HTTP/1.1\r\n");
        outcome.Output.ShouldStartWith("clientId:        lamp\\u00091\nprincipal:       anonymous\n");
    }

    [Fact]
    public async Task Kick_tells_that_it_is_done()
    {
        var serving = ServeAsync((204, ""), (204, ""));
        (await Cli.RunAsync("client", "kick", "a\"b", "--url", Url)).ShouldBe(new Cli.Outcome(0, "", "disconnected a\"b\n"));
        (await Cli.RunAsync("client", "kick", "a", "--url", Url, "--json")).Output.ShouldBe("{\"clientId\":\"a\",\"disconnected\":true}\n");
        await serving;
        _requests[0].ShouldStartWith("DELETE /v1/clients/a%22b HTTP/1.1\r\n");
    }

    [Theory]
    [InlineData(401, "{}", 3, "the hub refuses the token (HTTP 401)")]
    [InlineData(404, """{"code":"not_found","message":"no client x is known"}""", 4, "no client x is known (not_found)")]
    [InlineData(500, "oops", 1, "the hub answered HTTP 500")]
    [InlineData(200, "<html>", 1, "the answer is not that of a Fairlead hub")]
    public async Task Failures_of_the_hub_are_told(int status, string body, int exitCode, string why)
    {
        var serving = ServeAsync((status, body));
        var outcome = await Cli.RunAsync("client", "get", "x", "--url", Url);
        await serving;
        outcome.ExitCode.ShouldBe(exitCode);
        outcome.Error.ShouldStartWith($"fairlead client get: cannot show the client x\n  why: {why}\n  do:  ");
    }

    [Fact]
    public async Task The_token_of_a_data_directory_is_used()
    {
        string folder = Directory.CreateTempSubdirectory("fairlead-client-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "admin.token"), "0123456789abcdef\n", TestContext.Current.CancellationToken);
            var serving = ServeAsync((200, Lamp));
            await Cli.RunAsync("client", "get", "x", "--url", Url, "--data", folder);
            await serving;
            _requests[0].ShouldContain("Authorization: Bearer 0123456789abcdef\r\n");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Check_is_readiness_as_an_exit_code()
    {
        var serving = ServeAsync((200, """{"status":"ok"}"""), (503, """{"status":"unavailable","reason":"starting"}"""), (200, "{}"));
        (await Cli.RunAsync("check", "--url", Url)).ShouldBe(new Cli.Outcome(0, "ready\n", ""));
        (await Cli.RunAsync("check", "--url", Url)).ShouldBe(new Cli.Outcome(
            1, "", $"fairlead check: the hub at {Url}/ is not ready\n  why: starting\n  do:  Look into the hub's log\n"));
        (await Cli.RunAsync("check", "--url", Url, "--json")).Output.ShouldBe("{\"ready\":true,\"status\":200}\n");
        await serving;
        _requests[0].ShouldStartWith("GET /healthz/ready HTTP/1.1\r\n");
    }

    [Fact]
    public async Task A_hub_that_does_not_answer_ends_with_5()
    {
        var outcome = await Cli.RunAsync("check", "--url", Url, "--timeout", "0.2");
        outcome.ExitCode.ShouldBe(ExitCode.Timeout);
        outcome.Error.ShouldContain("why: nothing came within 0.2 s\n");
    }

    private async Task ServeAsync(params (int Status, string Body)[] answers)
    {
        int next = 0;
        while (next < answers.Length)
        {
            using var peer = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            byte[] bytes = new byte[8192];
            int read;
            while (next < answers.Length && (read = await peer.GetStream().ReadAsync(bytes, TestContext.Current.CancellationToken)) > 0)
            {
                _requests.Add(Encoding.ASCII.GetString(bytes, 0, read));
                var (status, body) = answers[next++];
                string answer = $"HTTP/1.1 {status} X\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
                await peer.GetStream().WriteAsync(Encoding.UTF8.GetBytes(answer), TestContext.Current.CancellationToken);
            }
        }
    }
}
