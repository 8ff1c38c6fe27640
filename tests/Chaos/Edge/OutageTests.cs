using System.Diagnostics;

namespace Fairlead.Chaos.Edge;

/// <summary>Links that fall silent, flap, lose and delay; processes that are killed, one or two at once.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task Edge_V1_Silence_a_kill_and_a_reset_lose_nothing()
    {
        await using var stage = await EdgeStage.StartAsync();
        await stage.PublishAsync(1, 300, static _ => "t");
        stage.Relay.Silence();
        await stage.PublishAsync(301, 1_500, static _ => "t", ahead: 400);
        await stage.Edge.KillAsync();
        stage.Relay.Reset();
        stage.Relay.Restore();
        await stage.PublishAsync(1_501, 1_900, static _ => "t", ahead: int.MaxValue); // mosquitto holds them, and what was under way
        await stage.Edge.RestartAsync();
        await stage.PublishAsync(1_901, 2_500, static _ => "t", ahead: 500);
        var arrived = await stage.UntilArrivedAsync(Enumerable.Range(1, 2_500));
        EdgeStage.Duplicates(arrived).ShouldBeLessThanOrEqualTo(200);
    }

    [Fact]
    public async Task Edge_V1_Silence_without_a_kill_is_noticed_and_nothing_is_lost()
    {
        await using var stage = await EdgeStage.StartAsync(new() { ["keepAlive"] = 4 });
        await stage.PublishAsync(1, 100, static _ => "t");
        await stage.UntilArrivedAsync(Enumerable.Range(1, 100));
        stage.Relay.Silence();
        await stage.PublishAsync(101, 400, static _ => "t");
        await stage.UntilConnectedAsync(connected: false);
        stage.Relay.Break();
        stage.Relay.Restore();
        await stage.UntilArrivedAsync(Enumerable.Range(1, 400));
    }

    [Fact]
    public async Task Edge_V2_Five_resets_under_load_lose_nothing()
    {
        // The long form: 200,000 messages at 5,000 a second, beyond what a stock mosquitto holds while the connector looks elsewhere.
        (int each, int rate) = LongForm.IsOn ? (33_334, 5_000) : (2_000, 0);
        await using var stage = await EdgeStage.StartAsync(roomy: LongForm.IsOn);
        var watch = Stopwatch.StartNew();
        var pace = rate > 0 ? new Pacer(rate) : null;
        for (int block = 0; block < 6; block++)
        {
            await stage.PublishAsync((block * each) + 1, (block + 1) * each, static _ => "t", ahead: LongForm.IsOn ? 100_000 : 400, pace: pace);
            if (block < 5) stage.Relay.Break();
        }

        var published = watch.Elapsed;
        var arrived = await stage.UntilArrivedAsync(Enumerable.Range(1, 6 * each));
        LongForm.Tell($"{6 * each} published in {published.TotalSeconds:0.0} s, all there after {watch.Elapsed.TotalSeconds:0.0} s, {EdgeStage.Duplicates(arrived)} twice");
        EdgeStage.Duplicates(arrived).ShouldBeLessThanOrEqualTo(500);
    }

    [Fact]
    public async Task Edge_30_V3_A_hub_that_was_never_there_gets_everything_once_it_is()
    {
        await using var stage = await EdgeStage.StartAsync(linkIsUp: false);
        await stage.PublishAsync(1, 1_000, static _ => "t");
        stage.Relay.Restore();
        (await stage.UntilArrivedAsync(Enumerable.Range(1, 1_000))).ShouldBe(Enumerable.Range(1, 1_000));
    }

    [Fact]
    public async Task Edge_Flapping_link_for_a_while_loses_nothing()
    {
        int seconds = int.TryParse(Environment.GetEnvironmentVariable("EDGE_FLAP_SECONDS"), out int given) ? given : LongForm.IsOn ? 300 : 30;
        var random = Seed.For(nameof(Edge_Flapping_link_for_a_while_loses_nothing));
        await using var stage = await EdgeStage.StartAsync(new() { ["reconnectMax"] = 1 });
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        (int n, int flaps) = (0, 0);
        // One pace for all blocks: what a block loses by waiting for the connector, the next one catches up.
        var pace = new Pacer(500);
        long early = 0;
        while (!end.IsCancellationRequested)
        {
            flaps++;
            switch (random.Next(4))
            {
                case 0:
                    stage.Relay.Reset();
                    break;
                case 1:
                    stage.Relay.Silence();
                    break;
                case 2:
                    stage.Relay.Break();
                    stage.Relay.Restore();
                    break;
                default:
                    stage.Relay.Restore();
                    break;
            }

            int block = random.Next(20, LongForm.IsOn ? 1_000 : 200);
            await stage.PublishAsync(n + 1, n + block, static _ => "t", ahead: 400, pace: pace);
            n += block;
            await stage.UntilTakenAsync(n - 400, 1);
            if (early == 0 && n >= 500 * seconds / 4) early = ResidentMemory.Of(stage.Edge.ProcessId);
        }

        var late = ResidentMemory.Of(stage.Edge.ProcessId);
        stage.Relay.Reset();
        stage.Relay.Restore();
        var arrived = await stage.UntilArrivedAsync(Enumerable.Range(1, n));
        LongForm.Tell($"{n} messages in {seconds} s over {flaps} changes of the link and {stage.Relay.Connections} connections, {EdgeStage.Duplicates(arrived)} twice; memory {early / ResidentMemory.MiB} MiB after a quarter, {late / ResidentMemory.MiB} at the end");
        // Flat: what grows with every flap or message would have grown fourfold since.
        late.ShouldBeLessThan((early * 3 / 2) + (32 * ResidentMemory.MiB));
        (await stage.Edge.SampleAsync("edge_dead_lettered_total")).ShouldBe(0);
    }

    [Fact]
    public async Task Edge_Slow_and_lossy_link_brings_everything_in_order()
    {
        await using var stage = await EdgeStage.StartAsync();
        stage.Relay.Delay = TimeSpan.FromMilliseconds(500);
        stage.Relay.LossPercent = 5;
        await stage.PublishAsync(1, 1_000, static _ => "t");
        (await stage.UntilArrivedAsync(Enumerable.Range(1, 1_000))).ShouldBe(Enumerable.Range(1, 1_000));
    }

    [Fact]
    public async Task Edge_20_Kills_of_the_connector_at_any_instant_lose_nothing_that_was_taken()
    {
        var random = Seed.For(nameof(Edge_20_Kills_of_the_connector_at_any_instant_lose_nothing_that_was_taken));
        await using var stage = await EdgeStage.StartAsync();
        int n = 0;
        for (int round = 0; round < 5; round++)
        {
            int block = random.Next(100, 400);
            await stage.PublishAsync(n + 1, n + block, static _ => "t", ahead: int.MaxValue);
            n += block;
            await stage.Edge.KillAsync();
            await stage.PublishAsync(n + 1, n + 100, static _ => "t", ahead: int.MaxValue);
            n += 100;
            await stage.Edge.RestartAsync();
            await stage.UntilTakenAsync(n, 1);
        }

        await stage.UntilArrivedAsync(Enumerable.Range(1, n));
    }

    [Fact]
    public async Task Edge_21_The_hub_and_the_connector_killed_at_once_lose_nothing()
    {
        await using var stage = await EdgeStage.StartAsync();
        await stage.PublishAsync(1, 500, static _ => "t", ahead: 300);
        await Task.WhenAll(stage.Hub.KillAsync(), stage.Edge.KillAsync());
        await stage.PublishAsync(501, 900, static _ => "t", ahead: int.MaxValue);
        await Task.WhenAll(stage.Hub.RestartAsync(), stage.Edge.RestartAsync());
        await stage.PublishAsync(901, 1_000, static _ => "t", ahead: int.MaxValue);
        await stage.UntilArrivedAsync(Enumerable.Range(1, 1_000), inOrder: false);
    }

    [Fact]
    public async Task Edge_21_The_hub_killed_and_started_again_gets_the_rest()
    {
        await using var stage = await EdgeStage.StartAsync();
        for (int round = 0; round < 3; round++)
        {
            await stage.PublishAsync((round * 500) + 1, (round * 500) + 300, static _ => "t", ahead: 300);
            await stage.Hub.KillAsync();
            await stage.PublishAsync((round * 500) + 301, (round * 500) + 500, static _ => "t", ahead: int.MaxValue);
            await stage.Hub.RestartAsync();
            await stage.UntilTakenAsync((round * 500) + 500, 1);
        }

        await stage.UntilArrivedAsync(Enumerable.Range(1, 1_500), inOrder: false);
    }

    [Fact]
    public async Task Edge_V11_The_local_broker_restarted_online_and_offline_costs_nothing_that_was_spooled()
    {
        await using var stage = await EdgeStage.StartAsync();
        await stage.PublishAsync(1, 200, static _ => "t");
        await stage.UntilTakenAsync(200, 1);
        await stage.RestartLocalAsync();
        await stage.Local.UntilSubscribedAsync();
        await stage.PublishAsync(201, 400, static _ => "t");
        await stage.UntilTakenAsync(400, 1);
        stage.Relay.Reset();
        await stage.UntilConnectedAsync(connected: false);
        await stage.PublishAsync(401, 600, static _ => "t");
        await stage.UntilTakenAsync(600, 1);
        await stage.RestartLocalAsync();
        await stage.Local.UntilSubscribedAsync();
        await stage.PublishAsync(601, 800, static _ => "t");
        stage.Relay.Restore();
        await stage.UntilArrivedAsync(Enumerable.Range(1, 800));
        await stage.Apps.UntilAsync(arrivals => arrivals.Count(arrival => arrival.Topic == EdgeStage.StatusTopic) >= 3, "the status should be published again");
    }

    [Fact]
    public async Task Edge_V11_The_local_broker_and_the_connector_killed_at_once_lose_nothing_that_was_spooled()
    {
        await using var stage = await EdgeStage.StartAsync(linkIsUp: false);
        await stage.PublishAsync(1, 1_000, static _ => "t");
        await stage.Edge.UntilBufferedAsync(static count => count == 1_000, "everything should be in the spool");
        await Task.WhenAll(stage.Edge.KillAsync(), stage.RestartLocalAsync());
        await stage.Edge.RestartAsync();
        await stage.Local.UntilSubscribedAsync();
        await stage.PublishAsync(1_001, 1_100, static _ => "t");
        stage.Relay.Restore();
        (await stage.UntilArrivedAsync(Enumerable.Range(1, 1_100))).ShouldBe(Enumerable.Range(1, 1_100));
    }
}
