using System.Text;
using System.Text.Json;

namespace Fairlead.Chaos.Edge;

/// <summary>Limits, poison, refused credentials, shadows, commands, two links: the other variants of the acceptance run.</summary>
public sealed class VariantTests
{
    [Theory]
    [InlineData("dropOldest", 2_101, 3_100)]
    [InlineData("dropNewest", 101, 1_100)]
    public async Task Edge_V4_A_full_spool_keeps_exactly_what_the_policy_says(string overflow, int first, int last)
    {
        await using var stage = await EdgeStage.StartAsync(new() { ["spool.maxMessages"] = 1_000, ["spool.overflow"] = overflow }, linkIsUp: false);
        double taken = 0;
        for (int n = 101; n <= 3_100; n++)
        {
            await stage.App.PublishAsync("t", Live.Message(n), 1);
            if (n % 100 != 0) continue;
            taken += 100;
            double wanted = taken - 300;
            await Wait.UntilAsync(async () => await DecidedAsync(stage) >= wanted, () => $"the connector should keep up\n{stage.Edge.Tail}", TimeSpan.FromSeconds(120));
        }

        await Wait.UntilAsync(async () => await DecidedAsync(stage) == 3_000, () => "everything should be decided", TimeSpan.FromSeconds(120));
        (await stage.Edge.SampleAsync("edge_dropped_total", "reason=\"overflow\"")).ShouldBe(2_000);
        stage.Relay.Restore();
        (await stage.UntilArrivedAsync(Enumerable.Range(first, last - first + 1))).ShouldBe(Enumerable.Range(first, last - first + 1));
        Live.Numbers(stage.Cloud.Arrivals).Distinct().Count().ShouldBe(1_000);
    }

    [Fact]
    public async Task Edge_V4_Block_has_mosquitto_hold_the_rest()
    {
        await using var stage = await EdgeStage.StartAsync(new() { ["spool.maxMessages"] = 1_000, ["spool.overflow"] = "block" }, linkIsUp: false);
        await stage.PublishAsync(1, 1_000, static _ => "t");
        await stage.PublishAsync(1_001, 1_900, static _ => "t", ahead: int.MaxValue);
        await Wait.UntilAsync(async () => await stage.Edge.SampleAsync("edge_spool_blocked") == 1, () => "it should say that it is full", TimeSpan.FromSeconds(60));
        (await stage.Edge.BufferedAsync()).ShouldBe(1_000);
        stage.Relay.Restore();
        (await stage.UntilArrivedAsync(Enumerable.Range(1, 1_900))).Distinct().ShouldBe(Enumerable.Range(1, 1_900));
        (await stage.Edge.SampleAsync("edge_dropped_total")).ShouldBe(0);
    }

    [Fact]
    public async Task Edge_V5_A_full_volume_holds_acknowledgments_back_and_loses_nothing()
    {
        await using var stage = await EdgeStage.StartAsync(new() { [EdgeProcess.FileSizeMayBeLimited] = true }, linkIsUp: false);
        await stage.PublishAsync(1, 200, static _ => "t");
        await stage.Edge.LimitFileSizeAsync(1_000_000);
        for (int n = 201; n <= 800; n++) await stage.App.PublishAsync("t", Live.Message(n).Replace("\"value\"", $"\"filler\":\"{new string('x', 4_000)}\",\"value\"", StringComparison.Ordinal), 1);
        await Wait.UntilAsync(async () => await stage.Edge.SampleAsync("edge_spool_blocked") == 1, () => $"it should say so\n{stage.Edge.Tail}", TimeSpan.FromSeconds(90));
        await stage.Apps.UntilAsync(arrivals => arrivals.Exists(arrival => arrival.Topic == EdgeStage.StatusTopic && arrival.Text.Contains("\"spoolFault\"", StringComparison.Ordinal)), "the status should say so");
        await stage.Edge.LimitFileSizeAsync(null);
        stage.Relay.Restore();
        (await stage.UntilArrivedAsync(Enumerable.Range(1, 800))).Distinct().ShouldBe(Enumerable.Range(1, 800));
        (await stage.Edge.SampleAsync("edge_dropped_total")).ShouldBe(0);
    }

    [Fact]
    public async Task Edge_28_A_file_system_without_room_holds_acknowledgments_back_and_loses_nothing()
    {
        await using var volume = await SmallVolume.MountAsync(kilobytes: 2_048);
        await using var stage = await EdgeStage.StartAsync(new() { [EdgeProcess.DataDirectoryIs] = volume.Place }, linkIsUp: false);
        await stage.PublishAsync(1, 100, static _ => "t");
        for (int n = 101; n <= 700; n++) await stage.App.PublishAsync("t", Live.Message(n).Replace("\"value\"", $"\"filler\":\"{new string('x', 5_000)}\",\"value\"", StringComparison.Ordinal), 1);
        await stage.App.DrainAsync();
        await Wait.UntilAsync(async () => await stage.Edge.SampleAsync("edge_spool_blocked") == 1, () => $"it should say so\n{stage.Edge.Tail}", TimeSpan.FromSeconds(90));
        await stage.Apps.UntilAsync(arrivals => arrivals.Exists(arrival => arrival.Topic == EdgeStage.StatusTopic && arrival.Text.Contains("\"spoolFault\"", StringComparison.Ordinal)), "the status should say so");
        double held = await stage.Edge.BufferedAsync();
        held.ShouldBeInRange(100, 699);
        await stage.Edge.RestartAsync(); // killed, and started anew with no room at all
        (await stage.Edge.BufferedAsync()).ShouldBeGreaterThanOrEqualTo((long)held, "what was acknowledged is there");
        await volume.ResizeAsync(kilobytes: 65_536);
        stage.Relay.Restore();
        (await stage.UntilArrivedAsync(Enumerable.Range(1, 700))).Distinct().ShouldBe(Enumerable.Range(1, 700));
        (await stage.Edge.SampleAsync("edge_dropped_total")).ShouldBe(0);
    }

    [Fact]
    public async Task Edge_31_V6_Messages_that_no_hub_takes_are_put_aside_and_the_others_arrive()
    {
        await using var stage = await EdgeStage.StartAsync(new() { ["errorTopic"] = true }, linkIsUp: false);
        await stage.PublishAsync(1, 200, static _ => "e");
        await stage.App.PublishAsync("e", new string('x', 130 * 1024), 1);
        await stage.App.PublishAsync("e/1/2/3/4/5/6/7/8", "deep", 1);
        await stage.PublishAsync(201, 400, static _ => "e");
        stage.Relay.Restore();
        await stage.UntilArrivedAsync(Enumerable.Range(1, 400));
        await stage.Apps.UntilAsync(arrivals => arrivals.Count(arrival => arrival.Topic.StartsWith("error/", StringComparison.Ordinal)) == 2, "two notices should come");
        (await stage.Edge.SampleAsync("edge_dead_lettered_total")).ShouldBe(2);
        await stage.Edge.UntilBufferedAsync(static count => count == 0, "nothing should be left");
    }

    [Fact]
    public async Task Edge_V7_Twenty_refusals_do_not_stop_it()
    {
        await using var stage = await EdgeStage.StartAsync(new() { ["reconnectMax"] = 0.2, ["reconnectInit"] = 0.1 }, plain: true, linkIsUp: false);
        stage.Relay.Refusals = 20;
        stage.Relay.Restore();
        await stage.PublishAsync(1, 100, static _ => "e");
        await stage.Apps.UntilAsync(arrivals => arrivals.Exists(arrival => arrival.Text.Contains("CONNECTION_NOT_AUTHENTICATED", StringComparison.Ordinal)), "the status should say so");
        (await stage.UntilArrivedAsync(Enumerable.Range(1, 100))).ShouldBe(Enumerable.Range(1, 100));
        stage.Relay.Refusals.ShouldBe(0);
    }

    [Fact]
    public async Task Edge_V9_What_the_cloud_wants_meanwhile_comes_as_events_after_the_reconnect()
    {
        await using var stage = await EdgeStage.StartAsync();
        await stage.App.PublishAsync("e", Live.Modify("f", 1), 1);
        await stage.UntilArrivedAsync([1]);
        stage.Relay.Reset();
        await stage.UntilConnectedAsync(connected: false);
        using var http = await stage.HubApiAsync();
        using (var set = await http.PostAsync($"/things/{Uri.EscapeDataString(EdgeStage.Device)}/shadow?name=f", new StringContent("""{"state":{"desired":{"color":"red","level":7}}}""", Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken))
            set.IsSuccessStatusCode.ShouldBeTrue(await set.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        stage.Relay.Restore();
        await stage.Apps.UntilAsync(arrivals => Events(arrivals, "color") >= 1 && Events(arrivals, "level") >= 1, "an event for each key should come");
        var seen = stage.Apps.Arrivals;
        Events(seen, "color").ShouldBe(1);
        Events(seen, "level").ShouldBe(1);

        static int Events(List<Arrival> arrivals, string key) => arrivals.Count(arrival =>
            arrival.Topic == "command///req//modified" && arrival.Text.Contains($"/features/f/desiredProperties/{key}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Edge_V10_Commands_sent_during_an_outage_arrive_once_and_are_answered()
    {
        await using var stage = await EdgeStage.StartAsync();
        stage.Relay.Reset();
        await stage.UntilConnectedAsync(connected: false);
        await using var cloud = new Clients.PersistentClient(level: 4, "cloud-app");
        await cloud.ConnectAsync(stage.Hub.Mqtt);
        for (int i = 1; i <= 50; i++) await cloud.PublishAsync($"command//test:device/req/{i}/go", $"do {i}", 1);
        await cloud.DrainAsync();
        // The long form: ten minutes, as in the specification; to the hub the outage is as long as it is, whatever the clock says.
        if (LongForm.IsOn) await Task.Delay(TimeSpan.FromMinutes(10), TestContext.Current.CancellationToken);
        stage.Relay.Restore();
        await stage.Apps.UntilAsync(arrivals => Commands(arrivals).Distinct().Count() == 50, "all commands should come");
        Commands(stage.Apps.Arrivals).ShouldBe(Enumerable.Range(1, 50).Select(static i => $"command//test:device/req/{i}/go"));
        for (int i = 1; i <= 50; i++) (await stage.App.PublishAsync($"command//test:device/res/{i}/200", $"done {i}", 1)).ShouldBeTrue();
        await stage.Cloud.UntilAsync(arrivals => arrivals.Count(static arrival => arrival.Topic.Contains("/res/", StringComparison.Ordinal)) == 50, "all answers should reach the hub");

        static IEnumerable<string> Commands(List<Arrival> arrivals) =>
            arrivals.Where(static arrival => arrival.Topic.StartsWith("command//test:device/req/", StringComparison.Ordinal)).Select(static arrival => arrival.Topic);
    }

    [Fact]
    public async Task Edge_V12_A_dead_link_leaves_the_other_alone_and_gets_its_backlog_later()
    {
        MosquittoProcess.Need();
        await using var second = await MosquittoProcess.StartAsync();
        await using var relay = new Relay(second.Port);
        relay.Reset();
        await using var other = await Recorder.StartAsync(second.Url, "second-cloud", "#");
        var links = JsonSerializer.Deserialize<object>($$"""[{"name":"one"},{"name":"two","type":"generic-mqtt","address":"tcp://127.0.0.1:{{relay.Port}}"}]""")!;
        await using var stage = await EdgeStage.StartAsync(new() { ["links"] = links }, linkIsUp: false);
        stage.Relay.Restore();
        await stage.PublishAsync(1, 1_000, static _ => "t", ahead: 300);
        (await stage.UntilArrivedAsync(Enumerable.Range(1, 1_000))).Distinct().ShouldBe(Enumerable.Range(1, 1_000));
        await stage.Edge.UntilBufferedAsync(static count => count == 1_000, "the dead link's part should wait");
        relay.Restore();
        await other.UntilAsync(arrivals => Live.Numbers(arrivals).Distinct().Count() == 1_000, "the other link should get everything");
        Live.Numbers(other.Arrivals).Distinct().ShouldBe(Enumerable.Range(1, 1_000));
        await stage.Edge.UntilBufferedAsync(static count => count == 0, "nothing should be left");
    }

    private static async Task<double> DecidedAsync(EdgeStage stage) =>
        await stage.Edge.SampleAsync("edge_messages_total", "dir=\"out\"", "result=\"stored\"") is { } stored
        && await stage.Edge.SampleAsync("edge_messages_total", "dir=\"out\"", "result=\"dropped\"") is { } dropped
            ? stored + dropped : 0;
}
