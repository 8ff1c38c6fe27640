using System.Net;
using System.Net.Sockets;
using System.Text;
using Fairlead.Shared;
using Fairlead.Verbs;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

/// <summary>The errors that people meet first, one for each exit code and more, word for word: what, why, what to do.</summary>
public sealed class Error_Tests
{
    /// <summary>Name of the file, exit code, command line. PORT is where the server of the test listens, NOBODY a port where nobody does.</summary>
    public static TheoryData<string, int, string> Lines => new()
    {
        { "done", ExitCode.Done, "pub -h 127.0.0.1 -p MQTT -t a -m x" },
        { "unknown-noun", ExitCode.Usage, "thign ls" },
        { "unknown-verb", ExitCode.Usage, "thing creat lamp1" },
        { "unknown-option", ExitCode.Usage, "thing ls --prefx lamp" },
        { "unknown-option-iothub", ExitCode.Usage, "iothub device ls --limt 3" },
        { "missing-argument", ExitCode.Usage, "thing create" },
        { "missing-file", ExitCode.Usage, "pub -t a -f no-such-file" },
        { "missing-policy-file", ExitCode.Usage, "policy create lamps no-such-file.json" },
        { "missing-kit", ExitCode.Usage, "sub --as no-such-kit -t a" },
        { "unreachable-hub", ExitCode.NotFound, "thing ls --url http://127.0.0.1:NOBODY" },
        { "unreachable-hub-iothub", ExitCode.NotFound, "iothub device ls --url http://127.0.0.1:NOBODY" },
        { "unreachable-broker", ExitCode.NotFound, "pub -h 127.0.0.1 -p NOBODY -t a -m x" },
        { "token-refused", ExitCode.Denied, "thing ls --url http://127.0.0.1:401" },
        { "denied", ExitCode.Denied, "thing create lamp1 --url http://127.0.0.1:403" },
        { "not-found", ExitCode.NotFound, "thing get lamp9 --url http://127.0.0.1:404" },
        { "conflict", ExitCode.Failed, "thing create lamp1 --url http://127.0.0.1:409" },
        { "timeout", ExitCode.Timeout, "thing ls --timeout 0.1 --url http://127.0.0.1:SILENT" },
        { "timeout-publish", ExitCode.Timeout, "pub -h 127.0.0.1 -p MUTE -t a -m x -q 1 --timeout 0.1" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Errors_are_told_in_these_words(string name, int exitCode, string line)
    {
        await using var broker = new LoopbackServer();
        await using var mute = new LoopbackServer(new() { [3] = _ => "" });
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        string nobody = FreePort.Take().ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var server = Answering(line);
        string[] arguments = line.Replace("MQTT", broker.Port, StringComparison.Ordinal).Replace("MUTE", mute.Port, StringComparison.Ordinal)
            .Replace("SILENT", PortOf(silent), StringComparison.Ordinal).Replace("NOBODY", nobody, StringComparison.Ordinal).Split(' ');
        if (server is not null) arguments[^1] = $"http://127.0.0.1:{PortOf(server)}";
        var outcome = await Cli.RunAsync(arguments);
        outcome.ExitCode.ShouldBe(exitCode, outcome.Error);
        outcome.Output.ShouldBeEmpty();
        string error = outcome.Error;
        foreach (string port in new[] { broker.Port, mute.Port, PortOf(silent), nobody, server is null ? "" : PortOf(server) }.Where(static port => port.Length > 0))
            error = error.Replace(port, "PORT", StringComparison.Ordinal);
        $"$ fairlead {line}\n{error}exit code {outcome.ExitCode}\n".ShouldBeGolden($"error-{name}");
    }

    private static string PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

    // A server that answers once, as a hub would with that status.
    private static TcpListener? Answering(string line)
    {
        var (status, type, message) = line[(line.LastIndexOf(':') + 1)..] switch
        {
            "401" => (401, "", "the token is wrong"),
            "403" => (403, "AccessDeniedException", "AKIA1 may not iot:CreateThing on thing/lamp1"),
            "404" => (404, "ResourceNotFoundException", "there is no thing lamp9"),
            "409" => (409, "ResourceAlreadyExistsException", "the thing lamp1 exists with other attributes"),
            _ => (0, "", ""),
        };
        if (status == 0) return null;
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string body = $$"""{"message":"{{message}}"}""";
        string head = type.Length > 0 ? $"x-amzn-ErrorType: {type}\r\n" : "";
        _ = AnswerAsync(listener, $"HTTP/1.1 {status} X\r\n{head}Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        return listener;
    }

    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync();
                var buffer = new byte[8192];
                int length = 0;
                while (!Encoding.ASCII.GetString(buffer, 0, length).Contains("\r\n\r\n", StringComparison.Ordinal)) length += await socket.ReceiveAsync(buffer.AsMemory(length));
                await socket.SendAsync(Encoding.ASCII.GetBytes(answer));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }
}
