using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Interop.Azure;
using Microsoft.Playwright;

namespace Fairlead.Interop.WebConsole;

/// <summary>The page of AMQP connections: a hundred devices on one, and a receiver that stops settling.</summary>
public sealed class GatewayPageTests(Browser browser) : IClassFixture<Browser>
{
    private const int Devices = 100;

    [Fact]
    public async Task A_hundred_devices_on_one_connection_are_a_hundred_rows_and_a_receiver_that_does_not_settle_turns_amber()
    {
        await using var stage = new AzureHub();
        await stage.InitializeAsync();
        string all = JsonSerializer.Serialize(Enumerable.Range(0, Devices).Select(static i => new { id = $"gw{i:000}", importMode = "create" }));
        using (var made = await stage.ServiceAsync(HttpMethod.Post, "/devices", all)) made.IsSuccessStatusCode.ShouldBeTrue(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var peer = await RawPeer.ConnectAsync(stage, "gateway");
        (await peer.PutTokenAsync(stage.Address, await stage.PolicyTokenAsync("device", stage.Address)))["status"]!.GetValue<int>().ShouldBe(200);
        for (int i = 0; i < Devices; i++) await peer.AttachAsync($"t{i}", "sender", $"/devices/gw{i:000}/messages/events");
        await peer.AttachAsync("c2d", "receiver", "/devices/gw000/messages/devicebound", credit: 10, autosettle: false);

        await using var visitor = await browser.OpenAsync("/console/gateway", "viewer", stage.Hub);
        await Visitor.ExpectCountAsync(visitor.At("amqp-row"), 1);
        await visitor.ExpectTextAsync("amqp-devices", $"{Devices}");
        await visitor.PictureAsync("gateway");
        (await visitor.AxeAsync()).ShouldBeEmpty();
        await visitor.At("amqp-open").ClickAsync();
        await Visitor.ExpectCountAsync(visitor.At("link-row"), Devices);
        await Assertions.Expect(visitor.At("next")).ToBeDisabledAsync();
        await Assertions.Expect(visitor.At("amqp-nodes")).ToContainTextAsync("tokens");
        var row = visitor.Row("link-row", "name", "gw000");
        await Assertions.Expect(row.GetByTestId("link-links")).ToContainTextAsync("messages ↓ 10");

        List<JsonObject> held = [];
        for (int i = 0; i < 5; i++)
        {
            using var sent = await stage.ServiceAsync(HttpMethod.Post, "/devices/gw000/messages/devicebound", $"{i}");
            sent.IsSuccessStatusCode.ShouldBeTrue();
            held.Add(await peer.ReceiveAsync("c2d"));
        }

        await UnsettledAsync(row, "amber", "5");
        await Assertions.Expect(row.GetByTestId("link-links")).ToContainTextAsync("messages ↓ 5");
        await visitor.PictureAsync("gateway-links");
        (await visitor.AxeAsync()).ShouldBeEmpty();
        for (int i = 0; i < held.Count; i++) await peer.SettleAsync(held[i], i == 0 ? "rejected" : "accepted");
        await UnsettledAsync(row, "quiet", "0");
        await Visitor.ExpectTextAsync(row.GetByTestId("link-rejected"), "1");

        await visitor.At("filter").FillAsync("gw09");
        await Visitor.ExpectCountAsync(visitor.At("link-row"), 10);
        string page = await stage.Administrator.GetStringAsync($"/v1/amqp/connections/{new Uri(visitor.Page.Url).Segments[^1]}/links?limit=30", TestContext.Current.CancellationToken);
        using var document = JsonDocument.Parse(page);
        document.RootElement.GetProperty("rows").GetArrayLength().ShouldBe(30);
        document.RootElement.GetProperty("next").GetString().ShouldBe("gw029");

        await peer.CloseAsync();
        await visitor.At("empty").WaitForAsync();
        visitor.Faults.ShouldBeEmpty();
    }

    private static async Task UnsettledAsync(ILocator place, string state, string count)
    {
        var cell = place.GetByTestId("link-unsettled").And(place.Page.Locator($"[data-state='{state}']")).First;
        await Assertions.Expect(cell).ToContainTextAsync(count, new LocatorAssertionsToContainTextOptions { Timeout = 60_000 });
    }
}
