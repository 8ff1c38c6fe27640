using System.Diagnostics;
using System.Globalization;
using System.Net;
using Fairlead.Chaos.Edge;
using Fairlead.Interop.Edge;
using Fairlead.Shared;
using Microsoft.Playwright;

namespace Fairlead.Interop.WebConsole;

/// <summary>The page of edge connectors, with a real one behind a link that is cut.</summary>
public sealed class EdgePageTests(Browser browser) : IClassFixture<Browser>
{
    private const string Device = "plant:edge1";
    private const int Messages = 50;
    private const int TopicNameInvalid = 0x90;

    [Fact]
    public async Task A_cut_link_is_shown_as_down_and_what_has_waited_drains_without_a_loss_when_it_is_back()
    {
        await using var local = await LocalBroker.Create().StartAsync();
        await using var hub = await Browser.StartHubAsync();
        await using var relay = new Relay(hub.Mqtt.Port);
        await using var edge = new EdgeRun(new Dictionary<string, object>
        {
            ["address"] = $"tcp://127.0.0.1:{relay.Port}",
            ["localAddress"] = local.Url.OriginalString,
            ["deviceId"] = Device,
            ["keepAlive"] = 2,
            ["connectTimeout"] = 2,
            ["reconnectInit"] = 0.1,
            ["reconnectMax"] = 0.5,
            ["reportStatus"] = true,
        }).Start();
        await using var cloud = await Listener.ConnectAsync(hub.Mqtt, "event/#");
        await using var app = await Listener.ConnectAsync(local.Url, "edge/#");
        await app.NextAsync(static message => message.Topic == "edge/connection/remote/status" && message.Text.StartsWith("""{"connected":true""", StringComparison.Ordinal));

        await using var visitor = await browser.OpenAsync("/console/edges", "viewer", hub);
        await using var overview = await browser.OpenAsync("/console/", "viewer", hub);
        var row = visitor.Row("edge-row", "edge", Device);
        await StateAsync(row, "up");
        await Assertions.Expect(row.GetByTestId("edge-version")).Not.ToBeEmptyAsync();
        await overview.ExpectTextAsync("overview-edgesDown", "0");

        long cut = Stopwatch.GetTimestamp();
        relay.Silence();
        await StateAsync(row, "down");
        Tell($"down after {Stopwatch.GetElapsedTime(cut).TotalSeconds:0.0} s with a keep alive of 2 s");
        await overview.ExpectTextAsync("overview-edgesDown", "1");
        await visitor.At("edges-note").WaitForAsync();
        for (int i = 0; i < Messages; i++) await app.PublishAsync("e", i.ToString(CultureInfo.InvariantCulture));
        await UntilAsync(async () => (await edge.GetAsync("/status")).Contains($"\"buffered\":{Messages}", StringComparison.Ordinal));

        await visitor.PictureAsync("edges-down");
        relay.Restore();
        relay.Break();
        await StateAsync(row, "up");
        await Assertions.Expect(row.GetByTestId("edge-outage")).ToContainTextAsync($"{Messages} messages waited");
        await Visitor.ExpectTextAsync(row.GetByTestId("edge-buffered-count"), "0");
        await overview.ExpectTextAsync("overview-edgesDown", "0");
        var arrived = new HashSet<string>(StringComparer.Ordinal);
        while (arrived.Count < Messages) arrived.Add((await cloud.NextAsync()).Text);
        arrived.ShouldBe(Enumerable.Range(0, Messages).Select(static i => i.ToString(CultureInfo.InvariantCulture)), ignoreOrder: true);
        await visitor.PictureAsync("edges-up");
        (await visitor.AxeAsync()).ShouldBeEmpty();
        visitor.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_reports_reports_about_the_own_connection_and_is_remembered_until_forgotten()
    {
        await using var hub = await Browser.StartHubAsync();
        using var administrator = await Browser.LogInAsync(hub);
        await using (var client = await RawMqttClient.OpenAsync(hub.Mqtt))
        {
            await client.SendAsync(RawPackets.Connect(5, "reporter"));
            await client.ReadAsync();
            (await PublishAsync(client, 1, "$fairlead/edge/report", "no JSON")).ShouldBe(TopicNameInvalid);
            (await PublishAsync(client, 2, "$fairlead/edge/other", "{}")).ShouldBe(TopicNameInvalid);
            await client.SendAsync(RawPackets.Subscribe(5, 3, "$fairlead/edge/#"));
            (await client.ReadAsync()).Body[^1].ShouldBeGreaterThanOrEqualTo((byte)0x80);
            (await PublishAsync(client, 4, "$fairlead/edge/report", """{"version":"9.9","deviceId":"a:b","buffered":7,"oldestMs":1000,"sent":3,"later":true}""")).ShouldBeLessThan(0x80);
            string edges = await administrator.GetStringAsync("/v1/edges", TestContext.Current.CancellationToken);
            edges.ShouldContain("\"reporter\"");
            edges.ShouldContain("\"buffered\":7");
            edges.ShouldContain("\"up\":1,\"down\":0");
            (await administrator.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).ShouldContain("fairlead_edge_buffered_messages 7");
        }

        await UntilAsync(async () => (await administrator.GetStringAsync("/v1/edges")).Contains("\"up\":0,\"down\":1", StringComparison.Ordinal));
        await hub.StopAsync();
        await hub.RestartAsync();
        string kept = await administrator.GetStringAsync("/v1/edges", TestContext.Current.CancellationToken);
        kept.ShouldContain("\"9.9\"");
        kept.ShouldContain("\"up\":0,\"down\":1");
        await using var visitor = await browser.OpenAsync("/console/edges", hub: hub);
        await visitor.At("forget").ClickAsync();
        await visitor.At("dialog-confirm").ClickAsync();
        await visitor.At("empty").WaitForAsync();
        using var gone = await administrator.DeleteAsync("/v1/edges/reporter", TestContext.Current.CancellationToken);
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_device_whose_policy_allows_next_to_nothing_reports_all_the_same()
    {
        var kit = await browser.CreateThingAsync("reporting1");
        (await Device5Async(kit, "elsewhere/x", "1")).ShouldBeFalse();
        (await Device5Async(kit, "$fairlead/edge/report", """{"buffered":1}""")).ShouldBeTrue();
        (await browser.CallAsync(HttpMethod.Get, "/v1/edges")).ShouldContain("\"reporting1\"");

        Task<bool> Device5Async(DeviceKit holder, string topic, string payload) => WebConsole.Device.PublishAsync(holder, browser.Hub, "reporting1", topic, payload);
    }

    [Theory]
    [InlineData("azure", "tcp://127.0.0.1:9")]
    [InlineData("aws", "tcp://x-ats.iot.eu-central-1.amazonaws.com:1883")]
    public async Task A_link_to_somewhere_else_does_not_start_with_reports(string type, string address)
    {
        await using var edge = new EdgeRun(new Dictionary<string, object>
        {
            ["address"] = address,
            ["type"] = type,
            ["deviceId"] = Device,
            ["localAddress"] = "embedded",
            ["reportStatus"] = true,
        }).Start();
        (await edge.EndAsync()).ShouldNotBe(0);
        edge.Log.ShouldContain("reportStatus");
    }

    private static Task StateAsync(ILocator row, string state) =>
        Assertions.Expect(row).ToHaveAttributeAsync("data-state", state, new LocatorAssertionsToHaveAttributeOptions { Timeout = 60_000 });

    private static async Task<int> PublishAsync(RawMqttClient client, int id, string topic, string payload)
    {
        await client.SendAsync(RawPackets.Publish(5, topic, payload, qos: 1, id: id));
        var answer = await client.ReadAsync();
        answer.Type.ShouldBe((int)RawType.PubAck);
        return answer.Body.Length > 2 ? answer.Body[2] : 0;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(EdgeRun.Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await condition()) await timer.WaitForNextTickAsync(deadline.Token);
    }

    private static void Tell(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
