using System.Diagnostics;

namespace Fairlead.Verbs.Demo.Steps;

/// <summary>A device that can do HTTP alone: its message reaches subscribers through the gateway, and one for it comes back.</summary>
internal sealed class GatewayStep : IDemoStep
{
    private const string Device = "meter1";

    public string Name => "gateway";

    public string Title => "A device that speaks HTTP, through the gateway";

    public string Story => "The device knows one curl. The gateway carries it over AMQP to the hub, where rules and subscribers see it; a message for the device waits for its next question.";

    public string Page => "/console/topics?topic=devices/meter1/messages/events";

    public string LookAt => "Below devices/meter1 the message, beside those that came over MQTT.";

    public async Task RunAsync(DemoStage stage, DemoRecord record, CancellationToken cancellationToken)
    {
        await using var observer = await stage.WatchAsync(cancellationToken, $"devices/{Device}/messages/events/#");
        long started = Stopwatch.GetTimestamp();
        var device = new Uri(stage.GatewayUrl, $"/api/{Device}");
        await stage.Web.RequireAsync(record, HttpMethod.Post, device, """{"t":21}""", "application/json", cancellationToken);
        var (topic, text) = await observer.NextAsync(static (_, _) => true, cancellationToken);
        record.Require(text == """{"t":21}""", "a subscriber sees the body", text);
        record.Check($"HTTP to AMQP to MQTT: a subscriber saw it on {topic.Split('?')[0]} after {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");

        await stage.Web.RequireAsync(
            record, HttpMethod.Post, new Uri(stage.Url, $"/devices/{Device}/messages/devicebound"), "restart at noon", "text/plain", cancellationToken);
        var boxes = new Uri($"{device}/messages/devicebound");
        var message = await stage.Web.RequireAsync(record, HttpMethod.Get, new Uri($"{boxes}?wait=20"), null, "", cancellationToken);
        record.Require(message.Text == "restart at noon" && message.Tag is not null, "the device gets the message with its lock", $"HTTP {message.Status}: {message.Text}");
        await stage.Web.RequireAsync(record, HttpMethod.Delete, new Uri($"{boxes}/{Uri.EscapeDataString(message.Tag!)}"), null, "", cancellationToken);
        record.Check("the message for the device came back the same way, and is completed");
    }
}
