using Fairlead.Client.Mqtt;

namespace Fairlead.Verbs.Demo.Steps;

/// <summary>A message to one device with its confirmation, and each way in which it can fail.</summary>
internal sealed class DirectMessageStep : IDemoStep
{
    public string Name => "direct-message";

    public string Title => "A direct message, confirmed, and its three failures";

    public string Story => "A message to one device, whatever it has subscribed to. The answer says what became of it: confirmed by the device, not there, not acknowledged, not allowed.";

    public string Page => "/console/direct?client=lamp1";

    public string LookAt => "The same from the console. Send to lamp1 now: it is gone, so the answer is 404; all fields stay for the next try.";

    public async Task RunAsync(DemoStage stage, DemoRecord record, CancellationToken cancellationToken)
    {
        var options = DemoDevice.OptionsOf(stage.KitOf("lamp1"));
        record.Deed("lamp1 connects; it subscribes to nothing");
        await using (var lamp = await DemoDevice.ConnectAsync(options, cancellationToken))
        {
            var taking = lamp.NextAsync(static (topic, _) => topic == "lamp1/cmd", cancellationToken);
            await SendAsync(stage, record, ExitCode.Done, "200", cancellationToken, "lamp1/cmd", "-m", "blink");
            var (_, text) = await taking;
            record.Require(text == "blink", "lamp1 gets 'blink'", text);
            await SendAsync(stage, record, ExitCode.Denied, "403", cancellationToken, "other/cmd", "-m", "x");
        }

        record.Deed("lamp1 connects again, and this time acknowledges nothing");
        await using (await DemoDevice.ConnectAsync(options with { Acknowledge = AcknowledgeMode.Manual }, cancellationToken))
            await SendAsync(stage, record, ExitCode.Timeout, "504", cancellationToken, "lamp1/cmd", "-m", "blink", "--timeout", "1");
        record.Deed("lamp1 goes");
        await SendAsync(stage, record, ExitCode.NotFound, "404", cancellationToken, "lamp1/cmd", "-m", "blink");
    }

    private static async Task SendAsync(
        DemoStage stage, DemoRecord record, int expected, string status, CancellationToken cancellationToken, params string[] rest)
    {
        var result = await stage.Shell.TryAsync(record, cancellationToken, ["send", "lamp1", .. rest, "--confirm"]);
        string said = expected == ExitCode.Done ? result.Talk.Trim() : Why(result.Talk);
        record.Require(result.ExitCode == expected, $"HTTP {status}, exit code {expected}", $"exit code {result.ExitCode}: {result.Talk.ReplaceLineEndings(" ")}");
        record.Check($"{status}: {said} (exit code {expected})");
    }

    private static string Why(string talk) => talk.Split('\n').FirstOrDefault(static line => line.StartsWith("  why: ", StringComparison.Ordinal))?[7..] ?? talk.Trim();
}
