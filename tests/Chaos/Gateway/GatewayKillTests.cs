using System.Collections.Concurrent;
using System.Net;
using Fairlead.Chaos.Edge;
using Fairlead.Shared;

namespace Fairlead.Chaos.Gateway;

/// <summary>The hub and the gateway before it are killed under load: what the gateway has answered with 200 is in the hub's log (checklist 77).</summary>
public sealed class GatewayKillTests
{
    private static readonly int Rounds = LongForm.IsOn ? 40 : 4;
    private static readonly int Devices = LongForm.IsOn ? 200 : 40;

    [Fact]
    public async Task Azure_77_What_was_answered_with_200_survives_the_kill_9_of_the_hub()
    {
        var random = Seed.For(nameof(Azure_77_What_was_answered_with_200_survives_the_kill_9_of_the_hub));
        await using var stage = await GatewayStage.StartAsync(Devices, byPolicy: true);
        using var stop = new CancellationTokenSource();
        var fleet = new Fleet(stage, Devices);
        var running = fleet.RunAsync(stop.Token);
        for (var round = 0; round < Rounds; round++)
        {
            await fleet.AfterAsync(random.Next(20, 800));
            await stage.Hub.KillAsync();
            await stage.Hub.RestartAsync();
        }

        await fleet.AfterAsync(100);
        await stop.CancelAsync();
        await running;

        await fleet.CheckAsync();
    }

    /// <summary>Beside the load, a device that holds a message when its gateway dies: it comes again, and is completed once.</summary>
    [Fact]
    public async Task Azure_77_What_was_answered_with_200_survives_the_kill_9_of_the_gateway()
    {
        var random = Seed.For(nameof(Azure_77_What_was_answered_with_200_survives_the_kill_9_of_the_gateway));
        await using var stage = await GatewayStage.StartAsync(Devices + 1, byPolicy: true);
        var listener = $"d{Devices}";
        using var stop = new CancellationTokenSource();
        var fleet = new Fleet(stage, Devices);
        var running = fleet.RunAsync(stop.Token);
        for (var round = 0; round < Rounds; round++)
        {
            using (var stream = await stage.Gateway.OpenStreamAsync(listener))
            {
                await stage.SendAsync(listener, $"m{round}");
                (await ReceiveAsync(stream)).Text.ShouldBe($"m{round}");
                await fleet.AfterAsync(random.Next(20, 800));
                await stage.Gateway.KillAsync();
            }

            await stage.Gateway.RestartAsync();
            using var again = await stage.Gateway.OpenStreamAsync(listener);
            var (text, token) = await ReceiveAsync(again);
            text.ShouldBe($"m{round}");
            using var completed = await stage.Gateway.Http.DeleteAsync($"/api/{listener}/messages/devicebound/{token}", TestContext.Current.CancellationToken);
            completed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        await fleet.AfterAsync(100);
        await stop.CancelAsync();
        await running;

        await fleet.CheckAsync();
        using var empty = await stage.Gateway.Http.GetAsync($"/api/{listener}/messages/devicebound", TestContext.Current.CancellationToken);
        empty.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    /// <summary>
    /// Tokens that end after seconds (they are accepted for 300 s after their end): devices and their streams are refused, by the gateway or the hub,
    /// whichever is first, come back with new ones, and lose nothing.
    /// </summary>
    [Fact]
    public async Task Azure_9_Tokens_that_end_in_the_middle_of_streams_cost_no_message()
    {
        var life = TimeSpan.FromSeconds(-295);
        var renewals = LongForm.IsOn ? 20 : 3;
        await using var stage = await GatewayStage.StartAsync(Devices + 1, byPolicy: false);
        var listener = $"d{Devices}";
        using var stop = new CancellationTokenSource();
        var fleet = new Fleet(stage, Devices) { Token = device => stage.Token(device, life) };
        var running = fleet.RunAsync(stop.Token);
        var received = new ConcurrentQueue<string>();
        for (var ended = 0; ended < renewals; ended++)
        {
            using var stream = await stage.Gateway.OpenStreamAsync(listener, stage.Token(listener, life), "&ack=auto");
            await stage.SendAsync(listener, $"m{ended}");
            while (await stream.NextAsync() is var (name, data))
            {
                if (name == "message") received.Enqueue(data.GetProperty("body").GetString()!);
                if (name == "end") data.GetProperty("reason").GetString().ShouldBeOneOf("expired", "refused");
            }
        }

        await fleet.AfterAsync(100);
        await stop.CancelAsync();
        await running;

        received.Distinct().ShouldBe(Enumerable.Range(0, renewals).Select(static n => $"m{n}"));
        fleet.Statuses.Keys.ShouldContain(401);
        fleet.Statuses.Keys.Except([200, 401, 503]).ShouldBeEmpty(); // 503: the link went under a message
        await fleet.CheckAsync();
    }

    private static async Task<(string Text, string Lock)> ReceiveAsync(EventStream stream)
    {
        var (name, data) = (await stream.NextAsync()) ?? throw new EndOfStreamException("the stream ended");
        name.ShouldBe("message");
        return (data.GetProperty("body").GetString()!, data.GetProperty("lock").GetString()!);
    }
}
