using System.Text;
using System.Text.Json;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Fairlead.Server.Configuration;

namespace Fairlead.Verbs.Demo.Steps;

/// <summary>One device under both dialects: its twin in the Azure API is the shadow of the same thing in the AWS API.</summary>
internal sealed class DialectsStep : IDemoStep
{
    private const string Device = "pump1";
    private const string Twin = $"/twins/{Device}?api-version=2021-04-12";

    public string Name => "dialects";

    public string Title => "One device under both dialects";

    public string Story => "A device made for Azure IoT Hub connects with its token. What the Azure API sets in its twin is in the shadow of the thing, and what is set there reaches the device.";

    public string Page => $"/console/things/{Device}/shadow";

    public string LookAt => "The shadow of the Azure device: desired from both APIs, reported by the device.";

    public async Task RunAsync(DemoStage stage, DemoRecord record, CancellationToken cancellationToken)
    {
        await stage.Shell.RunAsync(record, cancellationToken, "iothub", "device", "create", Device);
        string token = (await stage.Shell.RunAsync(record, cancellationToken, "iothub", "sas", "--device", Device)).Trim();
        record.Deed($"{Device} connects as Azure SDKs do: MQTT 3.1.1 with the token as password");
        await using var pump = await DemoDevice.ConnectAsync(
            new MqttClientOptions
            {
                Server = new Uri($"mqtts://localhost:{stage.Port(ListenerKind.Mqtts)}"),
                Version = ProtocolVersion.V311,
                ClientId = Device,
                UserName = $"localhost/{Device}/?api-version=2021-04-12",
                Password = Encoding.UTF8.GetBytes(token),
                Tls = new Client.Mqtt.TlsOptions { CaFile = stage.RootCa },
                Reconnect = null,
            },
            cancellationToken,
            "$iothub/twin/PATCH/properties/desired/#",
            "$iothub/twin/res/#");

        await FromAzureAsync(stage, record, pump, cancellationToken);
        await FromAwsAsync(stage, record, pump, cancellationToken);
        record.Deed($"{Device} reports interval 7");
        await pump.PublishAsync("$iothub/twin/PATCH/properties/reported/?$rid=1", """{"interval":7}""", cancellationToken);
        await pump.NextAsync(static (topic, _) => topic.StartsWith("$iothub/twin/res/204/", StringComparison.Ordinal), cancellationToken);
        string reported = (await stage.Shell.RunAsync(record, cancellationToken, "shadow", "get", Device, "reported.interval")).Trim();
        record.Require(reported == "7", "the shadow has what the device reported", reported);
        record.Check("reported over $iothub, read as reported.interval=7 of the shadow");
    }

    private static async Task FromAzureAsync(DemoStage stage, DemoRecord record, DemoDevice pump, CancellationToken cancellationToken)
    {
        await stage.Web.RequireAsync(
            record, HttpMethod.Patch, new Uri(stage.Url, Twin), """{"properties":{"desired":{"interval":5}}}""", "application/json", cancellationToken);
        await pump.NextAsync(static (topic, text) => topic.Contains("/desired/", StringComparison.Ordinal) && Interval(text) == 5, cancellationToken);
        string desired = (await stage.Shell.RunAsync(record, cancellationToken, "shadow", "get", Device, "desired.interval")).Trim();
        record.Require(desired == "5", "the shadow has what the Azure API set", desired);
        record.Check("set in the Azure twin, told to the device, read as desired.interval=5 of the shadow");
    }

    private static async Task FromAwsAsync(DemoStage stage, DemoRecord record, DemoDevice pump, CancellationToken cancellationToken)
    {
        await stage.Shell.RunAsync(record, cancellationToken, "shadow", "set", Device, "desired.interval=7");
        await pump.NextAsync(static (topic, text) => topic.Contains("/desired/", StringComparison.Ordinal) && Interval(text) == 7, cancellationToken);
        var twin = await stage.Web.RequireAsync(record, HttpMethod.Get, new Uri(stage.Url, Twin), null, "", cancellationToken);
        using var document = JsonDocument.Parse(twin.Text);
        int interval = document.RootElement.GetProperty("properties").GetProperty("desired").GetProperty("interval").GetInt32();
        record.Require(interval == 7, "the Azure API has what the shadow got", twin.Text);
        record.Check("set in the shadow, told to the device, read as properties.desired.interval=7 of the Azure twin");
    }

    private static int? Interval(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.TryGetProperty("interval", out var value) && value.TryGetInt32(out int number) ? number : null;
    }
}
