using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fairlead.Chaos.Edge;

/// <summary>The acceptance run of the connector, in one piece, and what the rate limits make of it.</summary>
public sealed class MainRunTests
{
    private static readonly string[] Awkward = ["hello", "42", "", "[1,2]", """{"a":1}""", """{"a":""", """{"n":12345678901234567890,"m":1.10}"""];

    [Fact]
    public async Task Edge_22_Main_run_nothing_is_missing_and_the_order_holds_over_outage_and_kill()
    {
        await using var stage = await EdgeStage.StartAsync();
        await stage.Apps.UntilAsync(arrivals => arrivals.Exists(arrival => arrival.Topic == EdgeStage.StatusTopic && arrival.Text.Contains("\"connected\":true", StringComparison.Ordinal)), "the status should say connected");
        await stage.Apps.UntilAsync(arrivals => arrivals.Exists(arrival => arrival.Topic == "edge/thing/response"), "the device should be announced");
        await stage.PublishAsync(1, 100, static _ => "e");
        (await stage.UntilArrivedAsync(Enumerable.Range(1, 100))).ShouldBe(Enumerable.Range(1, 100), "once each");
        stage.Cloud.Arrivals.Where(arrival => Live.NumberOf(arrival) is not null).ShouldAllBe(arrival => arrival.Topic == EdgeStage.EventTopic);

        stage.Relay.Reset();
        await stage.Apps.UntilAsync(arrivals => Last(arrivals) is { } status && status.Contains("\"connected\":false", StringComparison.Ordinal) && status.Contains("CONNECTION_ERROR", StringComparison.Ordinal), "the status should say why");
        var began = TimeProvider.System.GetUtcNow();
        await PublishMixedAsync(stage, 101, 3_000);
        foreach (string payload in Awkward) await stage.App.PublishAsync("e/awkward", payload, 1);
        await stage.Edge.UntilBufferedAsync(static count => count >= 2_900 + 7, "everything should be in the spool");
        for (int n = 20_001; n <= 20_500; n += 50)
        {
            // Mosquitto may drop what does not fit the connector's socket.
            int taken = n + 49 - 20_000;
            await stage.PublishAtMostOnceAsync(n, n + 49, "t");
            await stage.Edge.UntilBufferedAsync(count => count >= 2_907 + taken, "QoS 0 should be in the spool");
        }

        await stage.Edge.KillAsync();
        await PublishMixedAsync(stage, 3_001, 3_600, ahead: int.MaxValue); // mosquitto holds them
        await stage.Edge.RestartAsync();
        var back = TimeProvider.System.GetUtcNow();
        await stage.Edge.UntilBufferedAsync(static count => count >= 3_500 + 507, "what waited in mosquitto should come");
        await PublishMixedAsync(stage, 3_601, 6_100);
        await stage.App.PublishAsync("edge/thing/request", "", 1);
        int answers = stage.Apps.Arrivals.Count(arrival => arrival.Topic == "edge/thing/response");
        await stage.Apps.UntilAsync(arrivals => arrivals.Count(arrival => arrival.Topic == "edge/thing/response") >= answers, "the device should be told offline");

        stage.Relay.Restore();
        await stage.PublishAsync(6_101, 6_150, static _ => "e");
        var arrived = await stage.UntilArrivedAsync(Enumerable.Range(101, 6_050));
        EdgeStage.Duplicates(arrived).ShouldBeLessThanOrEqualTo(200);
        await stage.UntilArrivedAsync(Enumerable.Range(20_001, 500));
        var cloud = stage.Cloud.Arrivals;
        foreach (string payload in Awkward)
            cloud.Count(arrival => arrival.Topic.StartsWith("event/", StringComparison.Ordinal) && arrival.Payload.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(payload))).ShouldBe(1, payload);
        CheckPlaces(cloud);
        CheckTimestamps(cloud, began, back);
        await stage.Edge.UntilBufferedAsync(static count => count == 0, "the spool should be empty");
        (await stage.Edge.SampleAsync("edge_dropped_total")).ShouldBe(0);
        (await stage.Edge.SampleAsync("edge_spool_file_bytes"))!.Value.ShouldBeLessThan(4 * 1024 * 1024);
        await CheckShadowAsync(stage, last: 6_099);
        await stage.Apps.UntilAsync(arrivals => Last(arrivals)!.Contains("\"buffered\":0", StringComparison.Ordinal), "the status should say that nothing waits");
        (await stage.Edge.StopAsync()).ShouldBe(0);
        await stage.Apps.UntilAsync(arrivals => Last(arrivals)!.Contains("CONNECTION_CLOSED", StringComparison.Ordinal), "the status should say goodbye");
        stage.Apps.Arrivals.Count(arrival => arrival.Text.Contains("CONNECTION_CLOSED", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Edge_29_With_the_profile_of_AWS_no_second_has_more_than_a_burst_and_a_hundred()
    {
        await using var stage = await EdgeStage.StartAsync(new() { ["rate.profile"] = "aws" }, linkIsUp: false);
        await stage.PublishAsync(1, 1_200, static _ => "t");
        await stage.Edge.UntilBufferedAsync(static count => count == 1_200, "everything should wait");
        stage.Relay.Restore();
        await stage.UntilArrivedAsync(Enumerable.Range(1, 1_200));
        var times = stage.Cloud.Arrivals.Where(arrival => Live.NumberOf(arrival) is not null).Select(arrival => arrival.At).ToList();
        (times[^1] - times[0]).TotalSeconds.ShouldBeGreaterThan(9, "eleven seconds' worth beyond the burst");
        await stage.Edge.UntilBufferedAsync(static count => count == 0, "the spool should be empty");
    }

    private static async Task PublishMixedAsync(EdgeStage stage, int first, int last, int ahead = 500)
    {
        for (int n = first; n <= last; n++)
        {
            if (n % 50 == 0 && ahead < int.MaxValue)
            {
                int wanted = n - 101 - ahead;
                if (wanted > 0) await stage.Edge.UntilBufferedAsync(count => count >= wanted, $"the connector should keep up at {n}");
            }

            bool isTwin = n % 10 == 9;
            (await stage.App.PublishAsync(isTwin || n % 10 < 3 ? "e" : "t", isTwin ? Live.Modify("f", n) : Live.Message(n), 1)).ShouldBeTrue();
        }

        await stage.App.DrainAsync();
    }

    private static void CheckPlaces(List<Arrival> cloud)
    {
        var first = cloud.Where(arrival => Live.NumberOf(arrival) is not null).DistinctBy(Live.NumberOf).ToDictionary(arrival => Live.NumberOf(arrival)!.Value, arrival => arrival.Topic);
        for (int n = 101; n <= 6_100; n++)
        {
            string expected = n % 10 == 9 ? "$aws/things/test:device/shadow/name/f/update" : n % 10 < 3 ? EdgeStage.EventTopic : EdgeStage.TelemetryTopic;
            first[n].ShouldBe(expected, n.ToString(CultureInfo.InvariantCulture));
        }

        var order = Live.Numbers(cloud).Distinct().ToList();
        order.IndexOf(20_001).ShouldBeGreaterThan(order.IndexOf(3_000), "QoS 0 keeps its place");
        order.IndexOf(20_500).ShouldBeLessThan(order.IndexOf(3_001), "QoS 0 keeps its place");
    }

    private static void CheckTimestamps(List<Arrival> cloud, DateTimeOffset began, DateTimeOffset back)
    {
        foreach (var arrival in cloud.Where(arrival => arrival.Topic == EdgeStage.TelemetryTopic && Live.NumberOf(arrival) is > 100 and <= 3_000))
            DateTimeOffset.FromUnixTimeMilliseconds(Live.TimestampOf(arrival)!.Value).ShouldBeInRange(began.AddSeconds(-1), back, "the time of arrival, not of the flush");
    }

    private static async Task CheckShadowAsync(EdgeStage stage, int last)
    {
        using var http = await stage.HubApiAsync();
        await Wait.UntilAsync(
            async () =>
            {
                using var answer = await http.GetAsync($"/things/{Uri.EscapeDataString(EdgeStage.Device)}/shadow?name=f");
                if (!answer.IsSuccessStatusCode) return false;
                using var shadow = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                return shadow.RootElement.GetProperty("state").GetProperty("reported").GetProperty("n").GetInt32() == last;
            },
            () => "the shadow should hold the last number",
            TimeSpan.FromSeconds(30));
    }

    private static string? Last(List<Arrival> arrivals) => arrivals.FindLast(arrival => arrival.Topic == EdgeStage.StatusTopic)?.Text;
}
