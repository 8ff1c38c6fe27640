using Fairlead.Shared;

namespace Fairlead.Chaos;

/// <summary>Direct messages under load while the hub is killed: what answered 200 was acknowledged by its device, and nothing comes twice.</summary>
public sealed class DirectMessageTests
{
    [Fact]
    public async Task Messaging_64_80_what_answered_200_was_acknowledged_and_nothing_comes_again_after_kill_9()
    {
        var random = Seed.For(nameof(Messaging_64_80_what_answered_200_was_acknowledged_and_nothing_comes_again_after_kill_9));
        await using var hub = await HubProcess.StartAsync(new HubSettings { Listen = ["mqtt://127.0.0.1:0", "http://127.0.0.1:0"] });
        await using var scene = new DirectMessageScene(hub);
        int rounds = Math.Max(1, Seed.Rounds * 3 / 5);
        for (int round = 0; round < rounds; round++) await scene.RunRoundAsync(endAfter: random.Next(1, 1500));
        await scene.SettleAsync();

        var (answered, sent) = scene.Counts;
        string figures = $"{sent} direct messages, {answered} answered, {scene.Confirmed} of them with 200, in {rounds} rounds; CHAOS_SEED={Seed.Value}";
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        Console.WriteLine(figures);
        scene.Check(figures);
        scene.Confirmed.ShouldBeGreaterThanOrEqualTo(rounds);
    }
}
