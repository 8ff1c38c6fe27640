using Fairlead.Shared;

namespace Fairlead.Chaos;

/// <summary>
/// Two publishers, three subscribers, all with persistent Sessions, at QoS 1 and 2. Every round ends the hub at a random point and starts it
/// again on the same data. One of the subscribers is absent until the end.
/// </summary>
public sealed class KillTests
{
    private const int GracefulRounds = 5;

    /// <summary>With the default durability, and with <c>os</c>, which gives up power cuts but not this.</summary>
    [Theory]
    [InlineData("commit", 1)]
    [InlineData("os", 5)]
    public async Task What_was_acknowledged_survives_kill_9(string durability, int divisor)
    {
        var random = Seed.For($"{nameof(What_was_acknowledged_survives_kill_9)}-{durability}");
        await using var hub = await HubProcess.StartAsync("--durability", durability);
        await using var scene = new KillScene(hub);
        await scene.PrepareAsync();
        for (var round = 0; round < Seed.Rounds / divisor; round++)
            await scene.RunRoundAsync(round, endAfter: random.Next(1, 500), online: [.. scene.Readers.Where(_ => random.Next(5) > 0)]);
        await scene.SettleAsync();

        await scene.CheckAsync();
    }

    [Fact]
    public async Task What_was_acknowledged_survives_SIGTERM_and_the_hub_exits_with_0()
    {
        var random = Seed.For(nameof(What_was_acknowledged_survives_SIGTERM_and_the_hub_exits_with_0));
        await using var hub = await HubProcess.StartAsync();
        await using var scene = new KillScene(hub, gracefully: true);
        await scene.PrepareAsync();
        for (var round = 0; round < GracefulRounds; round++)
            await scene.RunRoundAsync(round, endAfter: random.Next(100, 1000), online: scene.Readers);
        await scene.SettleAsync();

        await scene.CheckAsync();
    }

    /// <summary>The next start finds what a hub killed during its start left behind.</summary>
    [Fact]
    public async Task A_hub_killed_while_it_starts_starts_again()
    {
        var random = Seed.For(nameof(A_hub_killed_while_it_starts_starts_again));
        await using var hub = await HubProcess.StartAsync();
        await using var scene = new KillScene(hub);
        await scene.PrepareAsync();
        for (var round = 0; round < GracefulRounds; round++)
        {
            await scene.RunRoundAsync(round, endAfter: random.Next(1, 200), online: scene.Readers);
            await scene.InterruptStartAsync(afterMilliseconds: random.Next(20, 300));
        }

        await scene.SettleAsync();

        await scene.CheckAsync();
    }
}
