using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Fairlead.Verbs.Remote;

/// <summary><c>fairlead check</c>: readiness as an exit code.</summary>
internal sealed class CheckVerb(Terminal terminal)
{
    private const string Examples =
        """
        fairlead check                                           # 0 ready, 1 not ready, 4 nobody answers, 5 too slow
        fairlead check --url http://hub:8080 --timeout 2 --quiet # for a container's health check
        """;

    private readonly ApiFlags _api = new();
    private readonly TalkFlags _talk = new(5, "Longest wait for the answer");

    public Command Create()
    {
        var command = new Command("check", "Ask a hub whether it is ready.");
        _api.AddTo(command, withToken: false);
        _talk.AddTo(command);
        HelpWithExamples.AddTo(command, Examples);
        command.SetAction((result, cancellationToken) =>
        {
            var talk = _talk.Read(result);
            return VerbRunner.RunAsync("check", terminal, talk, () => RunAsync(result, talk, cancellationToken));
        });
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, TalkFlags.Settings talk, CancellationToken cancellationToken)
    {
        using var api = _api.Open(result, talk, terminal);
        var answer = await api.SendAsync(HubRequest.Get("/healthz/ready"), cancellationToken);
        bool ready = answer.Status == HttpStatusCode.OK;
        if (talk.Json)
            WriteJson(ready, (int)answer.Status);
        else if (ready && !talk.Quiet)
            terminal.Output.Write("ready\n"u8);
        return ready
            ? ExitCode.Done
            : throw new VerbException(ExitCode.Failed, $"the hub at {api.Url} is not ready", Reason(answer) ?? $"it answered HTTP {(int)answer.Status}", "Look into the hub's log");
    }

    private static string? Reason(HubAnswer answer) =>
        answer.Json() is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty("reason", out var reason) ? reason.GetString() : null;

    private void WriteJson(bool ready, int status) =>
        terminal.Output.Write(Encoding.UTF8.GetBytes($$"""{"ready":{{(ready ? "true" : "false")}},"status":{{status}}}""" + "\n"));
}
