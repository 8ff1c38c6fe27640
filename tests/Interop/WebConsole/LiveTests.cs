using Fairlead.Shared;
using Microsoft.Playwright;

namespace Fairlead.Interop.WebConsole;

/// <summary>Overview, Connections, Refused, Logs and Metrics: what changes by itself.</summary>
public sealed class LiveTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task Overview_counts_clients_tells_when_the_hub_is_gone_and_comes_back_by_itself()
    {
        await using var hub = await Browser.StartHubAsync();
        await using var visitor = await browser.OpenAsync("/console/", hub: hub);
        await visitor.ExpectTextAsync("overview-connections", "0");
        var clients = new List<RawMqttClient>();
        for (int i = 0; i < 10; i++) clients.Add(await ConnectAsync(hub, $"overview-{i}"));
        await visitor.ExpectTextAsync("overview-connections", "10");

        await hub.KillAsync();
        await visitor.ExpectTextAsync("link-state", "disconnected");
        foreach (var client in clients) await client.DisposeAsync();
        await hub.RestartAsync();
        await visitor.ExpectTextAsync("link-state", "live");
        await visitor.ExpectTextAsync("overview-connections", "0");
    }

    [Fact]
    public async Task Connections_filter_by_prefix_and_a_kicked_client_is_told_and_leaves_the_list()
    {
        await using var one = await ConnectAsync(browser.Hub, "kick-one");
        await using var other = await ConnectAsync(browser.Hub, "stay-one");
        await using var visitor = await browser.OpenAsync("/console/connections");
        await visitor.Row("client-row", "client", "kick-one").WaitForAsync();
        await visitor.At("filter").FillAsync("kick-");
        await Visitor.ExpectCountAsync(visitor.Row("client-row", "client", "stay-one"), 0);
        await Visitor.ExpectCountAsync(visitor.At("client-row"), 1);
        visitor.Page.Url.ShouldContain("prefix=kick-");

        await visitor.At("kick").ClickAsync();
        await visitor.At("dialog-confirm").ClickAsync();
        var goodbye = await one.ReadAsync();
        goodbye.Type.ShouldBe((int)RawType.Disconnect);
        goodbye.Body[0].ShouldBe((byte)0x98);
        await Visitor.ExpectCountAsync(visitor.At("client-row"), 0);
    }

    [Fact]
    public async Task Refused_names_action_resource_and_what_decided_and_leads_to_the_explanation()
    {
        var kit = await browser.CreateThingAsync("refused1");
        await using var visitor = await browser.OpenAsync("/console/connections/refused");
        await Device.PublishAsync(kit, browser.Hub, "refused1", "forbidden/temp", "1");
        var row = visitor.Row("refused-row", "client", "refused1");
        await row.WaitForAsync();
        await Visitor.ExpectTextAsync(row.GetByTestId("refused-action"), "iot:Publish");
        await Visitor.ExpectTextAsync(row.GetByTestId("refused-resource"), "topic/forbidden/temp");
        await Assertions.Expect(row.GetByTestId("refused-reason")).ToContainTextAsync("implicit deny");
        await row.GetByTestId("refused-explain").ClickAsync();
        await visitor.ExpectContainsAsync("explain-decision", "Denied");
        await visitor.ExpectTextAsync("explain-statement", "no statement allows it");
    }

    [Fact]
    public async Task A_client_has_its_session_subscriptions_and_events()
    {
        await using var client = await ConnectAsync(browser.Hub, "detailed");
        await client.SendAsync(RawPackets.Subscribe(5, 1, "detailed/#", 1));
        await client.ReadAsync();
        await using var visitor = await browser.OpenAsync("/console/connections/client/detailed");
        await visitor.ExpectTextAsync("client-state", "connected");
        await visitor.ExpectTextAsync("client-version", "5");
        await visitor.ExpectContainsAsync("subscriptions", "detailed/#");
        await visitor.ExpectContainsAsync("events", "subscribed");
        client.Close();
        await visitor.ExpectTextAsync("client-state", "not connected");
        await visitor.ExpectContainsAsync("events", "disconnected");
    }

    [Fact]
    public async Task A_trace_shows_what_one_client_does_in_its_order()
    {
        await using var visitor = await browser.OpenAsync("/console/logs?client=traced");
        await visitor.At("trace").ClickAsync();
        await visitor.At("trace-chip").WaitForAsync();
        await using (var client = await ConnectAsync(browser.Hub, "traced"))
        {
            await client.SendAsync(RawPackets.Subscribe(5, 1, "traced/others/#", 1));
            await client.ReadAsync();
            await client.SendAsync(RawPackets.Publish(5, "traced/one", "1", qos: 1, id: 2));
            await client.ReadAsync();
            await client.SendAsync(RawPackets.Disconnect());
            await client.ExpectCloseAsync();
        }

        await visitor.Row("log-line", "event", "Disconnect").First.WaitForAsync();
        var events = await visitor.Page.Locator("[data-testid=log-line]").EvaluateAllAsync<string[]>("lines => lines.map(line => line.dataset.event)");
        int[] places = [Array.IndexOf(events, "Connect"), Array.IndexOf(events, "Subscribe"), Array.IndexOf(events, "Publish-In"), Array.IndexOf(events, "Disconnect")];
        places.ShouldAllBe(static place => place >= 0, string.Join(' ', events));
        places.ShouldBeInOrder();

        var download = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.At("trace-download").ClickAsync());
        var lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        lines.Length.ShouldBeGreaterThanOrEqualTo(4);
        lines.ShouldAllBe(static line => line.Contains("traced", StringComparison.Ordinal));
        await visitor.At("trace-stop").ClickAsync();
        await Visitor.ExpectCountAsync(visitor.At("trace-chip"), 0);
    }

    [Fact]
    public async Task A_chart_shows_what_the_metrics_page_says()
    {
        await using var hub = await Browser.StartHubAsync();
        await using var one = await ConnectAsync(hub, "metric-1");
        await using var other = await ConnectAsync(hub, "metric-2");
        await using var visitor = await browser.OpenAsync("/console/metrics", hub: hub);
        // The ring samples every five seconds, the page asks as often.
        await visitor.ExpectTextAsync("chart-connections-value", "2", 30_000);
        using var administrator = await Browser.LogInAsync(hub);
        var page = await administrator.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        page.ShouldContain("\nfairlead_mqtt_connections 2\n");
        await visitor.At("metric-search").FillAsync("fairlead_mqtt_connections");
        await Visitor.ExpectTextAsync(visitor.Row("metric-row", "metric", "fairlead_mqtt_connections").GetByTestId("metric-value"), "2");
    }

    private static async Task<RawMqttClient> ConnectAsync(HubProcess hub, string clientId)
    {
        var client = await RawMqttClient.OpenAsync(hub.Mqtt);
        await client.SendAsync(RawPackets.Connect(5, clientId));
        (await client.ReadAsync()).Type.ShouldBe((int)RawType.ConnAck);
        return client;
    }
}
