using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.Shadows;

/// <summary>
/// The story of spec/aws-shadow, section 17: a controller reports 36, an operator wants 28, the controller reports 28; every message that
/// each party sees. The controller speaks Paho, the first panel MQTT.js, the second boto3.
/// </summary>
public sealed class ThermalControllerTests : IClassFixture<ShadowHub>
{
    private const string Report36 = """{"state":{"reported":{"temperature":36}},"metadata":{"reported":{"temperature":{"timestamp":T}}}""";
    private const string Both36 = """{"state":{"desired":{"temperature":28},"reported":{"temperature":36}},"metadata":{"desired":{"temperature":{"timestamp":T}},"reported":{"temperature":{"timestamp":T}}}""";
    private const string Both28 = """{"state":{"desired":{"temperature":28},"reported":{"temperature":28}},"metadata":{"desired":{"temperature":{"timestamp":T}},"reported":{"temperature":{"timestamp":T}}}""";

    private static int _lastNumber;
    private readonly ShadowHub _hub;
    private readonly string _thing = $"thermal-{Interlocked.Increment(ref _lastNumber)}";

    public ThermalControllerTests(ShadowHub hub) => _hub = hub;

    private string P => $"$aws/things/{_thing}/shadow";

    [Fact]
    public async Task Shadow_59_the_story_and_two_operators()
    {
        var device = await DeviceAsync();
        var panel = await PanelAsync();

        await device.PublishAsync($"{P}/get", """{"clientToken":"tc-0"}""", 1);
        string missing = $"get/rejected {{\"code\":404,\"message\":\"No shadow exists with name: '{_thing}'\",\"clientToken\":\"tc-0\"}}";
        await SeesAsync(device, missing);
        await SeesAsync(panel, missing);

        await FirstStepsAsync(device, panel);
        await ThirdStepAsync(device, panel);

        // Step 4: the second panel reads, and nobody hears of it.
        (await HttpGetAsync()).ShouldBe($"{Both28},\"version\":3,\"timestamp\":T}}");

        // Variant C: on an old version nothing happens, on the present one everything.
        var room = new ShadowRoom(_hub.Aws, panel, _thing);
        await room.HttpRefusedAsync(_hub.Aws.Boto3, "ConflictException", 409, "UpdateThingShadow", """{"state":{"desired":{"temperature":26}},"version":2}""");
        ShadowRoom.Parse(await room.HttpUpdateAsync(_hub.Aws.Boto3, """{"state":{"desired":{"temperature":26}},"version":3}""")).GetProperty("version").GetInt64().ShouldBe(4);
        string accepted = """update/accepted {"state":{"desired":{"temperature":26}},"metadata":{"desired":{"temperature":{"timestamp":T}}},"version":4,"timestamp":T}""";
        string delta = """update/delta {"version":4,"timestamp":T,"state":{"temperature":26},"metadata":{"temperature":{"timestamp":T}}}""";
        await SeesAsync(device, accepted, delta);
        await SeesAsync(panel, accepted, delta, $"update/documents {{\"previous\":{Both28},\"version\":3}},\"current\":{Both28.Replace("\"desired\":{\"temperature\":28}", "\"desired\":{\"temperature\":26}", StringComparison.Ordinal)},\"version\":4}},\"timestamp\":T}}");
    }

    [Fact]
    public async Task Shadow_59_variant_A_a_controller_that_was_offline_asks()
    {
        var device = await DeviceAsync();
        var panel = await PanelAsync();
        await ReportAsync(device, panel);
        await device.DisconnectAsync();
        await panel.PublishAsync($"{P}/update", """{"state":{"desired":{"temperature":28}},"clientToken":"hmi-1"}""", 1);
        await SeesAsync(panel, Wanted());

        device = await DeviceAsync(); // nothing comes by itself: the answer is the first message
        await device.PublishAsync($"{P}/get", """{"clientToken":"tc-9"}""", 1);
        string answer = $"get/accepted {Both36.Replace("\"reported\":{\"temperature\":36}}", "\"reported\":{\"temperature\":36},\"delta\":{\"temperature\":28}}", StringComparison.Ordinal)},\"version\":2,\"timestamp\":T,\"clientToken\":\"tc-9\"}}";
        await SeesAsync(device, answer);
        await SeesAsync(panel, answer);
        await ThirdStepAsync(device, panel);
    }

    [Fact]
    public async Task Shadow_55_59_variant_A_a_persistent_session_gets_the_queued_deltas_in_order()
    {
        string clientId = _hub.Stage.ClientId(_thing);
        var device = await _hub.Stage.ConnectAsync(new Peer(Foreign.Paho, 5), new ConnectSettings { ClientId = clientId, SessionExpiry = 3600 });
        (await device.SubscribeAsync($"{P}/update/delta", 1)).ShouldBe(1);
        await device.DisconnectAsync();
        var panel = await PanelAsync();
        for (int i = 1; i <= 20; i++) await panel.PublishAsync($"{P}/update", $"{{\"state\":{{\"desired\":{{\"temperature\":{i}}}}}}}", 1);
        for (int i = 1; i <= 60; i++) await panel.NextAsync();
        device = await _hub.Stage.ConnectAsync(new Peer(Foreign.Paho, 5), new ConnectSettings { ClientId = clientId, SessionExpiry = 3600, Clean = false });
        device.Connected.SessionPresent.ShouldBeTrue();
        (await device.NextAsync(20)).Select(static delivery => ShadowRoom.Parse(delivery.Text).GetProperty("version").GetInt32()).ShouldBe(Enumerable.Range(1, 20));
    }

    [Fact]
    public async Task Shadow_59_variant_B_a_panel_that_was_offline_asks()
    {
        var device = await DeviceAsync();
        var panel = await PanelAsync();
        await FirstStepsAsync(device, panel);
        await panel.DisconnectAsync();
        await device.PublishAsync($"{P}/update", """{"state":{"reported":{"temperature":28}},"clientToken":"tc-2"}""", 1);
        await SeesAsync(device, Reported28());
        panel = await PanelAsync();
        await panel.PublishAsync($"{P}/get", "", 1);
        await SeesAsync(panel, $"get/accepted {Both28},\"version\":3,\"timestamp\":T}}");
    }

    [Fact]
    public async Task Shadow_39_59_variant_D_a_hub_that_restarts_in_between_makes_no_difference()
    {
        await using var hub = await Fairlead.Shared.HubProcess.StartAsync();
        await using var stage = new Stage(hub);
        var device = await DeviceAsync(stage);
        var panel = await PanelAsync(stage);
        await FirstStepsAsync(device, panel);
        await hub.RestartAsync();
        device = await DeviceAsync(stage);
        panel = await PanelAsync(stage);
        await ThirdStepAsync(device, panel);
    }

    private static string Reported28() =>
        """update/accepted {"state":{"reported":{"temperature":28}},"metadata":{"reported":{"temperature":{"timestamp":T}}},"version":3,"timestamp":T,"clientToken":"tc-2"}""";

    private static string[] Wanted() =>
    [
        """update/accepted {"state":{"desired":{"temperature":28}},"metadata":{"desired":{"temperature":{"timestamp":T}}},"version":2,"timestamp":T,"clientToken":"hmi-1"}""",
        """update/delta {"version":2,"timestamp":T,"state":{"temperature":28},"metadata":{"temperature":{"timestamp":T}},"clientToken":"hmi-1"}""",
        $"update/documents {{\"previous\":{Report36},\"version\":1}},\"current\":{Both36},\"version\":2}},\"timestamp\":T,\"clientToken\":\"hmi-1\"}}",
    ];

    private async Task SeesAsync(ForeignClient party, params string[] messages)
    {
        foreach (string message in messages)
        {
            var delivery = await party.NextAsync();
            delivery.QoS.ShouldBe(1);
            $"{delivery.Topic[(P.Length + 1)..]} {ShadowRoom.Timeless(delivery.Text)}".ShouldBe(message);
        }
    }

    private Task<ForeignClient> DeviceAsync(Stage? stage = null) => JoinAsync(stage, Foreign.Paho, "update/accepted", "update/rejected", "update/delta", "get/accepted", "get/rejected");

    private Task<ForeignClient> PanelAsync(Stage? stage = null) =>
        JoinAsync(stage, Foreign.MqttJs, "update/accepted", "update/rejected", "update/delta", "update/documents", "get/accepted", "get/rejected");

    private async Task<ForeignClient> JoinAsync(Stage? stage, Foreign library, params string[] suffixes)
    {
        var client = await (stage ?? _hub.Stage).ConnectAsync(new Peer(library, library == Foreign.Paho ? 4 : 5));
        foreach (string suffix in suffixes) (await client.SubscribeAsync($"{P}/{suffix}", 1)).ShouldBe(1);
        return client;
    }

    private async Task ReportAsync(ForeignClient device, ForeignClient panel)
    {
        await device.PublishAsync($"{P}/update", """{"state":{"reported":{"temperature":36}},"clientToken":"tc-1"}""", 1);
        string accepted = $"update/accepted {Report36},\"version\":1,\"timestamp\":T,\"clientToken\":\"tc-1\"}}";
        await SeesAsync(device, accepted);
        await SeesAsync(panel, accepted, $"update/documents {{\"current\":{Report36},\"version\":1}},\"timestamp\":T,\"clientToken\":\"tc-1\"}}");
    }

    private async Task FirstStepsAsync(ForeignClient device, ForeignClient panel)
    {
        await ReportAsync(device, panel);
        await panel.PublishAsync($"{P}/update", """{"state":{"desired":{"temperature":28}},"clientToken":"hmi-1"}""", 1);
        await SeesAsync(device, Wanted()[..2]);
        await SeesAsync(panel, Wanted());
    }

    private async Task ThirdStepAsync(ForeignClient device, ForeignClient panel)
    {
        await device.PublishAsync($"{P}/update", """{"state":{"reported":{"temperature":28}},"clientToken":"tc-2"}""", 1);
        await SeesAsync(device, Reported28());
        await SeesAsync(panel, Reported28(), $"update/documents {{\"previous\":{Both36},\"version\":2}},\"current\":{Both28},\"version\":3}},\"timestamp\":T,\"clientToken\":\"tc-2\"}}");
    }

    private async Task<string> HttpGetAsync() => ShadowRoom.Timeless(await new ShadowRoom(_hub.Aws, null!, _thing).HttpGetAsync(_hub.Aws.Boto3));
}
