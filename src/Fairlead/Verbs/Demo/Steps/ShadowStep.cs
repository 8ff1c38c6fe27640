using System.Diagnostics;
using System.Text.Json;

namespace Fairlead.Verbs.Demo.Steps;

/// <summary>The story of a shadow: somebody wishes, the device is told the difference, does it and reports; then there is no difference.</summary>
internal sealed class ShadowStep : IDemoStep
{
    private const string Topics = "$aws/things/lamp1/shadow/update";

    public string Name => "shadow";

    public string Title => "A shadow: desired, delta, reported";

    public string Story => "You wish the lamp on. The hub tells the lamp the difference between what is desired and what it has reported; the lamp switches on and reports.";

    public string Page => "/console/things/lamp1/shadow";

    public string LookAt => "Desired and reported side by side, and no delta between them. Set desired.on to false there: the delta appears, and stays, for the lamp is gone by then.";

    public async Task RunAsync(DemoStage stage, DemoRecord record, CancellationToken cancellationToken)
    {
        record.Deed($"lamp1 connects and subscribes to {Topics}/delta");
        await using var lamp = await DemoDevice.ConnectAsync(DemoDevice.OptionsOf(stage.KitOf("lamp1")), cancellationToken, $"{Topics}/delta", $"{Topics}/accepted");
        long started = Stopwatch.GetTimestamp();
        await stage.Shell.RunAsync(record, cancellationToken, "shadow", "set", "lamp1", "desired.on=true", "desired.color=amber");
        var (_, delta) = await lamp.NextAsync(static (topic, _) => topic.EndsWith("/delta", StringComparison.Ordinal), cancellationToken);
        using var document = JsonDocument.Parse(delta);
        record.Require(document.RootElement.GetProperty("state").GetProperty("on").GetBoolean(), "the delta says on", delta);
        record.Check($"lamp1 was told the delta {document.RootElement.GetProperty("state").GetRawText()} after {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");

        record.Deed("lamp1 switches on and reports it");
        await lamp.PublishAsync(Topics, """{"state":{"reported":{"on":true,"color":"amber"}}}""", cancellationToken);
        await lamp.NextAsync(static (topic, text) => topic.EndsWith("/accepted", StringComparison.Ordinal) && text.Contains("reported", StringComparison.Ordinal), cancellationToken);
        string shadow = await stage.Shell.RunAsync(record, cancellationToken, "shadow", "get", "lamp1", "--json");
        using var after = JsonDocument.Parse(shadow);
        var state = after.RootElement.GetProperty("state");
        record.Require(!state.TryGetProperty("delta", out _), "nothing is left to do", shadow);
        record.Check($"desired and reported agree in version {after.RootElement.GetProperty("version").GetInt64()}: no delta is left");
    }
}
