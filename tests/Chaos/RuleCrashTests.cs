using Fairlead.Shared;

namespace Fairlead.Chaos;

/// <summary>Rules under load while the hub is killed between match and action: nothing that was acknowledged is lost.</summary>
public sealed class RuleCrashTests
{
    [Fact]
    public async Task Rules_11_what_was_acknowledged_goes_through_its_rules_in_spite_of_kill_9()
    {
        var random = Seed.For(nameof(Rules_11_what_was_acknowledged_goes_through_its_rules_in_spite_of_kill_9));
        await using var hub = await HubProcess.StartAsync(new HubSettings { Listen = ["mqtt://127.0.0.1:0", "http://127.0.0.1:0"] });
        await using var scene = new RuleCrashScene(hub);
        await scene.PrepareAsync();
        int rounds = Math.Max(1, Seed.Rounds / 5);
        for (int round = 0; round < rounds; round++) await scene.RunRoundAsync(endAfter: random.Next(1, 300));
        await scene.CheckAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{scene.Acknowledged} messages acknowledged in {rounds} rounds, messages were run again after {scene.Resumed} kills");
        scene.Acknowledged.ShouldBeGreaterThan(rounds);
    }
}
