using System.Diagnostics;
using System.Text.Json;
using Fairlead.Client.Mqtt;

namespace Fairlead.Verbs.Demo.Steps;

/// <summary>A thing with certificate and policy in one command; its device connects with the kit and may do what the policy says, no more.</summary>
internal sealed class ThingStep : IDemoStep
{
    public string Name => "thing";

    public string Title => "A thing and its kit";

    public string Story => "One command makes a thing, its certificate and a policy, and writes a kit. A device connects with the kit, sends a temperature, and tries what it may not.";

    public string Page => "/console/things/lamp1";

    public string LookAt => "The thing with its certificate and policy. Under Connections, the tab Refused has what it tried, with the statement that was missing.";

    public async Task RunAsync(DemoStage stage, DemoRecord record, CancellationToken cancellationToken)
    {
        await stage.Shell.RunAsync(record, cancellationToken, "thing", "create", "lamp1", "--out", Path.Combine(stage.Kits, "lamp1"), "--no-wait");
        await using var observer = await stage.WatchAsync(cancellationToken, "lamp1/#");
        record.Deed("lamp1 connects with the certificate of its kit");
        long started = Stopwatch.GetTimestamp();
        await using var lamp = await DemoDevice.ConnectAsync(DemoDevice.OptionsOf(stage.KitOf("lamp1")), cancellationToken);
        var took = Stopwatch.GetElapsedTime(started);
        string shown = await stage.Shell.RunAsync(record, cancellationToken, "client", "get", "lamp1", "--json");
        using var client = JsonDocument.Parse(shown);
        record.Require(client.RootElement.GetProperty("connected").GetBoolean(), "the hub says that lamp1 is connected", shown);
        record.Check($"connected over TLS in {took.TotalMilliseconds:0} ms");

        record.Deed("lamp1 publishes 21.5 on lamp1/temp");
        started = Stopwatch.GetTimestamp();
        await lamp.PublishAsync("lamp1/temp", "21.5", cancellationToken);
        var (topic, text) = await observer.NextAsync(static (topic, _) => topic == "lamp1/temp", cancellationToken);
        record.Require(text == "21.5", "the observer sees 21.5", text);
        record.Check($"a subscriber saw {text} on {topic} after {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0.0} ms");
        await RefuseAsync(lamp, record, cancellationToken);
    }

    private static async Task RefuseAsync(DemoDevice lamp, DemoRecord record, CancellationToken cancellationToken)
    {
        record.Deed("lamp1 publishes on lamp2/temp, which its policy does not allow");
        try
        {
            await lamp.PublishAsync("lamp2/temp", "99", cancellationToken);
            record.Require(false, "publishing on lamp2/temp is refused", "it was acknowledged");
        }
        catch (MqttException refusal) when (refusal.FromServer)
        {
            record.Check($"refused: {refusal.Why}");
        }
    }
}
